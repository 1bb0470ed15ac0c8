import type { SqlRow, SqlStatement } from '../../sqlite/sql';
import type { NewEvent, StoredEvent } from './events';
import type { HubDatabase } from './hubDatabase';

/** Row ids of a partition: its number times the stride, plus the sequence number. */
const partitionStride = 2 ** 44;

export interface StoredEventInfo {
  readonly sequenceNumber: number;
  readonly enqueuedTime: number;
  readonly bytes: number;
}

export interface PartitionRow {
  readonly lastSequenceNumber: number;
  readonly lastEnqueuedTime: number;
}

/** What an event costs beyond its body and its head. */
export const eventOverheadBytes = 256;

/** The tables `event` and `partition`. */
export class EventTable {
  private readonly insertEvent: SqlStatement;
  private readonly upsertPartition: SqlStatement;
  private readonly selectEvents: SqlStatement;
  private readonly selectOldest: SqlStatement;
  private readonly selectNewest: SqlStatement;
  private readonly deleteEvents: SqlStatement;
  private readonly selectFromTime: SqlStatement;

  constructor(private readonly sql: HubDatabase) {
    this.insertEvent = sql.prepare('INSERT INTO event (id, enqueuedTime, head, body) VALUES (?, ?, ?, ?)');
    this.upsertPartition = sql.prepare(
      'INSERT INTO partition (id, lastSequenceNumber, lastEnqueuedTime) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET lastSequenceNumber = excluded.lastSequenceNumber, lastEnqueuedTime = excluded.lastEnqueuedTime',
    );
    this.selectEvents = sql.prepare(
      'SELECT id, enqueuedTime, head, body FROM event WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    );
    this.selectOldest = sql.prepare(
      'SELECT id, enqueuedTime, length(head) + length(body) AS size FROM event WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
    );
    this.selectNewest = sql.prepare(
      'SELECT id, enqueuedTime FROM event WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1',
    );
    this.deleteEvents = sql.prepare('DELETE FROM event WHERE id >= ? AND id < ?');
    this.selectFromTime = sql.prepare(
      'SELECT id FROM event WHERE id >= ? AND id < ? AND enqueuedTime >= ? ORDER BY id LIMIT 1',
    );
  }

  partitions(): ReadonlyMap<number, PartitionRow> {
    const rows = this.sql.prepare('SELECT id, lastSequenceNumber, lastEnqueuedTime FROM partition').all();
    return new Map(
      rows.map((row) => [
        Number(row.id),
        {
          lastSequenceNumber: Number(row.lastSequenceNumber),
          lastEnqueuedTime: Number(row.lastEnqueuedTime),
        },
      ]),
    );
  }

  /** Bytes of all events, with their overhead. */
  totalBytes(): number {
    const [row] = this.sql
      .prepare('SELECT sum(length(head) + length(body)) AS size, count(*) AS count FROM event')
      .all();
    return Number(row?.size ?? 0) + eventOverheadBytes * Number(row?.count ?? 0);
  }

  /** @returns its bytes, with the overhead */
  insert(partition: number, sequenceNumber: number, enqueuedTime: number, event: NewEvent): number {
    const { body, ...head } = event;
    const text = JSON.stringify(head);
    this.insertEvent.run(partition * partitionStride + sequenceNumber, enqueuedTime, text, body);
    return text.length + body.length + eventOverheadBytes;
  }

  setLast(partition: number, { lastSequenceNumber, lastEnqueuedTime }: PartitionRow): void {
    this.upsertPartition.run(partition, lastSequenceNumber, lastEnqueuedTime);
  }

  read(partition: number, firstSequenceNumber: number, limit: number): StoredEvent[] {
    const base = partition * partitionStride;
    const rows = this.selectEvents.all(base + firstSequenceNumber, base + partitionStride, limit);
    return this.sql.guard(() => rows.map((row) => toEvent(row, partition, base)));
  }

  /** The oldest events of a partition, without their content. */
  oldest(partition: number, limit: number): StoredEventInfo[] {
    const base = partition * partitionStride;
    return this.selectOldest.all(base, base + partitionStride, limit).map((row) => ({
      sequenceNumber: Number(row.id) - base,
      enqueuedTime: Number(row.enqueuedTime),
      bytes: Number(row.size) + eventOverheadBytes,
    }));
  }

  /** The newest event of a partition; undefined if it has none. */
  newest(partition: number): PartitionRow | undefined {
    const base = partition * partitionStride;
    const [row] = this.selectNewest.all(base, base + partitionStride);
    if (!row) return undefined;
    return { lastSequenceNumber: Number(row.id) - base, lastEnqueuedTime: Number(row.enqueuedTime) };
  }

  /** The first event enqueued at this time or later. */
  findFromTime(partition: number, time: number): number | undefined {
    const base = partition * partitionStride;
    const [row] = this.selectFromTime.all(base, base + partitionStride, time);
    return row && Number(row.id) - base;
  }

  /** Deletes events up to and including this one. */
  deleteThrough(partition: number, sequenceNumber: number): void {
    const base = partition * partitionStride;
    this.deleteEvents.run(base, base + sequenceNumber + 1);
  }

  /** Gives unused pages of the file back, a few at a time. */
  vacuum(): void {
    this.sql.prepare('PRAGMA incremental_vacuum(500)').all();
  }
}

function toEvent(row: SqlRow, partition: number, base: number): StoredEvent {
  return {
    ...(JSON.parse(String(row.head)) as Omit<NewEvent, 'body'>),
    body: row.body as Uint8Array,
    partition,
    sequenceNumber: Number(row.id) - base,
    enqueuedTime: Number(row.enqueuedTime),
  };
}
