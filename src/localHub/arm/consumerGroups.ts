import { hubResourceId } from '../account/ids';
import { ConsumerGroupError, type ConsumerGroup } from '../state/consumerGroups';
import type { Answer } from '../http/router';
import type { ActiveHub, ArmApi, ArmRequest } from './api';
import { platformError } from './errors';
import { pageOf } from './paging';

/**
 * Consumer groups of each hub's built-in endpoint.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 */
export function addConsumerGroupRoutes(api: ArmApi): void {
  const { log } = api.context;
  const groups = '/eventHubEndpoints/{endpoint}/ConsumerGroups';
  const on = (
    method: string,
    route: string,
    handler: (hub: ActiveHub, name: string, request: ArmRequest) => Answer,
  ): void => {
    api.onHub(method, route, (hub, request, { endpoint = '', name = '' }) => {
      if (endpoint.toLowerCase() !== 'events') return missing(hub, `eventHubEndpoints/${endpoint}`);
      try {
        return handler(hub, name, request);
      } catch (error) {
        if (!(error instanceof ConsumerGroupError)) throw error;
        return platformError(400, 'BadRequest', error.message);
      }
    });
  };
  on('GET', groups, (active, _, request) =>
    pageOf(
      request,
      active.hub.context.consumerGroups.list().map((group) => describe(active, group)),
    ),
  );
  on('GET', `${groups}/{name}`, (active, name) => {
    const group = active.hub.context.consumerGroups.find(name);
    return group
      ? { status: 200, body: describe(active, group) }
      : missing(active, `eventHubEndpoints/events/ConsumerGroups/${name}`);
  });
  on('PUT', `${groups}/{name}`, (active, name) => {
    const group = active.hub.context.consumerGroups.put(name);
    log('info', `ARM: created or found consumer group '${group.name}' of hub '${active.record.name}'`);
    return { status: 200, body: describe(active, group) };
  });
  on('DELETE', `${groups}/{name}`, (active, name) => {
    const isDeleted = active.hub.context.consumerGroups.remove(name);
    if (isDeleted) log('info', `ARM: deleted consumer group '${name}' of hub '${active.record.name}'`);
    // Also if there was none: the SDK accepts no other status.
    return { status: 200 };
  });
}

const missing = ({ record }: ActiveHub, what: string): Answer =>
  platformError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.Devices/IotHubs/${record.name}/${what}' was not found.`,
  );

const describe = ({ record }: ActiveHub, { name, createdAtMs }: ConsumerGroup) => ({
  id: `${hubResourceId(record)}/eventHubEndpoints/events/ConsumerGroups/${name}`,
  name,
  type: 'Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups',
  etag: null,
  properties: { created: new Date(createdAtMs).toUTCString() },
});
