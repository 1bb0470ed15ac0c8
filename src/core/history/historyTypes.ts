import { type Disposable } from '../base/disposable';
import { type Event } from '../base/event';
import { type MessageFilter } from '../message/messageFilter';
import { type ReceivedMessage } from '../message/receivedMessage';

export interface HistoryLimits {
  /** Of what is packed and compressed; the oldest messages leave in blocks of at most a 16th of it. */
  readonly maxBytes: number;
  readonly maxMessages: number;
}

export interface Row {
  /** The number of the message in this history: 0, 1, … It never falls, not even by `clear`. */
  readonly index: number;
  readonly message: ReceivedMessage;
}

/** Since the start or the last `clear`, whatever left because of the limits. Times in ms, of the hub. */
export interface DeviceSeen {
  readonly deviceId: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Of bodies. */
  readonly bytes: number;
}

/**
 * The messages that fit a filter, kept up to date: new ones are looked at as they come, those that were there
 * already from the newest to the oldest in the background. So rows come in front while that runs, and leave there
 * because of the limits: a row's distance from the end is what stays.
 */
export interface HistorySelection extends Disposable {
  readonly filter: MessageFilter | undefined;
  /** Rows that fit and are still kept. */
  readonly length: number;
  /** Kept messages that were looked at, of `end - max(first, from)`; with the new ones. */
  readonly scanned: number;
  readonly isComplete: boolean;
  /** @param position 0 is the oldest row that is kept; @returns rows that are still kept, in order. */
  read(position: number, count: number): Promise<readonly Row[]>;
  /** Of the first fitting row at or behind this index; `length` when there is none. */
  positionOf(index: number): number;
  /** Like {@link MessageHistory.rates}, of fitting ones. */
  rates(from: number, to: number, buckets: number): readonly number[];
  /** At most once per turn of the event loop. */
  readonly onDidChange: Event<void>;
}
