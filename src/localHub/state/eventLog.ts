import { transaction } from './database';
import type { NewEvent, StoredEvent } from './events';
import type { Sql, SqlStatement } from '../../sqlite/sql';

export interface EventLogOptions {
  readonly partitionCount: number;
  /** Events older than this go. */
  readonly retentionMs: number;
  /** Bodies and heads together; the oldest events go first. */
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
  /** The newest events, contiguous up to `last`, so that live readers don't go to disk. */
  readonly recent: StoredEvent[];
  recentBytes: number;
  readonly listeners: Set<() => void>;
}

interface Pending {
  readonly event: NewEvent;
  readonly done: (error?: Error) => void;
}

const partitionStride = 2 ** 44;
const recentBytesPerPartition = 4 * 1024 * 1024;
const recentCountPerPartition = 20_000;
const headOverhead = 256;
/** Offsets are opaque to clients but must rise; a fixed stride keeps them exact in both directions. */
const offsetStride = 64;

export const offsetOf = (sequenceNumber: number): string => String(sequenceNumber * offsetStride);

/**
 * The hub's events, in partitions, on disk before they are acknowledged. Appends of one turn of the event
 * loop share one transaction, which makes the price of durability small under load and nothing when idle.
 */
export class EventLog {
  private readonly partitions: Partition[] = [];
  private pending: Pending[] = [];
  private flushing: NodeJS.Immediate | undefined;
  private bytes = 0;
  private closed = false;
  private readonly insert: SqlStatement;
  private readonly advance: SqlStatement;
  private readonly select: SqlStatement;
  private readonly oldest: SqlStatement;
  private readonly remove: SqlStatement;
  private readonly atTime: SqlStatement;

  constructor(
    private readonly sql: Sql,
    private readonly options: EventLogOptions,
  ) {
    this.insert = sql.prepare('INSERT INTO event (id, enqueuedTime, head, body) VALUES (?, ?, ?, ?)');
    this.advance = sql.prepare(
      'INSERT INTO partition (id, lastSequenceNumber, lastEnqueuedTime) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET lastSequenceNumber = excluded.lastSequenceNumber, lastEnqueuedTime = excluded.lastEnqueuedTime',
    );
    this.select = sql.prepare(
      'SELECT id, enqueuedTime, head, body FROM event WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    );
    this.oldest = sql.prepare(
      'SELECT id, enqueuedTime, length(head) + length(body) AS size FROM event WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    );
    this.remove = sql.prepare('DELETE FROM event WHERE id >= ? AND id < ?');
    this.atTime = sql.prepare(
      'SELECT id FROM event WHERE id >= ? AND id < ? AND enqueuedTime >= ? ORDER BY id LIMIT 1',
    );
    this.load();
  }

  get partitionCount(): number {
    return this.options.partitionCount;
  }

  /** Bytes kept, bodies and heads. */
  get size(): number {
    return this.bytes;
  }

  private load(): void {
    const known = new Map(
      this.sql
        .prepare('SELECT id, lastSequenceNumber, lastEnqueuedTime FROM partition')
        .all()
        .map((row) => [Number(row.id), row]),
    );
    for (let id = 0; id < this.options.partitionCount; id++) {
      const row = known.get(id);
      const last = row ? Number(row.lastSequenceNumber) : -1;
      const first = this.oldest.all(id * partitionStride, (id + 1) * partitionStride, 1)[0];
      this.partitions.push({
        first: first ? Number(first.id) - id * partitionStride : last + 1,
        last,
        lastTime: row ? Number(row.lastEnqueuedTime) : 0,
        recent: [],
        recentBytes: 0,
        listeners: new Set(),
      });
    }
    const sum = this.sql
      .prepare('SELECT sum(length(head) + length(body)) AS size, count(*) AS count FROM event')
      .all();
    this.bytes = Number(sum[0]?.size ?? 0) + headOverhead * Number(sum[0]?.count ?? 0);
  }

  private partition(id: number): Partition {
    const partition = this.partitions[id];
    if (!partition) throw new RangeError(`no partition ${id}`);
    return partition;
  }

  /** All messages of one device land in one partition, in order. */
  partitionOf(deviceId: string): number {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(deviceId)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash % this.options.partitionCount;
  }

  /** `done` is called once the event is on disk, or with the reason why it is not; in order of the calls. */
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
    const stored: StoredEvent[] = [];
    const ends = new Map<number, { last: number; time: number }>();
    let added = 0;
    try {
      transaction(this.sql, () => {
        for (const { event } of batch) {
          const id = this.partitionOf(event.deviceId);
          const partition = this.partition(id);
          const end = ends.get(id) ?? { last: partition.last, time: partition.lastTime };
          // Enqueued times never run backwards in a partition, whatever the clock does.
          const next = { last: end.last + 1, time: Math.max(this.options.now(), end.time) };
          ends.set(id, next);
          const { body, ...head } = event;
          const text = JSON.stringify(head);
          this.insert.run(id * partitionStride + next.last, next.time, text, body);
          added += text.length + body.length + headOverhead;
          stored.push({ ...event, partition: id, sequenceNumber: next.last, enqueuedTime: next.time });
        }
        for (const [id, end] of ends) this.advance.run(id, end.last, end.time);
      });
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { done } of batch) done(reason);
      return;
    }
    this.bytes += added;
    for (const event of stored) this.remember(event);
    for (const { done } of batch) done();
    for (const id of ends.keys()) for (const listener of [...this.partition(id).listeners]) listener();
    if (this.bytes > this.options.maxBytes) this.enforceSize();
  }

