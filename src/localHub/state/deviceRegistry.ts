import { randomBytes } from 'node:crypto';
import { HubError } from '../errors';
import { newEntityTag, parseEntityTag } from './entityTag';
import { neverTime, type Authentication, type Device } from './device';
import { generateKey } from './keyValueStore';
import type { SqlStatement } from '../../sqlite/sql';
import type { HubDatabase } from './hubDatabase';
import { StorageError } from './storageError';

/** The properties of a device that clients can set. */
export interface DeviceChange {
  readonly deviceId: string;
  readonly status?: 'enabled' | 'disabled';
  readonly statusReason?: string | null;
  readonly authentication?: {
    readonly type?: Authentication['type'];
    readonly primaryKey?: string;
    readonly secondaryKey?: string;
    readonly primaryThumbprint?: string;
    readonly secondaryThumbprint?: string;
  };
  readonly iotEdge?: boolean;
}

export type RegistryEvent =
  | { readonly kind: 'created' | 'updated'; readonly device: Device }
  | { readonly kind: 'deleted'; readonly device: Device };

const activitySaveIntervalMs = 10_000;
/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
export const maxDevices = 1_000_000;

/** The identity registry. Changes are on disk when the call returns. */
export class DeviceRegistry {
  private readonly devices = new Map<string, Device>();
  private readonly listeners = new Set<(event: RegistryEvent) => void>();
  private readonly activity = new Map<string, number>();
  private readonly upsert: SqlStatement;
  private readonly remove: SqlStatement;

  /** Devices whose connection state or last activity is not stored yet. */
  private readonly unsaved = new Set<string>();
  private saving: NodeJS.Immediate | undefined;

  constructor(
    private readonly sql: HubDatabase,
    private readonly now: () => number,
    /** Limit of the hub's tier. */
    private readonly limitOfTier = maxDevices,
  ) {
    this.upsert = sql.prepare(
      'INSERT INTO device (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
    );
    this.remove = sql.prepare('DELETE FROM device WHERE id = ?');
    for (const row of sql.prepare('SELECT json FROM device ORDER BY id').all()) {
      const device = sql.guard(() => JSON.parse(String(row.json)) as Device);
      this.devices.set(device.deviceId, { ...device, connectionState: 'Disconnected' });
    }
    sql.onRebuilt(() => {
      for (const device of this.devices.values()) this.save(device);
    });
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }

  get(deviceId: string): Device | undefined {
    return this.devices.get(deviceId);
  }

  /** @throws HubError DeviceNotFound */
  require(deviceId: string): Device {
    const device = this.devices.get(deviceId);
    if (!device) throw new HubError('DeviceNotFound', `Device ${deviceId} not registered`);
    return device;
  }

  get limit(): number {
    return this.limitOfTier;
  }

  get count(): number {
    return this.devices.size;
  }

