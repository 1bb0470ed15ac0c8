import {
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  type EventPosition,
  type PartitionContext,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import type { AmqpHub } from './amqpHub';
import { until } from './until';

/** A subscription of the SDK to one partition, and the events it received. */
export interface Reading {
  readonly events: ReceivedEventData[];
  readonly errors: Error[];
  readonly context: () => PartitionContext | undefined;
  /** Resolves when this many events have arrived. */
  readonly count: (wanted: number, timeoutMs?: number) => Promise<void>;
  readonly failed: (timeoutMs?: number) => Promise<Error>;
  readonly close: () => Promise<void>;
}

export const clients: EventHubConsumerClient[] = [];

export interface ClientOptions extends EventHubConsumerClientOptions {
  readonly group?: string;
  readonly connectionString?: string;
}

export function consumerClient(hub: AmqpHub, options: ClientOptions = {}): EventHubConsumerClient {
  const { group = '$Default', connectionString = hub.connectionString(), ...rest } = options;
  const client = new EventHubConsumerClient(group, connectionString, {
    retryOptions: { maxRetries: 1, retryDelayInMs: 50, timeoutInMs: 5000 },
    ...rest,
  });
  clients.push(client);
  return client;
}

export async function closeClients(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.close()));
}

export function read(
  client: EventHubConsumerClient,
  partition: string,
  startPosition: EventPosition,
  options: Partial<SubscribeOptions> = {},
): Reading {
  const events: ReceivedEventData[] = [];
  const errors: Error[] = [];
  let context: PartitionContext | undefined;
  const subscription = client.subscribe(
    partition,
    {
      processEvents: async (received, partitionContext) => {
        context = partitionContext;
        events.push(...received);
      },
      processError: async (error) => {
        errors.push(error);
      },
    },
    { startPosition, maxBatchSize: 50, maxWaitTimeInSeconds: 1, ...options },
  );
  return {
    events,
    errors,
    context: () => context,
    count: (wanted, timeoutMs) => until(`${wanted} events`, () => events.length >= wanted, timeoutMs),
    failed: async (timeoutMs) => {
      await until('an error', () => errors.length > 0, timeoutMs);
      return rootOf(errors[0]);
    },
    close: () => subscription.close(),
  };
}

/** The SDK wraps the error in an AggregateError after its retries. */
export function rootOf(error: unknown): Error {
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined;
  return inner instanceof Error ? inner : (error as Error);
}

export const codeOf = (error: Error): string | undefined => (error as Error & { code?: string }).code;
