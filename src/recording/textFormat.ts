import type { ReceivedMessage } from '../core/message/receivedMessage';

/** JSON lines or CSV: records of text, one after another. */
export interface TextFormat {
  /** What a file begins with, with its line end; may be empty. */
  readonly header: string;
  /** Whether line ends inside double quotes belong to the record. */
  readonly hasQuotedLines: boolean;
  /** With its line end. */
  encode(message: ReceivedMessage): string;
  /** @param record without its line end. Throws an `Error` whose message says why it is none, without a dot. */
  decode(record: string): ReceivedMessage;
}
