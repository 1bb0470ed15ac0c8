import { EventTable, type PartitionRow, type StoredEventInfo } from './eventTable';
import type { NewEvent, StoredEvent } from './events';
import type { HubDatabase } from './hubDatabase';
import { RecentEvents } from './recentEvents';
import { StorageError } from './storageError';

export interface EventLogOptions {
  readonly partitionCount: number;
  /** Older events are deleted. */
  readonly retentionMs: number;
  /** Of bodies and heads together; the oldest events are deleted first. */
  readonly maxBytes: number;
  readonly now: () => number;
}

export interface PartitionState {
  /** Of the oldest event kept; `lastSequenceNumber + 1` when the partition is empty. */
  readonly firstSequenceNumber: number;
  /** -1 when nothing was ever enqueued. */
  readonly lastSequenceNumber: number;
  readonly lastEnqueuedTime: number;
}

/** Where a reader starts (Event Hubs: `EventPosition`). */
export type Position =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'sequenceNumber' | 'offset'; readonly value: number; readonly inclusive: boolean }
  | { readonly kind: 'enqueuedTime'; readonly value: number; readonly inclusive: boolean };

interface Partition {
  first: number;
  last: number;
  lastTime: number;
  readonly recent: RecentEvents;
  readonly listeners: Set<() => void>;
}

interface PendingEvent {
  readonly event: NewEvent;
  readonly done: (error?: Error) => void;
}

const deletionBatch = 500;
/** Offsets are opaque to clients but must increase; a fixed stride keeps them exact in both directions. */
const offsetStride = 64;

export const offsetOf = (sequenceNumber: number): string => String(sequenceNumber * offsetStride);

/**
 * The hub's events, in partitions, on disk before they are acknowledged. Appends of one turn of the event loop share one
 * transaction, which makes durability cheap under load.
 */
export class EventLog {
  private readonly table: EventTable;
  private readonly partitions: readonly Partition[];
  private pending: PendingEvent[] = [];
  private flushing: NodeJS.Immediate | undefined;
  private bytes: number;
  private closed = false;

  constructor(
    private readonly sql: HubDatabase,
    private readonly options: EventLogOptions,
  ) {
    this.table = new EventTable(sql);
    const stored = this.table.partitions();
    this.partitions = Array.from({ length: options.partitionCount }, (_, id) => {
      // The row of the partition may be lost in a damaged database.
      const newest = this.table.newest(id);
      const last = Math.max(stored.get(id)?.lastSequenceNumber ?? -1, newest?.lastSequenceNumber ?? -1);
      return {
        first: this.table.oldest(id, 1)[0]?.sequenceNumber ?? last + 1,
        last,
        lastTime: Math.max(stored.get(id)?.lastEnqueuedTime ?? 0, newest?.lastEnqueuedTime ?? 0),
        recent: new RecentEvents(),
        listeners: new Set(),
      };
    });
    this.bytes = this.table.totalBytes();
    sql.onRebuilt(() => {
      this.restore();
    });
  }

  /** After the database was rebuilt, which may have lost events. */
  private restore(): void {
    for (const [id, partition] of this.partitions.entries()) {
      partition.first = this.table.oldest(id, 1)[0]?.sequenceNumber ?? partition.last + 1;
      this.table.setLast(id, { lastSequenceNumber: partition.last, lastEnqueuedTime: partition.lastTime });
    }
    this.bytes = this.table.totalBytes();
  }

  /** Why no event can be stored now; tests it, so that it is up to date. */
  testFault(): StorageError | undefined {
    return this.sql.testFault();
  }

  get partitionCount(): number {
    return this.options.partitionCount;
  }

  /** Bytes stored, bodies and heads. */
  get size(): number {
    return this.bytes;
  }

  private partition(id: number): Partition {
    const partition = this.partitions[id];
    if (!partition) throw new RangeError(`no partition ${id}`);
    return partition;
  }

  /** All messages of one device are in one partition, in order. */
  partitionOf(deviceId: string): number {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(deviceId)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash % this.options.partitionCount;
  }

  /** `done` is called once the event is on disk, or with the reason why it is not; in the order of the calls. */
  append(event: NewEvent, done: (error?: Error) => void): void {
    if (this.closed) {
      done(new Error('The hub is closing.'));
      return;
    }
    this.pending.push({ event, done });
    this.flushing ??= setImmediate(() => {
      this.flush();
    });
  }

