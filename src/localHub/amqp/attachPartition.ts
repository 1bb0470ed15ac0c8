import type { Sender } from 'rhea';
import type { HubContext } from '../context';
import type { ConsumerGroups } from '../state/consumerGroups';
import type { Position } from '../state/eventLog';
import type { Channel } from './channel';
import type { EventReaders } from './eventReaders';
import { lastOffset, type EncodedEvents } from './message';
import { PartitionReader } from './partitionReader';
import type { WireError } from './rheaInternals';
import { parseSelector, selectorOf } from './selector';

/** What the readers of all connections share. */
export interface EventEndpoint {
  readonly context: HubContext;
  readonly groups: ConsumerGroups;
  readonly readers: EventReaders;
  readonly encoded: EncodedEvents;
}

export interface PartitionAddress {
  readonly entity: string;
  readonly group: string;
  readonly partition: string;
}

const metricsCapability = 'com.microsoft:enable-receiver-runtime-metric';

export const notFound = (name: string): WireError => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${name}' could not be found.`,
});

function missing({ context, groups }: EventEndpoint, address: PartitionAddress): string | undefined {
  const { eventHubName, events, hostName } = context;
  const { entity, group, partition } = address;
  if (entity.toLowerCase() !== eventHubName.toLowerCase()) return `sb://${hostName}/${entity}`;
  if (!groups.has(group)) return `${eventHubName}/ConsumerGroups/${group}`;
  const known = /^\d{1,9}$/.test(partition) && Number(partition) < events.partitionCount;
  return known ? undefined : `${eventHubName}/ConsumerGroups/${group}/Partitions/${partition}`;
}

/** A long arrives as a number, or as bytes when a number cannot hold it. */
function readLong(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return Buffer.isBuffer(value) && value.length === 8 ? Number(value.readBigInt64BE()) : undefined;
}

/** Starting beyond the end would be silence; the service refuses it, e.g. after the events were reset. */
function beyondEnd(
  position: Position,
  from: number,
  endpoint: EventEndpoint,
  partition: number,
): WireError | undefined {
  const state = endpoint.context.events.state(partition);
  if (from <= state.lastSequenceNumber + 1) return undefined;
  if (position.kind !== 'offset' && position.kind !== 'sequenceNumber') return undefined;
  const [what, last] =
    position.kind === 'offset'
      ? ['offset', lastOffset(state)]
      : ['sequence number', String(state.lastSequenceNumber)];
  return {
    condition: 'com.microsoft:argument-error',
    description: `The supplied ${what} '${position.value}' is invalid. The last ${what} in the system is '${last}'`,
  };
}

/** Serves a receiver of a partition's events; returns why not, if so. */
export function attachPartition(
  endpoint: EventEndpoint,
  channel: Channel,
  sender: Sender,
  address: PartitionAddress,
): PartitionReader | WireError {
  const { context, readers, encoded } = endpoint;
  const name = missing(endpoint, address);
  if (name !== undefined) return notFound(name);
  const partition = Number(address.partition);
  const selector = selectorOf(sender.source.filter);
  const position: Position | undefined =
    selector === undefined ? { kind: 'latest' } : parseSelector(selector);
  if (!position) {
    return {
      condition: 'amqp:invalid-field',
      description: `The filter '${selector?.slice(0, 200) ?? ''}' is not a start position.`,
    };
  }
  const from = context.events.resolve(partition, position);
  const beyond = beyondEnd(position, from, endpoint, partition);
  if (beyond) return beyond;
  const properties = (sender.properties ?? {}) as Readonly<Record<string, unknown>>;
  const epoch = readLong(properties['com.microsoft:epoch']);
  const admission = { group: address.group, partition, ...(epoch === undefined ? {} : { epoch }) };
  const refusal = readers.refusal(admission);
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
      sender.close({ condition: 'amqp:internal-error', description: 'Reading the events failed.' });
    },
    onDisposed: (gone) => {
      readers.remove(gone);
    },
  });
  readers.add(reader);
  return reader;
}
