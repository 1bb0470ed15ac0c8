import type * as vscode from 'vscode';
import { type Settings } from '../../contributions';

/** One of the setting, or a time in milliseconds. */
export type StartFrom = Settings['monitor.startFrom'] | number;

/** What was chosen for the monitor of one hub. */
export interface MonitorChoices {
  /** Which messages are shown, as it was typed; see `parseMessageFilter`. */
  readonly filter?: string;
  readonly startFrom?: Settings['monitor.startFrom'];
}

const key = 'iotHubWorkbench.monitorChoices';

/** The choices of each hub, kept for the workspace. */
export class ChoicesByHub {
  constructor(private readonly state: vscode.Memento) {}

  of(hubId: string): MonitorChoices {
    return this.all()[hubId] ?? {};
  }

  async set(hubId: string, change: MonitorChoices): Promise<void> {
    await this.state.update(key, { ...this.all(), [hubId]: { ...this.of(hubId), ...change } });
  }

  private all(): Readonly<Record<string, MonitorChoices>> {
    return this.state.get<Readonly<Record<string, MonitorChoices>>>(key, {});
  }
}
