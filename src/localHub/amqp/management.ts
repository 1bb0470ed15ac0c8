import rhea from 'rhea';
import type { HubContext } from '../context';
import { HubError } from '../errors';
import { audiencePath, isWithin, scopeOf } from './addresses';
import { notFound } from './attachPartition';
import { lastEnqueuedTime, lastOffset } from './message';
import { textOf, type Reply, type Request } from './replies';

const { types } = rhea;
const stringCode = 0xa1;

const refused = (
  status: number,
  error: { readonly condition: string; readonly description: string },
): Reply => ({
  status,
  ...error,
});

/** Whether the tokens of the connection authorize a path. */
type Covers = (path: readonly string[]) => boolean;

/** A request may have its own token; an invalid one is refused even if the connection has a valid one. */
function isAuthorized(context: HubContext, path: readonly string[], token: string, covers: Covers): boolean {
  if (token === '') return covers(path);
  try {
    const { resource } = context.authenticator.authenticateEventReader(token);
    return covers(path) || isWithin(path, scopeOf(audiencePath(resource), context.eventHubName));
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    context.log('info', `AMQP: refused the token of a request: ${error.message}`);
    return false;
  }
}

function readEventHub(context: HubContext): Reply {
  const ids = Array.from({ length: context.events.partitionCount }, (_, id) => String(id));
  return {
    status: 200,
    description: 'OK',
    body: types.wrap_map({
      name: context.eventHubName,
      type: 'com.microsoft:eventhub',
      created_at: types.wrap_timestamp(context.createdAtMs),
      partition_count: types.wrap_int(ids.length),
      partition_ids: types.wrap_array(ids, stringCode, undefined),
      georeplication_factor: types.wrap_int(1),
    }),
  };
}

function readPartition(context: HubContext, partition: string): Reply {
  const { events, eventHubName } = context;
  if (!/^\d{1,9}$/.test(partition) || Number(partition) >= events.partitionCount) {
    return refused(404, notFound(`${eventHubName}/Partitions/${partition}`));
  }
  const state = events.state(Number(partition));
  return {
    status: 200,
    description: 'OK',
    body: types.wrap_map({
      name: eventHubName,
      type: 'com.microsoft:partition',
      partition,
      begin_sequence_number: types.wrap_long(state.firstSequenceNumber),
      last_enqueued_sequence_number: types.wrap_long(state.lastSequenceNumber),
      last_enqueued_offset: lastOffset(state),
      last_enqueued_time_utc: types.wrap_timestamp(lastEnqueuedTime(state)),
      is_partition_empty: state.firstSequenceNumber > state.lastSequenceNumber,
    }),
  };
}

/** `READ` of the entity and of a partition (protocol reference, "$management"). */
export function manage(context: HubContext, { properties }: Request, covers: Covers): Reply {
  const name = textOf(properties.name);
  const path = [name.toLowerCase(), '$management'];
  if (!isAuthorized(context, path, textOf(properties.security_token), covers)) {
    return refused(401, {
      condition: 'amqp:unauthorized-access',
      description: 'Unauthorized access. See the log of the local hub for details.',
    });
  }
  if (textOf(properties.operation).toUpperCase() !== 'READ') {
    return refused(400, {
      condition: 'amqp:not-implemented',
      description: 'The only supported operation is READ.',
    });
  }
  if (name.toLowerCase() !== context.eventHubName.toLowerCase()) {
    return refused(404, notFound(`sb://${context.hostName}/${name}`));
  }
  switch (textOf(properties.type)) {
    case 'com.microsoft:eventhub':
      return readEventHub(context);
    case 'com.microsoft:partition':
      return readPartition(context, String(properties.partition));
    default:
      return refused(400, {
        condition: 'amqp:not-implemented',
        description: 'The supported types are com.microsoft:eventhub and com.microsoft:partition.',
      });
  }
}
