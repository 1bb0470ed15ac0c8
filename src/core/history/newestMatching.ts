import { type ReceivedMessage } from '../message/receivedMessage';
import { type MessageHistory } from './messageHistory';

/**
 * The newest messages that match, oldest first. When it resolves, it has checked every message that has arrived.
 * @param maxScanned how many messages are checked
 */
export async function newestMatching(
  history: MessageHistory,
  matches: (message: ReceivedMessage) => boolean,
  { maxScanned, maxMessages }: { readonly maxScanned: number; readonly maxMessages: number },
): Promise<readonly ReceivedMessage[]> {
  const found: ReceivedMessage[] = [];
  for (let from = Math.max(history.first, history.end - maxScanned); from < history.end;) {
    const { end } = history;
    for (const { message } of await history.read(from, end - from)) if (matches(message)) found.push(message);
    from = Math.max(end, history.first);
  }
  return found.slice(-maxMessages);
}
