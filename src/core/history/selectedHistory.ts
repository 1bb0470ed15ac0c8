import { type ReceivedMessage } from '../message/receivedMessage';
import { type Row } from './historyTypes';
import { type SlabReader } from './slabReader';

/** What a history tells its selections. */
export interface HistoryFollower {
  onAdded(messages: readonly ReceivedMessage[], firstIndex: number): void;
  /** The oldest message that is kept now. */
  onDropped(first: number): void;
  /** All left, and it begins anew. */
  onCleared(): void;
}

/** A history as its selections read it. */
export interface SelectedHistory {
  /** Index of the oldest message that is kept. */
  readonly first: number;
  /** Index after the newest one. */
  readonly end: number;
  read(from: number, count: number): Promise<readonly Row[]>;
  readAll(indexes: readonly number[]): Promise<readonly Row[]>;
  rates(from: number, to: number, buckets: number): readonly number[];
  follow(follower: HistoryFollower): () => void;
  pieces(): readonly { readonly open: () => Promise<SlabReader | undefined> }[];
}
