import { type ReceivedMessage } from './receivedMessage';
import { inTimeOrder } from './timeOrder';

/** Long enough for what partitions hand out side by side, too short to be noticed. */
const togetherMs = 100;

/**
 * What arrives together is handed on together, in the order of time: each partition is read on its own, in batches,
 * so that messages of the same moment arrive one after the other in any order.
 */
export class MessageBatcher {
  private waiting: ReceivedMessage[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly handOn: (messages: readonly ReceivedMessage[]) => void) {}

  add(messages: readonly ReceivedMessage[]): void {
    for (const message of messages) this.waiting.push(message);
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.flush(), togetherMs);
  }

  /** Hands on at once what waits, before anything is said about it or reading ends. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const messages = inTimeOrder(this.waiting);
    this.waiting = [];
    this.handOn(messages);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }
}
