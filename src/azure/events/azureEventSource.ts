import * as l10n from '@vscode/l10n';
import {
  earliestEventPosition,
  type EventHubConsumerClient,
  type EventPosition,
  type PartitionProperties,
} from '@azure/event-hubs';
import { abortError, isAbort, timeLimit } from '../../core/base/abort';
import { IotError, isIotError } from '../../core/errors';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import {
  type EventReading,
  type EventSubscription,
  type EventTransportOptions,
  type PartitionState,
  type StartPosition,
} from '../../core/message/eventSource';
import { PartitionPositions } from '../../core/message/partitionPositions';
import { readCa } from '../trust';
import { openEndpoint } from './endpoint';
import { eventsFailure, socketError } from './eventsFailure';
import { ConnectionWatchdog } from './connectionWatchdog';
import { PartitionReading } from './partitionReading';
import { readEvent } from './readEvent';
import { chooseTransport, forgetBlockedTransports, hostOf, type EventTransport } from './eventTransport';

/** Reads a hub's events on `@azure/event-hubs`. */
export async function openEvents(reading: EventReading, signal: AbortSignal): Promise<EventSubscription> {
  return subscribe(await connect(reading.connection, reading.consumerGroup, reading, signal), reading);
}

/** The ends of all partitions. */
export async function inspectEvents(
  target: EventsTarget,
  consumerGroup: string,
  signal: AbortSignal,
  chosen: EventTransportOptions = {},
): Promise<readonly PartitionState[]> {
  const { client, partitions, close } = await connect(target, consumerGroup, chosen, signal);
  await closeClient(client);
  close();
  return partitions.map(({ partitionId, isEmpty, lastEnqueuedOnUtc, lastEnqueuedSequenceNumber }) => ({
    partitionId,
    ...(isEmpty && lastEnqueuedSequenceNumber < 0 ? {} : { lastEnqueuedAt: lastEnqueuedOnUtc.getTime() }),
  }));
}

interface Connected {
  readonly client: EventHubConsumerClient;
  readonly partitions: readonly PartitionProperties[];
  readonly transport: EventTransport['transport'];
  failure(this: void, error: unknown): IotError;
  /** After the client. */
  close(this: void): void;
}

async function connect(
  target: EventsTarget,
  consumerGroup: string,
  wanted: EventTransportOptions,
  signal: AbortSignal,
): Promise<Connected> {
  if (!target.key && 'tokens' in target && target.tokens) throw keysOnly(target.hostName);
  const ca = await readCa(target.caFile);
  const chosen = await chooseTransport(target, wanted, ca, signal);
  let client: EventHubConsumerClient | undefined;
  let port = 0;
  let close = () => chosen.tunnel?.close();
  const failure = (error: unknown): IotError =>
    chosen.tunnel?.explain(socketError(causeOf(error))) ?? eventsFailure(error, target, port);
  try {
    const endpoint = await openEndpoint({ target, consumerGroup, ca }, chosen, signal);
    ({ client, port } = endpoint);
    const { transport, end } = endpoint;
    close = () => {
      end();
      chosen.tunnel?.close();
    };
    const partitions = await readPartitions(client, signal);
    return { client, partitions, transport, failure, close };
  } catch (error) {
    await closeClient(client);
    close();
    // On the next attempt the other transport may be available again.
    forgetBlockedTransports();
    if (signal.aborted || isAbort(error)) throw abortError();
    throw failure(error);
  }
}

/** @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad: service APIs, and no more */
const keysOnly = (hostName: string) =>
  new IotError(
    'unsupported',
    l10n.t(
      'The event endpoint of {0} does not support Microsoft Entra ID. Enable shared access keys on the hub, or route its messages to an Event Hubs namespace and monitor that.',
      hostName,
    ),
  );

const causeOf = (error: unknown): unknown => (isIotError(error) ? (error.cause ?? error) : error);

async function readPartitions(
  client: EventHubConsumerClient,
  signal: AbortSignal,
): Promise<PartitionProperties[]> {
  const ids = await client.getPartitionIds({ abortSignal: signal });
  return Promise.all(ids.map((id) => client.getPartitionProperties(id, { abortSignal: signal })));
}

function subscribe(
  { client, partitions, transport, failure, close }: Connected,
  reading: EventReading,
): EventSubscription {
  const positions = new PartitionPositions();
  let isClosing = false;
  let onBroken: (reason: IotError) => void = () => undefined;
  const broken = new Promise<IotError>((resolve) => (onBroken = resolve));
  const readings: PartitionReading[] = [];
  const watch = new ConnectionWatchdog({
    ping: async () => {
      for (const each of readings) {
        const { lastEnqueuedSequenceNumber } = await client.getPartitionProperties(each.partitionId);
        each.checkProgress(lastEnqueuedSequenceNumber);
      }
    },
    onSilent: (why) => {
      const host = hostOf(reading.connection);
      onBroken(
        new IotError(
          'timeout',
          why === 'clockJump'
            ? l10n.t('The computer was asleep or its clock changed. Reconnecting to {0}.', host)
            : l10n.t('The event endpoint did not respond. Reconnecting to {0}.', host),
        ),
      );
    },
    ...reading.watch,
  });
  for (const partition of partitions) {
    const { partitionId } = partition;
    const [start, seen] = positionOf(partition, reading.start, reading.seen.get(partitionId));
    if (seen !== undefined) positions.set(partitionId, seen);
    readings.push(
      new PartitionReading(client, partitionId, start, positions, {
        failure,
        onEvents: (events) => {
          if (!isClosing) reading.onMessages(events.map((event) => readEvent(event, partitionId)));
        },
        onTrouble: (error) => reading.onTrouble(error),
        onRecovered: () => {
          const troubled = readings.filter(({ hasTrouble }) => hasTrouble);
          for (const each of troubled) each.tryNow();
          if (troubled.length === 0) reading.onRecovered?.();
        },
        onFinal: onBroken,
      }),
    );
  }
  return {
    broken,
    positions: positions.all,
    transport,
    close: async () => {
      isClosing = true;
      watch.dispose();
      const closing = Promise.all(readings.map((each) => each.close())).then(() => closeClient(client));
      await timeLimit(closing, closeMs, abortError).catch(() => undefined);
      close();
    },
  };
}

const closeMs = 5_000;

/** A dead connection does not confirm that it is closed. */
async function closeClient(client: EventHubConsumerClient | undefined): Promise<void> {
  await timeLimit(client?.close() ?? Promise.resolve(), closeMs, abortError).catch(() => undefined);
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
    // A smaller number than the one seen means that the hub was recreated.
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
      return partition.isEmpty || partition.lastEnqueuedOnUtc.getTime() < start.since
        ? positionOf(partition, { kind: 'now' }, undefined)
        : [{ enqueuedOn: start.since }];
  }
}
