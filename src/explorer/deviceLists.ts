import { Emitter, type Event } from '../core/base/event';
import { type Logger } from '../core/base/logger';
import { type DeviceSummary } from '../core/device/device';
import { allDevices } from '../core/device/deviceQuery';
import { type DeviceRegistries } from '../core/device/deviceRegistry';

export interface DeviceList {
  readonly devices: readonly DeviceSummary[];
  readonly continuation?: string;
}

interface Entry {
  list?: DeviceList;
  failure?: Error;
  loading?: Promise<DeviceList>;
}

const maxRefreshed = 1_000;

/** The devices that the tree shows, page by page, for each hub; late answers are dropped. */
export class DeviceLists {
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new Emitter<string>();
  /** With the hub's id. */
  readonly onDidChange: Event<string> = this.changed.event;

  constructor(
    private readonly registries: DeviceRegistries,
    private readonly pageSize: () => number,
    private readonly log: Logger,
  ) {}

  /** The pages read so far, or the first one. Repeats the last failure until a refresh. */
  async load(hubId: string): Promise<DeviceList> {
    const entry = this.entry(hubId);
    if (entry.list) return entry.list;
    if (entry.failure !== undefined) throw entry.failure;
    return (entry.loading ??= this.readFirst(hubId, entry, this.pageSize()));
  }

  /** What is in memory, without asking the hub. */
  loaded(hubId: string): DeviceList | undefined {
    return this.entries.get(hubId)?.list;
  }

  async loadMore(hubId: string, signal?: AbortSignal): Promise<void> {
    const entry = this.entry(hubId);
    const list = entry.list;
    if (!list?.continuation) return;
    const registry = await this.registries.forHub(hubId, signal);
    const page = await registry.list(allDevices, this.pageSize(), list.continuation, signal);
    // Someone refreshed, or loaded the same page twice by a double click.
    if (this.entries.get(hubId) !== entry || entry.list?.continuation !== list.continuation) return;
    this.show(hubId, entry, merge(entry.list, page));
  }

  /** Reads again what was shown, at least one page; unopened lists stay unread. */
  refresh(hubId: string): void {
    if (!this.entries.has(hubId)) return;
    const shown = this.entries.get(hubId)?.list?.devices.length ?? 0;
    const entry: Entry = {};
    this.entries.set(hubId, entry);
    entry.loading = this.readFirst(hubId, entry, Math.min(Math.max(shown, this.pageSize()), maxRefreshed));
    // The tree awaits the same promise and shows its outcome.
    entry.loading.catch(() => undefined);
    this.changed.fire(hubId);
  }

  /** The hub was removed, or will answer differently. */
  forget(hubId: string): void {
    this.entries.delete(hubId);
  }

  /** Shows the result of a command before the hub's query index contains it. */
  put(hubId: string, device: DeviceSummary): void {
    const entry = this.entries.get(hubId);
    if (!entry?.list) return;
    const { devices, continuation } = entry.list;
    const known = devices.findIndex(({ deviceId }) => deviceId === device.deviceId);
    if (known >= 0) return this.show(hubId, entry, { ...entry.list, devices: devices.with(known, device) });
    const index = continuation ? 0 : devices.findIndex(({ deviceId }) => deviceId > device.deviceId);
    this.show(hubId, entry, {
      ...entry.list,
      devices: devices.toSpliced(index < 0 ? devices.length : index, 0, device),
    });
  }

  remove(hubId: string, deviceIds: ReadonlySet<string>): void {
    const entry = this.entries.get(hubId);
    if (!entry?.list) return;
    this.show(hubId, entry, {
      ...entry.list,
      devices: entry.list.devices.filter(({ deviceId }) => !deviceIds.has(deviceId)),
    });
  }

  private entry(hubId: string): Entry {
    const known = this.entries.get(hubId);
    if (known) return known;
    const entry: Entry = {};
    this.entries.set(hubId, entry);
    return entry;
  }

  private show(hubId: string, entry: Entry, list: DeviceList): void {
    entry.list = list;
    this.changed.fire(hubId);
  }

  private async readFirst(hubId: string, entry: Entry, wanted: number): Promise<DeviceList> {
    try {
      const list = await this.read(hubId, wanted);
      entry.list = list;
    } catch (error) {
      this.log.error('Reading the devices of a hub failed.', error);
      entry.failure = error instanceof Error ? error : new Error(String(error));
    }
    delete entry.loading;
    const current = this.entries.get(hubId);
    // Callers that wait for a stale answer get the current one.
    if (current && current !== entry) return this.load(hubId);
    if (entry.list) return entry.list;
    throw entry.failure ?? new Error('Nothing was read.');
  }

  private async read(hubId: string, wanted: number): Promise<DeviceList> {
    const registry = await this.registries.forHub(hubId);
    let list: DeviceList = { devices: [] };
    do {
      list = merge(list, await registry.list(allDevices, this.pageSize(), list.continuation));
    } while (list.continuation && list.devices.length < wanted);
    return list;
  }
}

/** Appends a page; a device that was put in by a command keeps its position and gets the newer data. */
function merge(list: DeviceList, page: DeviceList): DeviceList {
  const byId = new Map(list.devices.map((device) => [device.deviceId, device]));
  for (const device of page.devices) byId.set(device.deviceId, device);
  return { devices: [...byId.values()], ...(page.continuation ? { continuation: page.continuation } : {}) };
}
