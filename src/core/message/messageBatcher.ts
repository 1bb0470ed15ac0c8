import { type ReceivedMessage } from './receivedMessage';
import { inTimeOrder } from './timeOrder';

/** Long enough to combine the batches of all partitions, too short to be noticed. */
const batchMs = 100;

/**
 * Combines the messages of all partitions into batches in chronological order. Partitions are read independently, so
 * messages of the same time arrive in any order.
 */
export class MessageBatcher {
  private waiting: ReceivedMessage[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onBatch: (messages: readonly ReceivedMessage[]) => void) {}

  add(messages: readonly ReceivedMessage[]): void {
    for (const message of messages) this.waiting.push(message);
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.flush(), batchMs);
  }

  /** Forwards the waiting messages immediately. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const messages = inTimeOrder(this.waiting);
    this.waiting = [];
    this.onBatch(messages);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }
}
