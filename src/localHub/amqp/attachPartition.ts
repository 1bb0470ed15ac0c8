import type { Sender } from 'rhea';
import { HubError } from '../errors';
import type { Position } from '../state/eventLog';
import type { Channel } from './channel';
import type { EventEndpoint } from './eventEndpoint';
import { lastOffset } from './message';
import { PartitionReader } from './partitionReader';
import type { AmqpErrorInfo } from './rheaInternals';
import { parseSelector, selectorOf } from './selector';

export interface PartitionAddress {
  readonly entity: string;
  readonly group: string;
  readonly partition: string;
}

const metricsCapability = 'com.microsoft:enable-receiver-runtime-metric';

export const notFound = (name: string): AmqpErrorInfo => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${name}' could not be found.`,
});

function findMissing({ context, groups }: EventEndpoint, address: PartitionAddress): string | undefined {
  const { eventHubName, events, hostName } = context;
  const { entity, group, partition } = address;
  if (entity.toLowerCase() !== eventHubName.toLowerCase()) return `sb://${hostName}/${entity}`;
  if (!groups.has(group)) return `${eventHubName}/ConsumerGroups/${group}`;
  const known = /^\d{1,9}$/.test(partition) && Number(partition) < events.partitionCount;
  return known ? undefined : `${eventHubName}/ConsumerGroups/${group}/Partitions/${partition}`;
}

/** A long is decoded as a number, or as bytes when a number cannot represent it. */
function readLong(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return Buffer.isBuffer(value) && value.length === 8 ? Number(value.readBigInt64BE()) : undefined;
}

/** A reader beyond the end would receive nothing; the service refuses it, for example after the events were reset. */
function checkBeyondEnd(
  position: Position,
  from: number,
  endpoint: EventEndpoint,
  partition: number,
): AmqpErrorInfo | undefined {
  const state = endpoint.context.events.state(partition);
  if (from <= state.lastSequenceNumber + 1) return undefined;
  if (position.kind !== 'offset' && position.kind !== 'sequenceNumber') return undefined;
  const [label, last] =
    position.kind === 'offset'
      ? ['offset', lastOffset(state)]
      : ['sequence number', String(state.lastSequenceNumber)];
  return {
    condition: 'com.microsoft:argument-error',
    description: `The supplied ${label} '${position.value}' is invalid. The last ${label} in the system is '${last}'`,
  };
}

function resolvePosition(
  { context }: EventEndpoint,
  partition: number,
  position: Position,
): number | AmqpErrorInfo {
  try {
    return context.events.resolve(partition, position);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { condition: error.entry.amqp, description: error.message };
  }
}

/** Starts a reader of a partition's events, or returns why that is refused. */
export function attachPartition(
  endpoint: EventEndpoint,
  channel: Channel,
  sender: Sender,
  address: PartitionAddress,
): PartitionReader | AmqpErrorInfo {
  const { context, readers, encoded } = endpoint;
  const name = findMissing(endpoint, address);
  if (name !== undefined) return notFound(name);
  const partition = Number(address.partition);
  const selector = selectorOf(sender.source.filter);
  const position: Position | undefined =
    selector === undefined ? { kind: 'latest' } : parseSelector(selector);
  if (!position) {
    return {
      condition: 'amqp:invalid-field',
      description: `The filter '${selector?.slice(0, 200) ?? ''}' is not a valid start position.`,
    };
  }
  const from = resolvePosition(endpoint, partition, position);
  if (typeof from !== 'number') return from;
  const beyond = checkBeyondEnd(position, from, endpoint, partition);
  if (beyond) return beyond;
  const properties = (sender.properties ?? {}) as Readonly<Record<string, unknown>>;
  const epoch = readLong(properties['com.microsoft:epoch']);
  const admission = { group: address.group, partition, ...(epoch === undefined ? {} : { epoch }) };
  const refusal = readers.admit(admission);
  if (refusal) return refusal;
  const receiverName = properties['com.microsoft:receiver-name'];
  const withMetrics = [sender.desired_capabilities].flat().includes(metricsCapability);
  const reader = new PartitionReader({
    ...admission,
    sender,
    channel,
    events: context.events,
    encoded,
    now: context.now,
    from,
    name: typeof receiverName === 'string' ? receiverName : sender.name,
    withMetrics,
    onFailure: (error) => {
      context.log('error', `AMQP: reading partition ${partition} failed: ${String(error)}`);
      sender.close(
        error instanceof HubError
          ? { condition: error.entry.amqp, description: error.message }
          : { condition: 'amqp:internal-error', description: 'Reading the events failed.' },
      );
    },
    onDisposed: (removed) => {
      readers.remove(removed);
    },
  });
  readers.add(reader);
  return reader;
}
