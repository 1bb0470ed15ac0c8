import type * as vscode from 'vscode';
import { type CreatedResources, type CreatedResource } from '../core/azure/createdResources';
import {
  addResources,
  createdResourceKey,
  maxRemembered,
  readResourceLog,
  removeResources,
  writeResourceLog,
} from '../core/azure/createdResourceLog';
import { type Disposable } from '../core/base/disposable';
import { Emitter } from '../core/base/event';
import { type Logger } from '../core/base/logger';

const stateKey = 'iotHubWorkbench.madeHere';
/** How long another window may take to hand over what it wrote in the same moment. */
const settledMs = 2_000;

export interface CreatedResourceStoreOptions {
  /** VS Code's own, which all windows share; it follows the person to other computers over SSH and the like. */
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  /** Of the computer that the extension runs on: what is on its disk is no other computer's business. */
  readonly machineId: () => string;
  readonly isFromThisComputer: (resource: CreatedResource) => boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/** What was created on this computer, in the state of the extension: ids and names, never a secret. */
export class CreatedResourceStore implements CreatedResources, Disposable {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly warned = new Set<string>();
  /** What was written and is not yet known to have stayed. */
  private readonly unsettled = new Map<string, CreatedResource>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: CreatedResourceStoreOptions) {}

  list(): readonly CreatedResource[] {
    return this.keys().flatMap((key) => this.read(key));
  }

  add(...resources: readonly CreatedResource[]): Promise<void> {
    if (resources.length === 0) return Promise.resolve();
    for (const resource of resources) this.unsettled.set(createdResourceKey(resource), resource);
    this.settleLater();
    return this.change((known, own) => {
      const { resources: all, dropped } = addResources(known, resources.filter(own));
      if (dropped > 0) {
        this.warnOnce(
          `More than ${maxRemembered} resources were created on this computer: the oldest ${dropped} devices and certificates are no longer listed by Clean Up.`,
        );
      }
      return all;
    });
  }

  remove(...resources: readonly CreatedResource[]): Promise<void> {
    if (resources.length === 0) return Promise.resolve();
    for (const resource of resources) this.unsettled.delete(createdResourceKey(resource));
    return this.change((known) => removeResources(known, resources));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }

  /** Reads right before it writes, one after the other: another window may have written since. */
  private change(
    edit: (
      known: readonly CreatedResource[],
      own: (resource: CreatedResource) => boolean,
    ) => readonly CreatedResource[],
  ): Promise<void> {
    const work = this.writing.then(async () => {
      for (const key of this.keys()) {
        const known = this.read(key);
        const next = edit(known, (resource) => this.keyOf(resource) === key);
        if (next !== known && !isSame(next, known))
          await this.options.state.update(key, writeResourceLog(next));
      }
    });
    // The resource itself is already created or deleted: a failure to record it must not suggest otherwise.
    this.writing = work.catch((error: unknown) =>
      this.warnOnce(`The created resources could not be recorded. ${String(error)}`),
    );
    return this.writing.then(() => this.changed.fire());
  }

  /** A window that wrote at the same moment may have overwritten entries, so lost ones are written again. */
  private settleLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const kept = new Set(this.list().map(createdResourceKey));
      const lost = [...this.unsettled.values()].filter((resource) => !kept.has(createdResourceKey(resource)));
      this.unsettled.clear();
      if (lost.length === 0) return;
      void this.add(...lost);
    }, settledMs);
    this.timer.unref();
  }

  private read(key: string): readonly CreatedResource[] {
    const { resources, unreadable } = readResourceLog(this.options.state.get<unknown>(key));
    if (unreadable > 0) {
      this.warnOnce(`${unreadable} entries of created resources are unreadable and are left out.`);
    }
    return resources;
  }

  private keys(): readonly [string, string] {
    return [stateKey, `${stateKey}.${this.options.machineId()}`];
  }

  private keyOf(resource: CreatedResource): string {
    return this.keys()[this.options.isFromThisComputer(resource) ? 1 : 0];
  }

  private warnOnce(text: string): void {
    if (this.warned.has(text)) return;
    this.warned.add(text);
    this.options.log.warn(text);
  }
}

const isSame = (one: readonly CreatedResource[], other: readonly CreatedResource[]) =>
  one.length === other.length && one.every((resource, at) => resource === other[at]);
