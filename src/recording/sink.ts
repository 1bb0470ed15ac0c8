import type { ReceivedMessage } from '../core/message/receivedMessage';

/** The output of a recorder. Its methods are called one at a time, and throw the errors of the file system or SQLite. */
export interface Sink {
  readonly bytes: number;
  readonly files: readonly string[];
  /** Writes the first of `messages` to disk, completely or not at all. @returns how many, at least one */
  write(messages: readonly ReceivedMessage[]): Promise<number>;
  /** Makes the written messages visible to other programs. */
  publish(): Promise<void>;
  close(): Promise<void>;
}
