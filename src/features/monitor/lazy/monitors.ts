import { DisposableStore, type Disposable } from '../../../core/base/disposable';
import { type Hub } from '../../../core/hub/hub';
import { contextKeys } from '../../../contributions';
import { type Services } from '../../../services';
import { setContext } from '../../../workbench/contextKeys';
import { Monitor } from './monitor';
import { type MonitorMemory } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';

type Needs = Pick<Services, 'hubs' | 'badges' | 'events' | 'log'>;

/** All monitors: one for each hub, and one for each choice of devices, that was asked for. */
export class Monitors implements Disposable {
  private readonly store = new DisposableStore();
  private readonly monitors = new Map<string, Monitor>();

  constructor(
    private readonly services: Needs,
    private readonly memory: MonitorMemory,
    /** A hub was removed: what else is at its monitor ends first, such as a recording. */
    private readonly beforeRemoval: (monitor: Monitor) => Promise<void>,
  ) {
    this.store.add(services.hubs.onDidChange(() => this.followHubs()));
  }

  /** The one of the whole hub. */
  of(hub: Hub): Monitor {
    return this.get({ id: hub.id, hubId: hub.id, hubName: hub.name, label: hub.name });
  }

  /** One for some devices of a hub, beside the one of the whole hub. */
  ofDevices(hub: Hub, deviceIds: readonly string[]): Monitor {
    const sorted = deviceIds.toSorted();
    const [first = '', second] = sorted;
    const more = sorted.length > 2 ? ` and ${sorted.length - 1} more` : second ? `, ${second}` : '';
    return this.get({
      id: `${hub.id}/${sorted.join('/')}`,
      hubId: hub.id,
      hubName: hub.name,
      label: `${hub.name} · ${first}${more}`,
      deviceIds: sorted,
    });
  }

  find(monitorId: string): Monitor | undefined {
    return this.monitors.get(monitorId);
  }

  /** Those of a hub, or of all. */
  list(hubId?: string): readonly Monitor[] {
    return [...this.monitors.values()].filter((monitor) => hubId === undefined || monitor.hubId === hubId);
  }

  dispose(): void {
    this.store.dispose();
  }

  private get(target: MonitorTarget): Monitor {
    const known = this.monitors.get(target.id);
    if (known) return known;
    const monitor = this.store.add(new Monitor(target, this.services, this.memory));
    this.monitors.set(target.id, monitor);
    this.store.add(monitor.onDidChange(() => this.mark()));
    return monitor;
  }

  private mark(): void {
    for (const hubId of new Set(this.list().map((monitor) => monitor.hubId)))
      this.services.badges.set(
        hubId,
        'monitored',
        this.list(hubId).some(({ isRunning }) => isRunning),
      );
    setContext(
      contextKeys.isMonitoring,
      this.list().some(({ isRunning }) => isRunning),
    );
  }

  private async remove(monitor: Monitor): Promise<void> {
    try {
      await this.beforeRemoval(monitor);
      await monitor.stop();
    } catch (error) {
      this.services.log.error(`The monitor of ${monitor.label} did not end well.`, error);
    } finally {
      this.services.badges.set(monitor.hubId, 'monitored', false);
      monitor.dispose();
    }
  }

  /** A hub that was removed or switched off has no more events. */
  private followHubs(): void {
    for (const [id, monitor] of this.monitors) {
      const hub = this.services.hubs.find(monitor.hubId);
      if (!hub) {
        this.monitors.delete(id);
        void this.remove(monitor);
      } else if (hub.status === 'off') void monitor.stop('The hub was stopped, so monitoring ends.');
    }
  }
}
