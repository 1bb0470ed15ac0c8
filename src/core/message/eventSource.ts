import { type IotError } from '../errors';
import { type HubConnection } from '../hub/hubConnection';
import { type ReceivedMessage } from './receivedMessage';

/** Where reading begins; after an interruption it goes on behind the last message of each partition. */
export type StartPosition =
  | { readonly kind: 'now' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'time'; readonly since: number };

export interface EventReading {
  readonly connection: HubConnection;
  readonly consumerGroup: string;
  readonly start: StartPosition;
  /** `positions` of an earlier subscription: go on behind them. Wins over `start`. */
  readonly seen: ReadonlyMap<string, number>;
  onMessages(messages: readonly ReceivedMessage[]): void;
  /** Reading goes on by itself after this. */
  onTrouble(error: IotError): void;
}

export interface EventSubscription {
  /** Resolves with the reason when reading has ended by itself and will not come back. */
  readonly broken: Promise<IotError>;
  /** Sequence number of the last message handed out, or passed over at the start, by partition. */
  readonly positions: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** The end of a partition. */
export interface PartitionState {
  readonly partitionId: string;
  /** Of the newest message, in milliseconds; absent when there was none. */
  readonly lastEnqueuedAt?: number;
}

/** The hub's events. Every failure is an `IotError`. */
export interface EventSource {
  /** Looks at the ends of all partitions, as a reader of this consumer group would. */
  inspect(
    connection: HubConnection,
    consumerGroup: string,
    signal: AbortSignal,
  ): Promise<readonly PartitionState[]>;
  /** Resolves when no later message can be missed. */
  open(reading: EventReading, signal: AbortSignal): Promise<EventSubscription>;
}
