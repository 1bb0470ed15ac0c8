import type { ReceivedMessage } from '../core/message/receivedMessage';

/** Where a recorder puts messages; its calls follow one another, and throw what file system or SQLite throws. */
export interface Sink {
  readonly bytes: number;
  readonly files: readonly string[];
  /** Puts the first of `messages` on disk, whole or not at all; resolves with how many, at least one. */
  write(messages: readonly ReceivedMessage[]): Promise<number>;
  /** Makes what was written visible to other programs. */
  publish(): Promise<void>;
  close(): Promise<void>;
}
