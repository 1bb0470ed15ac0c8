import { ownHubName } from '../account/ids';
import type { HubProblem } from './contract';

/** What the user should know of the stored data: why nothing can be stored now, and which damaged files were set aside. */
export class Problems {
  private readonly faults = new Map<string, HubProblem>();
  private readonly damaged: HubProblem[] = [];

  constructor(private readonly onChange: (problems: readonly HubProblem[]) => void = () => undefined) {}

  get all(): readonly HubProblem[] {
    return [...this.faults.values(), ...this.damaged];
  }

  /** Why a hub cannot store anything; undefined once it can. */
  setFault(hubName: string, text: string | undefined): void {
    if (text === undefined) this.faults.delete(hubName);
    else this.faults.set(hubName, { kind: 'refusing', hubName, text: withName(hubName, text) });
    this.onChange(this.all);
  }

  /** A damaged file was set aside; known until the process ends. */
  addSetAside(hubName: string, text: string): void {
    this.damaged.push({ kind: 'setAside', hubName, text: withName(hubName, text) });
    this.onChange(this.all);
  }
}

/** Windows show all problems at the process's own hub. */
const withName = (hubName: string, text: string): string =>
  hubName === ownHubName ? text : `Hub '${hubName}': ${text}`;
