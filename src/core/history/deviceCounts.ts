import { type ReceivedMessage } from '../message/receivedMessage';
import { type DeviceSeen } from './historyTypes';

/** Limits the memory for hubs with many devices. */
const maxDevices = 100_000;

type Counted = { -readonly [K in keyof DeviceSeen]: DeviceSeen[K] };

/** Message counts per device. */
export class DeviceCounts {
  private readonly devices = new Map<string, Counted>();

  add({ deviceId, enqueuedAt, body }: ReceivedMessage): void {
    if (deviceId === undefined) return;
    const seen = this.devices.get(deviceId);
    if (!seen) return this.start(deviceId, enqueuedAt, body.length);
    seen.count++;
    seen.bytes += body.length;
    // Messages of different partitions may arrive out of order.
    if (enqueuedAt > seen.lastAt) seen.lastAt = enqueuedAt;
    if (enqueuedAt < seen.firstAt) seen.firstAt = enqueuedAt;
  }

  get size(): number {
    return this.devices.size;
  }

  /** In the order of their first message. */
  all(): readonly DeviceSeen[] {
    return Array.from(this.devices.values(), (seen) => ({ ...seen }));
  }

  clear(): void {
    this.devices.clear();
  }

  private start(deviceId: string, at: number, bytes: number): void {
    if (this.devices.size >= maxDevices) this.forgetLongestUnseen();
    this.devices.set(deviceId, { deviceId, count: 1, firstAt: at, lastAt: at, bytes });
  }

  /** Removes a tenth at once, so that sorting is rare. */
  private forgetLongestUnseen(): void {
    const byTime = [...this.devices.values()].sort((a, b) => a.lastAt - b.lastAt);
    for (const { deviceId } of byTime.slice(0, maxDevices / 10)) this.devices.delete(deviceId);
  }
}
