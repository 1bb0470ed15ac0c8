import { type ReceivedMessage } from '../message/receivedMessage';
import { type MessageHistory } from './messageHistory';

/**
 * The newest messages that fit, oldest first. When it resolves nothing has come that was not looked at, as long as
 * nothing is awaited in between.
 * @param scan how many are looked at
 */
export async function newestFitting(
  history: MessageHistory,
  fits: (message: ReceivedMessage) => boolean,
  { scan, most }: { readonly scan: number; readonly most: number },
): Promise<readonly ReceivedMessage[]> {
  const found: ReceivedMessage[] = [];
  for (let from = Math.max(history.first, history.end - scan); from < history.end;) {
    const { end } = history;
    for (const { message } of await history.read(from, end - from)) if (fits(message)) found.push(message);
    from = Math.max(end, history.first);
  }
  return found.slice(-most);
}
