import { type IotError } from '../errors';
import { type EventsTarget } from '../hub/eventHubConnection';
import { type ProxySettings } from '../mqtt/webProxy';
import { type ReceivedMessage } from './receivedMessage';

/** Where reading begins; after an interruption it goes on behind the last message of each partition. */
export type StartPosition =
  | { readonly kind: 'now' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'time'; readonly since: number };

/** How the endpoint is reached: AMQP on its own port, or over WebSockets, which pass proxies. */
export interface EventTransportOptions {
  /** `auto` unless given: WebSockets where the port of AMQP is blocked, or a proxy is set. */
  readonly transport?: 'auto' | 'amqp' | 'webSocket';
  readonly proxy?: ProxySettings;
}

/** When a line counts as dead; milliseconds. */
export interface WatchdogOptions {
  /** How often the endpoint is asked whether it is there and what it has. */
  readonly quietMs?: number;
  /** How long its answer may take. */
  readonly answerMs?: number;
  /** A clock that went on by more between two looks was set, or the computer slept. */
  readonly jumpMs?: number;
  readonly tickMs?: number;
  readonly now?: () => number;
}

export interface EventReading extends EventTransportOptions {
  readonly watch?: WatchdogOptions;
  readonly connection: EventsTarget;
  readonly consumerGroup: string;
  readonly start: StartPosition;
  /** `positions` of an earlier subscription: go on behind them. Wins over `start`. */
  readonly seen: ReadonlyMap<string, number>;
  onMessages(messages: readonly ReceivedMessage[]): void;
  /** Reading goes on by itself after this. */
  onTrouble(error: IotError): void;
  /** After trouble: all partitions are read again. */
  onRecovered?(): void;
}

export interface EventSubscription {
  /** Resolves with the reason when reading has ended by itself and will not come back. */
  readonly broken: Promise<IotError>;
  readonly transport: 'amqp' | 'webSocket';
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
    connection: EventsTarget,
    consumerGroup: string,
    signal: AbortSignal,
    way?: EventTransportOptions,
  ): Promise<readonly PartitionState[]>;
  /** Resolves when no later message can be missed. */
  open(reading: EventReading, signal: AbortSignal): Promise<EventSubscription>;
}
