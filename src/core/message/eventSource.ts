import { type IotError } from '../errors';
import { type EventsTarget } from '../hub/eventHubConnection';
import { type ProxySettings } from '../mqtt/webProxy';
import { type ReceivedMessage } from './receivedMessage';

/** Where reading starts. After an interruption it continues after the last message of each partition. */
export type StartPosition =
  | { readonly kind: 'now' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'time'; readonly since: number };

/** How to connect to the endpoint: AMQP on its own port, or over WebSockets, which work through proxies. */
export interface EventTransportOptions {
  /** Default `auto`: WebSockets if the AMQP port is blocked or a proxy is set. */
  readonly transport?: 'auto' | 'amqp' | 'webSocket';
  readonly proxy?: ProxySettings;
}

/** When a connection is considered dead; milliseconds. */
export interface WatchdogOptions {
  /** How often the endpoint is queried while no messages arrive. */
  readonly quietMs?: number;
  /** Maximum time for its response. */
  readonly answerMs?: number;
  /** A larger step of the clock between two ticks means that it was set, or that the computer was asleep. */
  readonly jumpMs?: number;
  readonly tickMs?: number;
  readonly now?: () => number;
}

export interface EventReading extends EventTransportOptions {
  readonly watch?: WatchdogOptions;
  readonly connection: EventsTarget;
  readonly consumerGroup: string;
  readonly start: StartPosition;
  /** `positions` of an earlier subscription: reading continues after them. Takes precedence over `start`. */
  readonly seen: ReadonlyMap<string, number>;
  onMessages(messages: readonly ReceivedMessage[]): void;
  /** A failure from which reading recovers by itself. */
  onTrouble(error: IotError): void;
  /** All partitions are read again after a failure. */
  onRecovered?(): void;
}

export interface EventSubscription {
  /** Resolves with the reason when reading has ended and is not retried. */
  readonly broken: Promise<IotError>;
  readonly transport: 'amqp' | 'webSocket';
  /** Sequence number of the last message that was delivered, or skipped at the start, by partition. */
  readonly positions: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** The newest message of a partition. */
export interface PartitionState {
  readonly partitionId: string;
  /** Enqueued time of the newest message, in milliseconds; absent if there is none. */
  readonly lastEnqueuedAt?: number;
}

/** The events of a hub. Every failure is an `IotError`. */
export interface EventSource {
  /** Inspects all partitions as a reader of this consumer group. */
  inspect(
    connection: EventsTarget,
    consumerGroup: string,
    signal: AbortSignal,
    options?: EventTransportOptions,
  ): Promise<readonly PartitionState[]>;
  /** Resolves when no later message can be missed. */
  open(reading: EventReading, signal: AbortSignal): Promise<EventSubscription>;
}
