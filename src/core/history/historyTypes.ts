import { type Disposable } from '../base/disposable';
import { type Event } from '../base/event';
import { type MessageFilter } from '../message/messageFilter';
import { type ReceivedMessage } from '../message/receivedMessage';

export interface HistoryLimits {
  /** Limit of the packed and compressed size. Oldest messages are discarded in blocks of at most a 16th of it. */
  readonly maxBytes: number;
  readonly maxMessages: number;
}

export interface Row {
  /** Number of the message in this history: 0, 1, … It never decreases, not even after `clear`. */
  readonly index: number;
  readonly message: ReceivedMessage;
}

/** Counts since the start or the last `clear`, including discarded messages. Times in ms, by the clock of the hub. */
export interface DeviceSeen {
  readonly deviceId: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Total size of the bodies. */
  readonly bytes: number;
}

/**
 * The messages that match a filter, kept up to date. New messages are filtered as they arrive; existing ones in the
 * background, newest first. Rows are therefore added and discarded at the front: only the distance of a row from the
 * end is stable.
 */
export interface HistorySelection extends Disposable {
  readonly filter: MessageFilter | undefined;
  /** Number of matching rows that are retained. */
  readonly length: number;
  /** Number of filtered messages, including new ones, of `end - max(first, from)`. */
  readonly scanned: number;
  readonly isComplete: boolean;
  /** @param position 0 is the oldest retained row @returns retained rows, in order */
  read(position: number, count: number): Promise<readonly Row[]>;
  /** Position of the first matching row at or after this index; `length` if there is none. */
  positionOf(index: number): number;
  /** Like {@link MessageHistory.rates}, for matching messages. */
  rates(from: number, to: number, buckets: number): readonly number[];
  /** At most once per turn of the event loop. */
  readonly onDidChange: Event<void>;
}
