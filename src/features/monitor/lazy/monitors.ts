import * as l10n from '@vscode/l10n';
import { DisposableStore, type Disposable } from '../../../core/base/disposable';
import { shortList } from '../../../core/base/lists';
import { type Hub } from '../../../core/hub/hub';
import { contextKeys } from '../../../contributions';
import { type Services } from '../../../services';
import { setContext } from '../../../workbench/contextKeys';
import { Monitor } from './monitor';
import { type MonitorMemory } from './monitorChoices';
import { type MonitorTarget } from './monitorTarget';

type Needs = Pick<Services, 'hubs' | 'badges' | 'events' | 'log'>;

/** The monitors of a window: one for each hub or set of devices that was monitored. */
export class Monitors implements Disposable {
  private readonly store = new DisposableStore();
  private readonly monitors = new Map<string, Monitor>();

  constructor(
    private readonly services: Needs,
    private readonly memory: MonitorMemory,
    /** Called before a monitor is removed with its hub, for example to stop its recording. */
    private readonly beforeRemoval: (monitor: Monitor) => Promise<void>,
  ) {
    this.store.add(services.hubs.onDidChange(() => this.followHubs()));
  }

  /** The monitor of a whole hub. */
  forHub(hub: Hub): Monitor {
    return this.get({ id: hub.id, hubId: hub.id, hubName: hub.name, label: hub.name });
  }

  /** The monitor of some devices of a hub, in addition to that of the whole hub. */
  forDevices(hub: Hub, deviceIds: readonly string[]): Monitor {
    const sorted = deviceIds.toSorted();
    return this.get({
      id: `${hub.id}/${sorted.join('/')}`,
      hubId: hub.id,
      hubName: hub.name,
      label: `${hub.name} · ${shortList(sorted, sorted.length > 2 ? 1 : 2)}`,
      deviceIds: sorted,
    });
  }

  find(monitorId: string): Monitor | undefined {
    return this.monitors.get(monitorId);
  }

  /** The monitors of a hub, or of all hubs. */
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
      this.services.log.error(`Monitoring ${monitor.label} did not stop cleanly.`, error);
    } finally {
      this.services.badges.set(monitor.hubId, 'monitored', false);
      monitor.dispose();
    }
  }

  /** Stops the monitors of hubs that were removed or stopped. */
  private followHubs(): void {
    for (const [id, monitor] of this.monitors) {
      const hub = this.services.hubs.find(monitor.hubId);
      if (!hub) {
        this.monitors.delete(id);
        void this.remove(monitor);
      } else if (hub.status === 'off')
        void monitor.stop(l10n.t('Monitoring stopped because the hub was stopped.'));
    }
  }
}
