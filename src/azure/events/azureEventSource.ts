import {
  earliestEventPosition,
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  type EventPosition,
  type PartitionProperties,
} from '@azure/event-hubs';
import WebSocket from 'ws';
import { abortError, isAbort } from '../../core/base/abort';
import { type IotError } from '../../core/errors';
import { type HubConnection } from '../../core/hub/hubConnection';
import {
  type EventReading,
  type EventSubscription,
  type PartitionState,
  type StartPosition,
} from '../../core/message/eventSource';
import { PartitionPositions } from '../../core/message/partitionPositions';
import { readCa } from '../trust';
import { findEventHub, type EventHubAddress } from './eventHubAddress';
import { eventsFailure } from './eventsFailure';
import { readEvent } from './readEvent';

const maxBatchSize = 100;
const maxWaitTimeInSeconds = 0.3;

/** Reads a hub's events on `@azure/event-hubs`. */
export async function openEvents(reading: EventReading, signal: AbortSignal): Promise<EventSubscription> {
  const { client, partitions, failure } = await connect(reading.connection, reading.consumerGroup, signal);
  return subscribe(client, reading, partitions, failure);
}

/** The ends of all partitions. */
export async function inspectEvents(
  hub: HubConnection,
  consumerGroup: string,
  signal: AbortSignal,
): Promise<readonly PartitionState[]> {
  const { client, partitions } = await connect(hub, consumerGroup, signal);
  await client.close().catch(() => undefined);
  return partitions.map(({ partitionId, isEmpty, lastEnqueuedOnUtc, lastEnqueuedSequenceNumber }) => ({
    partitionId,
    ...(isEmpty && lastEnqueuedSequenceNumber < 0 ? {} : { lastEnqueuedAt: lastEnqueuedOnUtc.getTime() }),
  }));
}

interface Connected {
  readonly client: EventHubConsumerClient;
  readonly partitions: readonly PartitionProperties[];
  failure(this: void, error: unknown): IotError;
}

async function connect(hub: HubConnection, consumerGroup: string, signal: AbortSignal): Promise<Connected> {
  const ca = await readCa(hub.caFile);
  const endpoint = endpointOf(hub, await findEventHub(hub, ca, signal), ca);
  const client = new EventHubConsumerClient(consumerGroup, endpoint.connectionString, endpoint.options);
  const failure = (error: unknown): IotError => eventsFailure(error, hub, endpoint.port);
  try {
    return { client, partitions: await readPartitions(client, signal), failure };
  } catch (error) {
    await client.close().catch(() => undefined);
    if (signal.aborted || isAbort(error)) throw abortError();
    throw failure(error);
  }
}

interface Endpoint {
  readonly connectionString: string;
  readonly options: EventHubConsumerClientOptions;
  readonly port: number;
}

/**
 * The SDK can be given an authority for WebSockets only, so a hub with one of its own is read through its
 * HTTPS port; otherwise the address of the redirect counts.
 */
function endpointOf(hub: HubConnection, address: EventHubAddress, ca: string | undefined): Endpoint {
  const credentials = `SharedAccessKeyName=${hub.policyName};SharedAccessKey=${hub.key};EntityPath=${address.entityPath}`;
  const retryOptions = { maxRetries: 2, retryDelayInMs: 500, timeoutInMs: 15_000 };
  if (ca === undefined) {
    return {
      connectionString: `Endpoint=sb://${address.host}/;${credentials}`,
      options: { retryOptions },
      port: 5671,
    };
  }
  return {
    connectionString: `Endpoint=sb://${hub.hostName}:${hub.httpsPort}/;${credentials}`,
    options: {
      retryOptions,
      webSocketOptions: { webSocket: WebSocket, webSocketConstructorOptions: { ca } },
    },
    port: hub.httpsPort,
  };
}

async function readPartitions(
  client: EventHubConsumerClient,
  signal: AbortSignal,
): Promise<PartitionProperties[]> {
  const ids = await client.getPartitionIds({ abortSignal: signal });
  return Promise.all(ids.map((id) => client.getPartitionProperties(id, { abortSignal: signal })));
}

function subscribe(
  client: EventHubConsumerClient,
  reading: EventReading,
  partitions: readonly PartitionProperties[],
  failure: (error: unknown) => IotError,
): EventSubscription {
  const positions = new PartitionPositions();
  const startPosition: Record<string, EventPosition> = {};
  for (const partition of partitions) {
    const [position, seen] = positionOf(partition, reading.start, reading.seen.get(partition.partitionId));
    startPosition[partition.partitionId] = position;
    if (seen !== undefined) positions.set(partition.partitionId, seen);
  }
  let isClosing = false;
  let onBroken: (reason: IotError) => void = () => undefined;
  const broken = new Promise<IotError>((resolve) => (onBroken = resolve));
  const subscription = client.subscribe(
    {
      processEvents: async (events, { partitionId }) => {
        if (isClosing) return;
        const fresh = positions.takeNew(partitionId, events);
        if (fresh.length > 0) reading.onMessages(fresh.map((event) => readEvent(event, partitionId)));
      },
      processError: async (error) => {
        if (isClosing) return;
        // What the SDK does not retry ends the partition for good.
        if ('retryable' in error && error.retryable === true) reading.onTrouble(failure(error));
        else onBroken(failure(error));
      },
    },
    { startPosition, maxBatchSize, maxWaitTimeInSeconds, skipParsingBodyAsJson: true },
  );
  return {
    broken,
    positions: positions.all,
    close: async () => {
      isClosing = true;
      await subscription.close().catch(() => undefined);
      await client.close().catch(() => undefined);
    },
  };
}

/**
 * `Now` is the last sequence number that the partition has at this moment rather than `@latest`: what arrives
 * while the link is still being attached is read too.
 */
function positionOf(
  partition: PartitionProperties,
  start: StartPosition,
  seen: number | undefined,
): [EventPosition, number?] {
  const last = partition.lastEnqueuedSequenceNumber;
  if (seen !== undefined) {
    // A smaller number than the one seen means that the hub began anew.
    return seen >= 0 && seen <= last
      ? [{ sequenceNumber: seen, isInclusive: false }, seen]
      : [earliestEventPosition, -1];
  }
  switch (start.kind) {
    case 'now':
      return partition.isEmpty || last < 0
        ? [earliestEventPosition, -1]
        : [{ sequenceNumber: last, isInclusive: false }, last];
    case 'earliest':
      return [earliestEventPosition];
    case 'time':
      return [{ enqueuedOn: start.since }];
  }
}
