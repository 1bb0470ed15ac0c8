import { eventOverheadBytes } from './eventTable';
import type { StoredEvent } from './events';

const maxBytes = 4 * 1024 * 1024;
const maxCount = 20_000;

/** The newest events of a partition, without gaps up to its last one, so that live readers need no disk access. */
export class RecentEvents {
  private readonly events: StoredEvent[] = [];
  private bytes = 0;

  add(event: StoredEvent): void {
    this.events.push(event);
    this.bytes += event.body.length + eventOverheadBytes;
    if (this.bytes <= maxBytes && this.events.length <= maxCount) return;
    // Half of them at once, so that a busy partition does not shift its array for each message.
    let count = Math.ceil(this.events.length / 2);
    while (count < this.events.length - 1 && this.bytesFrom(count) > maxBytes) count++;
    this.removeFirst(count);
  }

  /** Events from this sequence number on; undefined when they are older than the ones in memory. */
  read(sequenceNumber: number, limit: number): StoredEvent[] | undefined {
    const first = this.events[0]?.sequenceNumber;
    if (first === undefined || sequenceNumber < first) return undefined;
    const start = sequenceNumber - first;
    return this.events.slice(start, start + limit);
  }

  removeBefore(sequenceNumber: number): void {
    const start = this.events.findIndex((event) => event.sequenceNumber >= sequenceNumber);
    this.removeFirst(start === -1 ? this.events.length : start);
  }

  private removeFirst(count: number): void {
    this.events.splice(0, count);
    this.bytes = this.bytesFrom(0);
  }

  private bytesFrom(start: number): number {
    let bytes = 0;
    for (let i = start; i < this.events.length; i++)
      bytes += (this.events[i]?.body.length ?? 0) + eventOverheadBytes;
    return bytes;
  }
}
