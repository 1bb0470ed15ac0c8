import { type Disposable } from '../base/disposable';
import { type MessageHistory } from './messageHistory';
import { type ReceivedMessage } from '../message/receivedMessage';

/** How many messages are taken out of the history at a time, and how many may wait to be written. */
const page = 2_000;
const pollMs = 50;

/** What takes messages in order, and says how many of them it has not written yet. */
export interface Taker {
  add(messages: readonly ReceivedMessage[]): void;
  readonly waiting: number;
}

export interface HeldThenLive extends Disposable {
  /** Resolves when what was held has been handed on, with how many had left before their turn came. */
  readonly caughtUp: Promise<number>;
}

/**
 * Hands on what a history holds, then what comes, in order, each message once: until it has caught up, what comes is
 * taken from the history too.
 * @param follow calls its argument with all that is added to the history, right after it was
 */
export function heldThenLive(
  history: MessageHistory,
  follow: (sink: (messages: readonly ReceivedMessage[]) => void) => Disposable,
  taker: Taker,
): HeldThenLive {
  let isLive = false;
  let isOver = false;
  const live = follow((messages) => {
    if (isLive) taker.add(messages);
  });
  const copy = async (): Promise<number> => {
    let left = 0;
    let next = history.first;
    while (!isOver && next < history.end) {
      // A disk that is slower than the hub, or full: the history is the better place to wait in.
      while (!isOver && taker.waiting > page) await new Promise((resolve) => setTimeout(resolve, pollMs));
      const rows = await history.read(next, page);
      if (isOver) break;
      // A whole page can have left.
      const behind = rows.at(-1)?.index ?? Math.max(history.first, next + page) - 1;
      left += behind + 1 - next - rows.length;
      next = behind + 1;
      taker.add(rows.map(({ message }) => message));
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