  private remember(event: StoredEvent): void {
    const partition = this.partition(event.partition);
    partition.last = event.sequenceNumber;
    partition.lastTime = event.enqueuedTime;
    partition.recent.push(event);
    partition.recentBytes += event.body.length + headOverhead;
    if (
      partition.recentBytes > recentBytesPerPartition ||
      partition.recent.length > recentCountPerPartition
    ) {
      // In one cut, so that a busy partition does not shift its array at each message.
      let drop = Math.ceil(partition.recent.length / 2);
      while (drop < partition.recent.length - 1 && this.bytesAfter(partition, drop) > recentBytesPerPartition)
        drop++;
      partition.recent.splice(0, drop);
      partition.recentBytes = this.bytesAfter(partition, 0);
    }
  }

  private bytesAfter(partition: Partition, from: number): number {
    let bytes = 0;
    for (let i = from; i < partition.recent.length; i++)
      bytes += (partition.recent[i]?.body.length ?? 0) + headOverhead;
    return bytes;
  }

  state(id: number): PartitionState {
    const { first, last, lastTime } = this.partition(id);
    return { firstSequenceNumber: first, lastSequenceNumber: last, lastEnqueuedTime: lastTime };
  }

  /** The sequence number of the first event a reader at `position` gets. */
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
        const from = position.value + (position.inclusive ? 0 : 1);
        const row = this.atTime.all(id * partitionStride, (id + 1) * partitionStride, from)[0];
        return row ? Number(row.id) - id * partitionStride : partition.last + 1;
      }
    }
  }

  /** Up to `limit` events from `from` on; what retention took is skipped. */
  read(id: number, from: number, limit: number): StoredEvent[] {
    const partition = this.partition(id);
    const start = Math.max(from, partition.first, 0);
    if (start > partition.last) return [];
    const cached = partition.recent[0];
    if (cached && start >= cached.sequenceNumber) {
      const at = start - cached.sequenceNumber;
      return partition.recent.slice(at, at + limit);
    }
    const base = id * partitionStride;
    return this.select.all(base + start, base + partitionStride, limit).map((row) => ({
      ...(JSON.parse(String(row.head)) as Omit<NewEvent, 'body'>),
      body: row.body as Uint8Array,
      partition: id,
      sequenceNumber: Number(row.id) - base,
      enqueuedTime: Number(row.enqueuedTime),
    }));
  }

  /** Calls `listener` after events became readable in a partition. */
  onAppended(id: number, listener: () => void): () => void {
    const { listeners } = this.partition(id);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Deletes what is too old, and gives a little disk back. */
  enforceRetention(): void {
    const limit = this.options.now() - this.options.retentionMs;
    for (let id = 0; id < this.partitions.length; id++) {
      for (;;) {
        const rows = this.oldestOf(id);
        const old = rows.filter((row) => row.time < limit);
        this.dropOldest(id, old);
        if (old.length < rows.length || rows.length === 0) break;
      }
    }
    this.sql.prepare('PRAGMA incremental_vacuum(500)').all();
  }

  private enforceSize(): void {
    // Down to 90 %, so that a full log does not delete at each message.
    const target = this.options.maxBytes * 0.9;
    while (this.bytes > target) {
      const heads = this.partitions
        .map((_, id) => ({ id, rows: this.oldestOf(id) }))
        .filter(({ rows }) => rows.length > 0)
        .sort((a, b) => (a.rows[0]?.time ?? 0) - (b.rows[0]?.time ?? 0));
      const head = heads[0];
      if (!head) return;
      let over = this.bytes - target;
      const drop = head.rows.filter((row) => {
        const take = over > 0;
        over -= row.size;
        return take;
      });
      this.dropOldest(head.id, drop);
    }
  }

  private oldestOf(id: number): { sequenceNumber: number; time: number; size: number }[] {
    const base = id * partitionStride;
    return this.oldest.all(base, base + partitionStride, 500).map((row) => ({
      sequenceNumber: Number(row.id) - base,
      time: Number(row.enqueuedTime),
      size: Number(row.size) + headOverhead,
    }));
  }

  private dropOldest(id: number, rows: readonly { sequenceNumber: number; size: number }[]): void {
    const lastRow = rows.at(-1);
    if (!lastRow) return;
    const base = id * partitionStride;
    const partition = this.partition(id);
    transaction(this.sql, () => {
      this.remove.run(base, base + lastRow.sequenceNumber + 1);
    });
    partition.first = lastRow.sequenceNumber + 1;
    for (const row of rows) this.bytes -= row.size;
    const cut = partition.recent.findIndex((event) => event.sequenceNumber >= partition.first);
    partition.recent.splice(0, cut === -1 ? partition.recent.length : cut);
    partition.recentBytes = this.bytesAfter(partition, 0);
  }

  /** Writes what waits and takes nothing more. */
  close(): void {
    this.closed = true;
    if (this.flushing) clearImmediate(this.flushing);
    this.flush();
  }
}