  private flush(): void {
    this.flushing = undefined;
    const batch = this.pending;
    if (batch.length === 0) return;
    this.pending = [];
    let result: ReturnType<EventLog['store']>;
    try {
      result = this.sql.transaction(() => this.store(batch.map(({ event }) => event)));
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { done } of batch) done(reason);
      return;
    }
    this.bytes += result.bytes;
    for (const event of result.stored) this.remember(event);
    for (const { done } of batch) done();
    for (const id of result.partitions) for (const listener of [...this.partition(id).listeners]) listener();
    if (this.bytes > this.options.maxBytes) {
      unlessUnavailable(() => {
        this.enforceSize();
      });
    }
  }

  private store(events: readonly NewEvent[]): {
    readonly stored: readonly StoredEvent[];
    readonly partitions: readonly number[];
    readonly bytes: number;
  } {
    const stored: StoredEvent[] = [];
    const ends = new Map<number, PartitionRow>();
    let bytes = 0;
    for (const event of events) {
      const id = this.partitionOf(event.deviceId);
      const { last, lastTime } = this.partition(id);
      const end = ends.get(id) ?? { lastSequenceNumber: last, lastEnqueuedTime: lastTime };
      const sequenceNumber = end.lastSequenceNumber + 1;
      // Enqueued times never decrease in a partition, whatever the clock does.
      const enqueuedTime = Math.max(this.options.now(), end.lastEnqueuedTime);
      ends.set(id, { lastSequenceNumber: sequenceNumber, lastEnqueuedTime: enqueuedTime });
      bytes += this.table.insert(id, sequenceNumber, enqueuedTime, event);
      stored.push({ ...event, partition: id, sequenceNumber, enqueuedTime });
    }
    for (const [id, end] of ends) this.table.setLast(id, end);
    return { stored, partitions: [...ends.keys()], bytes };
  }

  private remember(event: StoredEvent): void {
    const partition = this.partition(event.partition);
    partition.last = event.sequenceNumber;
    partition.lastTime = event.enqueuedTime;
    partition.recent.add(event);
  }

  state(id: number): PartitionState {
    const { first, last, lastTime } = this.partition(id);
    return { firstSequenceNumber: first, lastSequenceNumber: last, lastEnqueuedTime: lastTime };
  }

  /** The sequence number of the first event for a reader that starts at `position`. */
  resolve(id: number, position: Position): number {
    const partition = this.partition(id);
    switch (position.kind) {
      case 'earliest':
        return partition.first;
      case 'latest':
        return partition.last + 1;
      case 'sequenceNumber':
        return position.value + (position.inclusive ? 0 : 1);
      case 'offset': {
        const exact = position.value / offsetStride;
        return position.inclusive ? Math.ceil(exact) : Math.floor(exact) + 1;
      }
      case 'enqueuedTime': {
        const time = position.value + (position.inclusive ? 0 : 1);
        return this.table.findFromTime(id, time) ?? partition.last + 1;
      }
    }
  }

  /** Up to `limit` events from sequence number `from` on; deleted ones are skipped. */
  read(id: number, from: number, limit: number): StoredEvent[] {
    const partition = this.partition(id);
    const start = Math.max(from, partition.first, 0);
    if (start > partition.last) return [];
    return partition.recent.read(start, limit) ?? this.table.read(id, start, limit);
  }

  /** Calls `listener` after events became readable in a partition. */
  onAppended(id: number, listener: () => void): () => void {
    const { listeners } = this.partition(id);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Deletes events older than the retention time, and gives a little disk space back. */
  enforceRetention(): void {
    unlessUnavailable(() => {
      this.deleteExpired();
    });
  }

  private deleteExpired(): void {
    const oldestTime = this.options.now() - this.options.retentionMs;
    for (const id of this.partitions.keys()) {
      for (;;) {
        const oldest = this.table.oldest(id, deletionBatch);
        const expired = oldest.filter(({ enqueuedTime }) => enqueuedTime < oldestTime);
        this.delete(id, expired);
        if (expired.length < oldest.length || oldest.length === 0) break;
      }
    }
    this.table.vacuum();
  }

  private enforceSize(): void {
    // Down to 90 %, so that a full log does not delete at each message.
    const target = this.options.maxBytes * 0.9;
    while (this.bytes > target) {
      const oldest = this.partitions
        .map((_, id) => ({ id, events: this.table.oldest(id, deletionBatch) }))
        .filter(({ events }) => events.length > 0)
        .sort((a, b) => (a.events[0]?.enqueuedTime ?? 0) - (b.events[0]?.enqueuedTime ?? 0))[0];
      if (!oldest) return;
      let excess = this.bytes - target;
      const surplus = oldest.events.filter(({ bytes }) => {
        const isSurplus = excess > 0;
        excess -= bytes;
        return isSurplus;
      });
      this.delete(oldest.id, surplus);
    }
  }

  /** @param events the oldest of the partition */
  private delete(id: number, events: readonly StoredEventInfo[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.sql.transaction(() => {
      this.table.deleteThrough(id, last.sequenceNumber);
    });
    const partition = this.partition(id);
    partition.first = last.sequenceNumber + 1;
    partition.recent.removeBefore(partition.first);
    for (const { bytes } of events) this.bytes -= bytes;
  }

  /** Writes pending events and accepts no more. */
  close(): void {
    this.closed = true;
    if (this.flushing) clearImmediate(this.flushing);
    this.flush();
  }
}

/** For work that is repeated later anyway. The database has reported the error. */
function unlessUnavailable(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
}
