import { type ReceivedMessage } from './receivedMessage';

type Timed = Pick<ReceivedMessage, 'partitionId' | 'enqueuedAt'>;

/**
 * Messages of several partitions by the time at which the hub took them. Those of one partition keep their order,
 * whatever the clock of the hub did.
 */
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
