import { type ReceivedMessage } from '../message/receivedMessage';
import { type Row } from './historyTypes';
import { type SlabReader } from './slabReader';

/** Notifications of a history to its selections. */
export interface HistoryFollower {
  onAdded(messages: readonly ReceivedMessage[], firstIndex: number): void;
  /** Older messages than `first` were discarded. */
  onDropped(first: number): void;
  /** All messages were removed. */
  onCleared(): void;
}

/** The interface of a history for its selections. */
export interface SelectedHistory {
  /** Index of the oldest retained message. */
  readonly first: number;
  /** Index after the newest one. */
  readonly end: number;
  read(from: number, count: number): Promise<readonly Row[]>;
  readAll(indexes: readonly number[]): Promise<readonly Row[]>;
  rates(from: number, to: number, buckets: number): readonly number[];
  follow(follower: HistoryFollower): () => void;
  pieces(): readonly { readonly open: () => Promise<SlabReader | undefined> }[];
}
