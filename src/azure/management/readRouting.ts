import { type IotHubDescription, type RoutingEndpoints } from '@azure/arm-iothub';
import { type HubEndpoint, type HubEndpointKind, type HubRouting } from '../../core/hub/hubSettings';

/** @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get#routingproperties */
export function readRouting({ properties }: IotHubDescription): HubRouting {
  const { routes = [], fallbackRoute, endpoints = {} } = properties?.routing ?? {};
  return {
    routes: routes.map(({ name, source, condition, endpointNames, isEnabled }) => ({
      name,
      source,
      condition: condition ?? 'true',
      endpoints: endpointNames,
      isEnabled,
    })),
    isFallbackOn: fallbackRoute?.isEnabled ?? false,
    endpoints: readEndpoints(endpoints),
  };
}

interface AnyEndpoint {
  readonly name: string;
  readonly endpointUri?: string;
  readonly connectionString?: string;
  readonly entityPath?: string;
  readonly containerName?: string;
  readonly databaseName?: string;
  readonly authenticationType?: string;
}

function readEndpoints(lists: RoutingEndpoints): readonly HubEndpoint[] {
  const read = (kind: HubEndpointKind, list: readonly AnyEndpoint[] | undefined): readonly HubEndpoint[] =>
    (list ?? []).map((endpoint) => ({
      name: endpoint.name,
      kind,
      target: targetOf(endpoint),
      isIdentityBased: endpoint.authenticationType === 'identityBased',
    }));
  return [
    ...read('eventHub', lists.eventHubs),
    ...read('serviceBusQueue', lists.serviceBusQueues),
    ...read('serviceBusTopic', lists.serviceBusTopics),
    ...read('storageContainer', lists.storageContainers),
    ...read('cosmosDbContainer', lists.cosmosDBSqlContainers),
  ];
}

/** Host and path, without the parts of a connection string that could be secret. */
function targetOf(endpoint: AnyEndpoint): string {
  const parts = (endpoint.connectionString ?? '').split(';').map((part) => part.trim());
  const part = (name: string) => {
    const found = parts.find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}=`));
    return found?.slice(name.length + 1) ?? '';
  };
  const account = part('AccountName');
  const suffix = part('EndpointSuffix');
  const host =
    hostOf(endpoint.endpointUri) ||
    hostOf(part('Endpoint')) ||
    hostOf(part('BlobEndpoint')) ||
    // The cloud is known only from the connection string itself.
    (account && suffix ? `${account}.blob.${suffix}` : account);
  const path = endpoint.entityPath || part('EntityPath') || endpoint.containerName || '';
  return [host, endpoint.databaseName ?? '', path].filter((one) => one !== '').join('/');
}

const hostOf = (uri: string | undefined) => /^\w+:\/\/([^/:;\s]+)/.exec(uri ?? '')?.[1] ?? '';
