import type { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';

export type RecordingFormat = 'jsonl' | 'csv' | 'sqlite';

export interface RecorderOptions {
  /** Path of the file; an existing recording of the same format is appended to. */
  readonly file: string;
  readonly format: RecordingFormat;
  /** JSONL and CSV: from this size on the next file begins (`name.2.jsonl`). Bytes; none, or 0: one file. */
  readonly rotateBytes?: number;
  /**
   * Called once when writing begins to fail (it is tried again each second), and with the number of messages
   * that are lost: when more than 64 MB wait, or when they still cannot be written at the end.
   */
  readonly onProblem?: (error: IotError) => void;
}

export interface Recorder {
  /** Takes messages to be written within about 200 ms. Never throws, never waits; after `close` does nothing. */
  add(messages: readonly ReceivedMessage[]): void;
  /** Messages that this recorder has put on disk. */
  readonly written: number;
  /** Bytes that this recorder has put on disk, over all its files; SQLite: the size of the database. */
  readonly bytes: number;
  /** Paths this recorder has written to, in order. */
  readonly files: readonly string[];
  /** Messages taken that are not on disk yet. */
  readonly waiting: number;
  /** Messages that were given up, each counted once. */
  readonly lost: number;
  /** Writes what was added until now; rejects with the `IotError` that hinders it. */
  flush(): Promise<void>;
  /** Writes what waits and leaves a file that is complete in itself. Never rejects: see `onProblem`. */
  close(): Promise<void>;
}

export interface OpenRecordingOptions {
  readonly signal?: AbortSignal;
  /** One sentence with file and line for each of the first 20 lines that are skipped. */
  readonly onProblem?: (error: IotError) => void;
}

/**
 * All parts of it, in order: batches of up to 500 messages (fewer when they are large). Iterating rejects with an `IotError` in one sentence when the
 * file cannot be read or is no recording at all, and with an `AbortError` after `signal`.
 */
export interface Recording extends AsyncIterable<ReceivedMessage[]> {
  /** Lines (SQLite: rows) that could not be understood, so far. A torn last line is not counted. */
  readonly skipped: number;
  /** The last line was cut off, as when the recorder was killed; known at the end. */
  readonly torn: boolean;
  /** How much of it is read, 0 … 1. */
  readonly progress: number;
}

export interface DescribeOptions extends OpenRecordingOptions {
  /** `progress`: 0 … 1; `messages`: how many so far. */
  readonly onProgress?: (progress: number, messages: number) => void;
}

export interface RecordingSummary {
  readonly messages: number;
  /** Ids, sorted. */
  readonly devices: readonly string[];
  /** Enqueued times of the first and the last, in milliseconds; undefined when there are no messages. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly skipped: number;
}
