import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MessageBatcher } from '../../../src/core/message/messageBatcher';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { inTimeOrder } from '../../../src/core/message/timeOrder';

const message = (partitionId: string, sequenceNumber: number, enqueuedAt: number): ReceivedMessage => ({
  partitionId,
  sequenceNumber,
  enqueuedAt,
  body: new Uint8Array(),
  systemProperties: {},
  applicationProperties: {},
});

describe('sorting messages of several partitions', () => {
  it('orders them by enqueued time', () => {
    const one = [message('0', 1, 10), message('0', 2, 30)];
    const other = [message('1', 1, 5), message('1', 2, 20)];
    const times = inTimeOrder([...one, ...other]).map(({ enqueuedAt }) => enqueuedAt);
    expect(times).toEqual([5, 10, 20, 30]);
  });

  it('keeps every message once and the order of each partition, even if the clock of the hub is set back', () => {
    const times = fc.array(fc.tuple(fc.nat(3), fc.nat(50)), { maxLength: 60 });
    fc.assert(
      fc.property(times, (list) => {
        const all = list.map(([partition, at], index) => message(String(partition), index, at));
        const ordered = inTimeOrder(all);
        expect(new Set(ordered)).toEqual(new Set(all));
        expect(ordered).toHaveLength(all.length);
        for (const partition of ['0', '1', '2', '3']) {
          const numbers = ordered
            .filter(({ partitionId }) => partitionId === partition)
            .map(({ sequenceNumber }) => sequenceNumber);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('orders all messages by time if each partition is ordered', () => {
    const partition = fc.array(fc.nat(100), { maxLength: 30 }).map((list) => list.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 4 }), (partitions) => {
        const all = partitions.flatMap((list, id) => list.map((at, index) => message(String(id), index, at)));
        const times = inTimeOrder(all).map(({ enqueuedAt }) => enqueuedAt);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('message batcher', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('forwards messages together in chronological order', () => {
    const taken: number[][] = [];
    const batcher = new MessageBatcher((all) => taken.push(all.map(({ enqueuedAt }) => enqueuedAt)));
    batcher.add([message('0', 1, 10), message('0', 2, 30)]);
    vi.advanceTimersByTime(50);
    batcher.add([message('1', 1, 20)]);
    expect(taken).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(taken).toEqual([[10, 20, 30]]);
    batcher.add([message('1', 2, 15)]);
    vi.advanceTimersByTime(100);
    expect(taken).toEqual([[10, 20, 30], [15]]);
  });

  it('forwards messages immediately on flush, and only once', () => {
    const taken: number[] = [];
    const batcher = new MessageBatcher((all) => taken.push(...all.map(({ enqueuedAt }) => enqueuedAt)));
    batcher.add([message('0', 1, 10)]);
    batcher.flush();
    batcher.flush();
    vi.advanceTimersByTime(1_000);
    expect(taken).toEqual([10]);
    batcher.add([]);
    vi.advanceTimersByTime(1_000);
    expect(taken).toEqual([10]);
  });
});
