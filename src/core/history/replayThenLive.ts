import { delay } from '../base/abort';
import { type Disposable } from '../base/disposable';
import { type MessageHistory } from './messageHistory';
import { type ReceivedMessage } from '../message/receivedMessage';

/** How many messages are read from the history at a time, and how many may be queued. */
const page = 2_000;
const pollMs = 50;

/** Accepts messages in order, and reports how many are queued. */
export interface MessageQueue {
  add(messages: readonly ReceivedMessage[]): void;
  readonly waiting: number;
}

export interface ReplayThenLive extends Disposable {
  /** Resolves when the buffered messages were forwarded, with how many were discarded before. */
  readonly caughtUp: Promise<number>;
}

/**
 * Forwards the messages of a history, then new ones, in order and each once. Until it has caught up, new messages are
 * also read from the history.
 * @param follow calls its argument with all messages that are added to the history, immediately after
 */
export function replayThenLive(
  history: MessageHistory,
  follow: (sink: (messages: readonly ReceivedMessage[]) => void) => Disposable,
  queue: MessageQueue,
): ReplayThenLive {
  let isLive = false;
  let isOver = false;
  const live = follow((messages) => {
    if (isLive) queue.add(messages);
  });
  const copy = async (): Promise<number> => {
    let left = 0;
    let next = history.first;
    while (!isOver && next < history.end) {
      // If the disk is slow or full, messages wait in the history, which is compressed.
      while (!isOver && queue.waiting > page) await delay(pollMs);
      const rows = await history.read(next, page);
      if (isOver) break;
      // A whole page may have been discarded.
      const behind = rows.at(-1)?.index ?? Math.max(history.first, next + page) - 1;
      left += behind + 1 - next - rows.length;
      next = behind + 1;
      queue.add(rows.map(({ message }) => message));
    }
    isLive = true;
    return left;
  };
  return {
    caughtUp: copy(),
    dispose: () => {
      isOver = true;
      live.dispose();
    },
  };
}
