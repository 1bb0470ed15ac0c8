import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayThenLive } from '../../../src/core/history/replayThenLive';
import { MessageHistory } from '../../../src/core/history/messageHistory';
import { newestMatching } from '../../../src/core/history/newestMatching';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';

const message = (n: number): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: n,
  enqueuedAt: 1_000 + n,
  body: new Uint8Array(Buffer.from(`message ${n}, which is not short`)),
  systemProperties: {},
  applicationProperties: {},
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const numbers = (messages: readonly ReceivedMessage[]) =>
  messages.map(({ sequenceNumber }) => sequenceNumber);

/** A monitor without a hub: messages are added to its history first, then delivered to its followers. */
class Feed {
  readonly history: MessageHistory;
  private readonly sinks = new Set<(messages: readonly ReceivedMessage[]) => void>();
  sent = 0;

  constructor(maxMessages = 1_000_000, maxBytes = 64 * 1024 * 1024) {
    this.history = new MessageHistory({ maxBytes, maxMessages });
  }

  send(count: number): void {
    const messages = range(this.sent, this.sent + count).map(message);
    this.sent += count;
    this.history.add(messages);
    for (const sink of this.sinks) sink(messages);
  }

  readonly follow = (sink: (messages: readonly ReceivedMessage[]) => void) => {
    this.sinks.add(sink);
    return { dispose: () => void this.sinks.delete(sink) };
  };
}

class Taken {
  readonly all: number[] = [];
  waiting = 0;
  add(messages: readonly ReceivedMessage[]): void {
    this.all.push(...numbers(messages));
  }
}

describe('replaying buffered, then new messages', () => {
  it('forwards each message once and in order, whenever messages arrive', async () => {
    const turns = fc.array(fc.tuple(fc.nat(700), fc.nat(3)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.nat(6_000), turns, async (held, later) => {
        const feed = new Feed();
        feed.send(held);
        const taken = new Taken();
        const copy = replayThenLive(feed.history, feed.follow, taken);
        for (const [count, turn] of later) {
          feed.send(count);
          for (let at = 0; at < turn; at++) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await copy.caughtUp).toBe(0);
        feed.send(5);
        expect(taken.all).toEqual(range(0, feed.sent));
        copy.dispose();
        feed.send(5);
        expect(taken.all).toHaveLength(feed.sent - 5);
      }),
      { numRuns: 40 },
    );
  });

  it('waits while the disk is slow and reports discarded messages', async () => {
    const feed = new Feed(10_000);
    feed.send(9_000);
    const taken = new Taken();
    let looks = 0;
    let waiting = 1_000_000;
    Object.defineProperty(taken, 'waiting', { get: () => (looks++, waiting) });
    const copy = replayThenLive(feed.history, feed.follow, taken);
    feed.send(3_000);
    await expect.poll(() => looks).toBeGreaterThan(4);
    expect(taken.all).toEqual([]);
    waiting = 0;
    const left = await copy.caughtUp;
    expect(left).toBe(2_000);
    expect(taken.all).toEqual(range(2_000, 12_000));
  });

  it('ends when it is disposed', async () => {
    const feed = new Feed();
    feed.send(5_000);
    const taken = new Taken();
    const copy = replayThenLive(feed.history, feed.follow, taken);
    copy.dispose();
    await copy.caughtUp;
    feed.send(10);
    expect(taken.all).toEqual([]);
  });

  it('continues after the monitor was restarted', async () => {
    const feed = new Feed();
    feed.send(5_000);
    const taken = new Taken();
    const copy = replayThenLive(feed.history, feed.follow, taken);
    feed.history.clear();
    feed.send(10);
    expect(await copy.caughtUp).toBe(5_000);
    feed.send(10);
    expect(taken.all).toEqual(range(5_000, 5_020));
  });
});

describe('newest matching messages', () => {
  it('include those that arrived during reading', async () => {
    const feed = new Feed();
    feed.send(30_000);
    const even = ({ sequenceNumber }: ReceivedMessage) => sequenceNumber % 2 === 0;
    const reading = newestMatching(feed.history, even, { maxScanned: 10_000, maxMessages: 50 });
    feed.send(101);
    expect(numbers(await reading)).toEqual(range(0, 50).map((index) => 30_002 + 2 * index));
  });
});
