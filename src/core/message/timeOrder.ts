import { type ReceivedMessage } from './receivedMessage';

type Timed = Pick<ReceivedMessage, 'partitionId' | 'enqueuedAt'>;

/** Sorts messages of several partitions by enqueued time. Messages of one partition keep their order. */
export function inTimeOrder<T extends Timed>(messages: readonly T[]): readonly T[] {
  const latest = new Map<string, number>();
  let isSorted = true;
  let before = -Infinity;
  const timed = messages.map((message) => {
    const at = Math.max(message.enqueuedAt, latest.get(message.partitionId) ?? -Infinity);
    latest.set(message.partitionId, at);
    isSorted &&= at >= before;
    before = at;
    return { at, message };
  });
  if (isSorted) return messages;
  return timed.sort((one, other) => one.at - other.at).map(({ message }) => message);
}
