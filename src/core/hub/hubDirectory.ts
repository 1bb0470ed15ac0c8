import * as l10n from '@vscode/l10n';
import { DisposableStore, type Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import { IotError } from '../errors';
import { type EventsTarget } from './eventHubConnection';
import { type Hub, type HubAbsence, type HubSource } from './hub';
import { type HubConnection, type HubRight } from './hubConnection';

/** All hubs, whatever their source. */
export class HubDirectory implements Disposable {
  private readonly sources: HubSource[] = [];
  private readonly changed = new Emitter<void>();
  private readonly store = new DisposableStore();
  readonly onDidChange: Event<void> = this.changed.event;

  add(source: HubSource): void {
    this.sources.push(source);
    this.store.add(source.onDidChange(() => this.changed.fire()));
    this.changed.fire();
  }

  list(): readonly Hub[] {
    return this.sources.flatMap((source) => source.hubs());
  }

  find(hubId: string): Hub | undefined {
    return this.list().find((hub) => hub.id === hubId);
  }

  /** @throws IotError when the hub is not in the list. */
  get(hubId: string): Hub {
    const hub = this.find(hubId);
    if (!hub) throw notFound();
    return hub;
  }

  async connection(hubId: string, rights: readonly HubRight[], signal?: AbortSignal): Promise<HubConnection> {
    return this.sourceOf(hubId).connection(hubId, rights, signal);
  }

  /** What the events of a hub are read with. */
  async events(hubId: string, signal?: AbortSignal): Promise<EventsTarget> {
    const source = this.sourceOf(hubId);
    return source.events
      ? source.events(hubId, signal)
      : source.connection(hubId, ['ServiceConnect'], signal);
  }

  /**
   * Looks for a hub that was known before the window was reloaded. Never rejects.
   * @returns why it is not in the list afterwards
   */
  async seek(hubId: string): Promise<HubAbsence | undefined> {
    const absences = await Promise.all(this.sources.map(async (source) => source.seek?.(hubId)));
    if (this.find(hubId)) return undefined;
    return absences.find((absence) => absence !== undefined) ?? { message: goneMessage() };
  }

  opened(hubId: string): void {
    this.sources.find((source) => source.hubs().some((hub) => hub.id === hubId))?.opened?.(hubId);
  }

  dispose(): void {
    this.store.dispose();
    this.changed.dispose();
  }

  private sourceOf(hubId: string): HubSource {
    const source = this.sources.find((candidate) => candidate.hubs().some((hub) => hub.id === hubId));
    if (!source) throw notFound();
    return source;
  }
}

const goneMessage = () => l10n.t('This hub is no longer in the list.');
const notFound = () => new IotError('notFound', goneMessage());
