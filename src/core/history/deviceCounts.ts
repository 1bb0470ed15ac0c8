import { type ReceivedMessage } from '../message/receivedMessage';
import { type DeviceSeen } from './historyTypes';

/** So that a hub with a million devices does not fill the memory. */
const maxDevices = 100_000;

type Counted = { -readonly [K in keyof DeviceSeen]: DeviceSeen[K] };

/** What came from each device. */
export class DeviceCounts {
  private readonly devices = new Map<string, Counted>();

  add({ deviceId, enqueuedAt, body }: ReceivedMessage): void {
    if (deviceId === undefined) return;
    const seen = this.devices.get(deviceId);
    if (!seen) return this.start(deviceId, enqueuedAt, body.length);
    seen.count++;
    seen.bytes += body.length;
    // Partitions arrive side by side, and each in its own time.
    if (enqueuedAt > seen.lastAt) seen.lastAt = enqueuedAt;
    if (enqueuedAt < seen.firstAt) seen.firstAt = enqueuedAt;
  }

  get size(): number {
    return this.devices.size;
  }

  /** In the order in which they were first seen. */
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

  /** A tenth at once, so that the sorting is paid for seldom. */
  private forgetLongestUnseen(): void {
    const byTime = [...this.devices.values()].sort((a, b) => a.lastAt - b.lastAt);
    for (const { deviceId } of byTime.slice(0, maxDevices / 10)) this.devices.delete(deviceId);
  }
}
