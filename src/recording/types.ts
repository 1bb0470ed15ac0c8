import type { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';

export type RecordingFormat = 'jsonl' | 'csv' | 'sqlite';

export interface RecorderOptions {
  /** Path of the file; an existing recording of the same format is appended to. */
  readonly file: string;
  readonly format: RecordingFormat;
  /** JSON Lines and CSV: size in bytes at which a new file is started (`name.2.jsonl`). Absent or 0: one file. */
  readonly rotateBytes?: number;
  /**
   * Called once when writing starts to fail (it is retried every second), and with the number of lost messages: when
   * more than 64 MB are queued, or when they cannot be written at the end.
   */
  readonly onProblem?: (error: IotError) => void;
}

export interface Recorder {
  /** Queues messages, which are written within about 200 ms. Never throws or waits; does nothing after `close`. */
  add(messages: readonly ReceivedMessage[]): void;
  /** Messages that this recorder has written to disk. */
  readonly written: number;
  /** Bytes that this recorder has written to all its files; SQLite: the size of the database. */
  readonly bytes: number;
  /** Paths this recorder has written to, in order. */
  readonly files: readonly string[];
  /** Queued messages. */
  readonly waiting: number;
  /** Messages that could not be written. */
  readonly lost: number;
  /** Writes the queued messages; rejects with an `IotError` on failure. */
  flush(): Promise<void>;
  /** Writes the queued messages and completes the file. Never rejects: see `onProblem`. */
  close(): Promise<void>;
}

export interface OpenRecordingOptions {
  readonly signal?: AbortSignal;
  /** Called with file and line for each of the first 20 lines that are skipped. */
  readonly onProblem?: (error: IotError) => void;
}

/**
 * The messages of all parts, in order: batches of up to 500 messages (fewer if they are large). The iteration rejects
 * with an `IotError` when the file cannot be read or is not a recording, and with an `AbortError` after `signal`.
 */
export interface Recording extends AsyncIterable<ReceivedMessage[]> {
  /** Lines (SQLite: rows) that could not be read so far. A truncated last line is not counted. */
  readonly skipped: number;
  /** Whether the last line is truncated, for example because the recorder was killed; known at the end. */
  readonly torn: boolean;
  /** How much was read, from 0 to 1. */
  readonly progress: number;
}

export interface DescribeOptions extends OpenRecordingOptions {
  /** `progress`: from 0 to 1; `messages`: how many so far. */
  readonly onProgress?: (progress: number, messages: number) => void;
}

export interface RecordingSummary {
  readonly messages: number;
  /** Ids, sorted. */
  readonly devices: readonly string[];
  /** Enqueued times of the first and the last message, in milliseconds; `undefined` if there are no messages. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly skipped: number;
}
