import { type ReceivedMessage } from '../message/receivedMessage';
import { type Arrival } from './messageLine';

interface Expected {
  readonly sentAt: number;
  readonly onArrived: (arrival: Arrival) => void;
  readonly onMissed: () => void;
}

/** Finds messages again among the hub's events, by device and message id. */
export class ArrivalTracker {
  private readonly expected = new Map<string, Expected>();

  /** @param patienceMs after which a message is no longer looked for; `most` bounds the memory. */
  constructor(
    private readonly clock: () => number,
    private readonly patienceMs = 60_000,
    private readonly most = 50_000,
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
    if (this.expected.size > this.most && oldest !== undefined) this.miss(oldest);
  }

  /** The first arrival counts: one that was sent twice after a broken connection arrives twice. */
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

  /** Gives up those that wait for too long. They stand in the order of their sending. */
  dropOld(): void {
    const limit = this.clock() - this.patienceMs;
    for (const [key, { sentAt }] of this.expected) {
      if (sentAt > limit) return;
      this.miss(key);
    }
  }

  /** Gives up all. */
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