  /** Ordered by id. */
  list(): Device[] {
    return [...this.devices.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
  }

  onDidChange(listener: (event: RegistryEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws HubError DeviceAlreadyExists, IotHubQuotaExceeded */
  create(change: DeviceChange): Device {
    if (this.devices.has(change.deviceId)) {
      throw new HubError(
        'DeviceAlreadyExists',
        `A device with ID '${change.deviceId}' is already registered.`,
      );
    }
    if (this.devices.size >= this.limitOfTier) {
      throw new HubError(
        'IotHubQuotaExceeded',
        `Total number of devices on IotHub exceeded the allocated quota. Max allowed device count : ${this.limitOfTier}`,
      );
    }
    const device: Device = {
      deviceId: change.deviceId,
      generationId: String(BigInt(this.now()) * 1_000_000n + BigInt(randomBytes(2).readUInt16BE())),
      etag: newEntityTag(),
      connectionState: 'Disconnected',
      status: change.status ?? 'enabled',
      statusReason: change.statusReason ?? null,
      connectionStateUpdatedTime: neverTime,
      statusUpdatedTime: neverTime,
      lastActivityTime: neverTime,
      cloudToDeviceMessageCount: 0,
      authentication: mergeAuthentication(change, undefined),
      capabilities: { iotEdge: change.iotEdge ?? false },
    };
    this.save(device);
    this.emit({ kind: 'created', device });
    return device;
  }

  /** @throws HubError DeviceNotFound, PreconditionFailed */
  update(change: DeviceChange, ifMatch: string): Device {
    const existing = this.require(change.deviceId);
    this.checkEntityTag(existing, ifMatch);
    const status = change.status ?? existing.status;
    const device: Device = {
      ...existing,
      etag: newEntityTag(),
      status,
      statusReason: change.statusReason === undefined ? existing.statusReason : change.statusReason,
      statusUpdatedTime: status === existing.status ? existing.statusUpdatedTime : this.time(),
      authentication: mergeAuthentication(change, existing.authentication),
      capabilities: { iotEdge: change.iotEdge ?? existing.capabilities.iotEdge },
    };
    this.save(device);
    this.emit({ kind: 'updated', device });
    return device;
  }

  /** @throws HubError DeviceNotFound, PreconditionFailed */
  delete(deviceId: string, ifMatch: string): void {
    const device = this.require(deviceId);
    this.checkEntityTag(device, ifMatch);
    this.remove.run(deviceId);
    this.devices.delete(deviceId);
    this.activity.delete(deviceId);
    this.emit({ kind: 'deleted', device });
  }

  setConnected(deviceId: string, connected: boolean): void {
    const device = this.devices.get(deviceId);
    if (!device) return;
    const time = this.time();
    this.saveSoon({
      ...device,
      connectionState: connected ? 'Connected' : 'Disconnected',
      connectionStateUpdatedTime: time,
      lastActivityTime: time,
    });
  }

  /** Updates the last activity time of a device; stored at most every ten seconds for each device. */
  touch(deviceId: string): void {
    const now = this.now();
    const last = this.activity.get(deviceId) ?? 0;
    if (now - last < activitySaveIntervalMs) return;
    this.activity.set(deviceId, now);
    const device = this.devices.get(deviceId);
    if (device) this.saveSoon({ ...device, lastActivityTime: new Date(now).toISOString() });
  }

  private checkEntityTag(device: Device, ifMatch: string): void {
    const tag = parseEntityTag(ifMatch);
    if (tag !== '*' && tag !== device.etag) {
      throw new HubError('PreconditionFailed', 'Precondition failed: device version did not match');
    }
  }

  private save(device: Device): void {
    this.upsert.run(device.deviceId, JSON.stringify(device));
    this.devices.set(device.deviceId, device);
  }

  /**
   * For what the hub itself observes, which nobody waits for: all changes of one turn of the event loop share a
   * transaction. A device that cannot be stored now is stored with its next change.
   */
  private saveSoon(device: Device): void {
    this.devices.set(device.deviceId, device);
    this.unsaved.add(device.deviceId);
    this.saving ??= setImmediate(() => {
      this.saveUnsaved();
    });
  }

  private saveUnsaved(): void {
    this.saving = undefined;
    const devices = [...this.unsaved].flatMap((id) => this.devices.get(id) ?? []);
    this.unsaved.clear();
    try {
      this.sql.transaction(() => {
        for (const device of devices) this.upsert.run(device.deviceId, JSON.stringify(device));
      });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  /** Stores what is not stored yet. */
  close(): void {
    if (!this.saving) return;
    clearImmediate(this.saving);
    this.saveUnsaved();
  }

  private emit(event: RegistryEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

/** Opaque to clients: base64 of random digits, in the service's format. */

function mergeAuthentication(change: DeviceChange, existing: Authentication | undefined): Authentication {
  const given = change.authentication;
  const type = given?.type ?? existing?.type ?? (given?.primaryThumbprint ? 'selfSigned' : 'sas');
  if (type === 'sas') {
    // Empty keys in an update keep the existing ones: the SDK sends them if the caller gave none.
    const keptCredentials = existing?.type === 'sas' ? existing.symmetricKey : undefined;
    return {
      type,
      symmetricKey: {
        primaryKey: given?.primaryKey || keptCredentials?.primaryKey || generateKey(),
        secondaryKey: given?.secondaryKey || keptCredentials?.secondaryKey || generateKey(),
      },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    };
  }
  const keptCredentials =
    existing?.type === 'selfSigned' && !given?.primaryThumbprint ? existing.x509Thumbprint : undefined;
  const thumbprints = {
    primaryThumbprint: given?.primaryThumbprint ?? keptCredentials?.primaryThumbprint ?? null,
    secondaryThumbprint: given?.secondaryThumbprint ?? keptCredentials?.secondaryThumbprint ?? null,
  };
  if (type === 'selfSigned' && !thumbprints.primaryThumbprint && !thumbprints.secondaryThumbprint) {
    throw new HubError('ArgumentInvalid', 'A selfSigned device must have at least one X.509 thumbprint.');
  }
  return {
    type,
    symmetricKey: { primaryKey: null, secondaryKey: null },
    x509Thumbprint:
      type === 'selfSigned' ? thumbprints : { primaryThumbprint: null, secondaryThumbprint: null },
  };
}
