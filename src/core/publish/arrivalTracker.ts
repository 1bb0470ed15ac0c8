import { type ReceivedMessage } from '../message/receivedMessage';
import { type Arrival } from './sendResult';

interface Expected {
  readonly sentAt: number;
  readonly onArrived: (arrival: Arrival) => void;
  readonly onMissed: () => void;
}

/** Recognizes sent messages among the events of the hub, by device and message id. */
export class ArrivalTracker {
  private readonly expected = new Map<string, Expected>();

  /** @param timeoutMs after which a message is no longer tracked @param maxTracked limits the memory */
  constructor(
    private readonly clock: () => number,
    private readonly timeoutMs = 60_000,
    private readonly maxTracked = 50_000,
  ) {}

  expect(
    deviceId: string,
    messageId: string,
    onArrived: (arrival: Arrival) => void,
    onMissed: () => void,
  ): void {
    const key = keyOf(deviceId, messageId);
    this.miss(key);
    this.expected.set(key, { sentAt: this.clock(), onArrived, onMissed });
    const [oldest] = this.expected.keys();
    if (this.expected.size > this.maxTracked && oldest !== undefined) this.miss(oldest);
  }

  /** Only the first arrival counts: a message that was resent after a lost connection arrives twice. */
  onMessages(messages: readonly ReceivedMessage[]): void {
    const now = this.clock();
    for (const { deviceId, systemProperties, partitionId } of messages) {
      const messageId = systemProperties['messageId'];
      if (deviceId === undefined || typeof messageId !== 'string') continue;
      const key = keyOf(deviceId, messageId);
      const expected = this.expected.get(key);
      if (!expected) continue;
      this.expected.delete(key);
      expected.onArrived({ partition: partitionId, ms: Math.round(now - expected.sentAt) });
    }
    this.dropOld();
  }

  /** Stops tracking messages that have timed out. They are in the order in which they were sent. */
  dropOld(): void {
    const limit = this.clock() - this.timeoutMs;
    for (const [key, { sentAt }] of this.expected) {
      if (sentAt > limit) return;
      this.miss(key);
    }
  }

  /** Stops tracking all messages. */
  dropAll(): void {
    for (const key of [...this.expected.keys()]) this.miss(key);
  }

  get size(): number {
    return this.expected.size;
  }

  private miss(key: string): void {
    const expected = this.expected.get(key);
    this.expected.delete(key);
    expected?.onMissed();
  }
}

const keyOf = (deviceId: string, messageId: string) => `${deviceId}\n${messageId}`;
