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
  readonly isOfThisComputer: (thing: CreatedResource) => boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/** What was made from this VS Code, in its state: ids and names, never a secret. */
export class CreatedResourceStore implements CreatedResources, Disposable {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly told = new Set<string>();
  /** What was written and is not yet known to have stayed. */
  private readonly unsettled = new Map<string, CreatedResource>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: CreatedResourceStoreOptions) {}

  list(): readonly CreatedResource[] {
    return this.keys().flatMap((key) => this.read(key));
  }

  add(...things: readonly CreatedResource[]): Promise<void> {
    if (things.length === 0) return Promise.resolve();
    for (const thing of things) this.unsettled.set(createdResourceKey(thing), thing);
    this.settleLater();
    return this.change((known, own) => {
      const { resources: all, dropped } = addResources(known, things.filter(own));
      if (dropped > 0) {
        this.tell(
          `More than ${maxRemembered} things were made from this VS Code: the oldest ${dropped} devices and certificates are not remembered for Clean Up.`,
        );
      }
      return all;
    });
  }

  remove(...things: readonly CreatedResource[]): Promise<void> {
    if (things.length === 0) return Promise.resolve();
    for (const thing of things) this.unsettled.delete(createdResourceKey(thing));
    return this.change((known) => removeResources(known, things));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }

  /** Reads right before it writes, one after the other: another window may have written since. */
  private change(
    edit: (
      known: readonly CreatedResource[],
      own: (thing: CreatedResource) => boolean,
    ) => readonly CreatedResource[],
  ): Promise<void> {
    const work = this.writing.then(async () => {
      for (const key of this.keys()) {
        const known = this.read(key);
        const next = edit(known, (thing) => this.keyOf(thing) === key);
        if (next !== known && !isSame(next, known))
          await this.options.state.update(key, writeResourceLog(next));
      }
    });
    // The thing itself is made or deleted by now: that it is not noted down must not say otherwise.
    this.writing = work.catch((error: unknown) =>
      this.tell(`What was made is not noted down. ${String(error)}`),
    );
    return this.writing.then(() => this.changed.fire());
  }

  /** A window that wrote in the same moment did not know of ours, so what got lost is written again. */
  private settleLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const kept = new Set(this.list().map(createdResourceKey));
      const lost = [...this.unsettled.values()].filter((thing) => !kept.has(createdResourceKey(thing)));
      this.unsettled.clear();
      if (lost.length === 0) return;
      void this.add(...lost);
    }, settledMs);
    this.timer.unref();
  }

  private read(key: string): readonly CreatedResource[] {
    const { resources, unreadable } = readResourceLog(this.options.state.get<unknown>(key));
    if (unreadable > 0) {
      this.tell(
        `${unreadable} entries of what was made from this VS Code cannot be read; they are left out.`,
      );
    }
    return resources;
  }

  private keys(): readonly [string, string] {
    return [stateKey, `${stateKey}.${this.options.machineId()}`];
  }

  private keyOf(thing: CreatedResource): string {
    return this.keys()[this.options.isOfThisComputer(thing) ? 1 : 0];
  }

  private tell(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.options.log.warn(text);
  }
}

const isSame = (one: readonly CreatedResource[], other: readonly CreatedResource[]) =>
  one.length === other.length && one.every((thing, at) => thing === other[at]);
