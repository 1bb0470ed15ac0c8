import type { ReceivedMessage } from '../core/message/receivedMessage';

/** A format of text records: JSON Lines or CSV. */
export interface TextFormat {
  /** Start of a file, including its line break; may be empty. */
  readonly header: string;
  /** Whether line breaks inside double quotes belong to the record. */
  readonly hasQuotedLines: boolean;
  /** Encodes a message, including the line break. */
  encode(message: ReceivedMessage): string;
  /** @param record without its line break @throws Error with a message for the user when it is not valid */
  decode(record: string): ReceivedMessage;
}
