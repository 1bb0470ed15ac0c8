import { timingSafeEqual } from 'node:crypto';
import type { HubContext } from '../context';
import type { Policy } from '../state/policies';
import type { Answer, Handler, Router } from './router';

/** The one subscription and resource group that the local hub is in. */
export const localSubscriptionId = '00000000-0000-0000-0000-000000000000';
export const localResourceGroup = 'local';

const hubs = '/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Devices/IotHubs';

const platformError = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

function keyOf({ keyName, primaryKey, secondaryKey, rights }: Policy): object {
  // One string with ", ": clients split it at exactly that.
  return { keyName, primaryKey, secondaryKey, rights: rights.join(', ') };
}

/**
 * The ARM REST API as far as it tells of this hub: list, get and keys.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 */
export function addArmRoutes(router: Router, context: HubContext, armToken: string): void {
  const allow = (handler: Handler): Handler => {
    return (request, parameters) => {
      const given = Buffer.from(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
      const wanted = Buffer.from(armToken);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        return platformError(
          401,
          'InvalidAuthenticationToken',
          'The bearer token is missing or wrong: it is in armTokenFile.',
        );
      }
      if (!request.query.has('api-version')) {
        return platformError(
          400,
          'MissingApiVersionParameter',
          'The api-version query parameter (?api-version=) is required for all requests.',
        );
      }
      if (parameters.s !== undefined && parameters.s.toLowerCase() !== localSubscriptionId) {
        return platformError(
          404,
          'SubscriptionNotFound',
          `The subscription '${parameters.s}' could not be found.`,
        );
      }
      if (parameters.rg !== undefined && parameters.rg.toLowerCase() !== localResourceGroup) {
        return platformError(
          404,
          'ResourceGroupNotFound',
          `Resource group '${parameters.rg}' could not be found.`,
        );
      }
      if (parameters.hub !== undefined && parameters.hub.toLowerCase() !== context.hubName) {
        return platformError(
          404,
          'ResourceNotFound',
          `The Resource 'Microsoft.Devices/IotHubs/${parameters.hub}' was not found.`,
        );
      }
      return handler(request, parameters);
    };
  };
  const keys = (): object[] => context.policies.all.map(keyOf);
  router
    .on(
      'GET',
      '/subscriptions/{s}/providers/Microsoft.Devices/IotHubs',
      allow(() => ({ status: 200, body: { value: [describeHub(context)] } })),
    )
    .on(
      'GET',
      hubs,
      allow(() => ({ status: 200, body: { value: [describeHub(context)] } })),
    )
    .on(
      'GET',
      `${hubs}/{hub}`,
      allow(() => ({ status: 200, body: describeHub(context) })),
    )
    .on(
      'POST',
      `${hubs}/{hub}/listkeys`,
      allow(() => ({ status: 200, body: { value: keys() } })),
    )
    .on(
      'POST',
      `${hubs}/{hub}/IotHubKeys/{key}/listkeys`,
      allow((_, { key = '' }) => {
        const policy = context.policies.find(key);
        return policy
          ? { status: 200, body: keyOf(policy) }
          : platformError(404, 'NotFound', `There is no shared access policy '${key}'.`);
      }),
    );
}

function describeHub(context: HubContext): object {
  const { hubName, hostName, eventHubName, ports } = context;
  const partitionCount = context.events.partitionCount;
  return {
    id: `/subscriptions/${localSubscriptionId}/resourceGroups/${localResourceGroup}/providers/Microsoft.Devices/IotHubs/${hubName}`,
    name: hubName,
    type: 'Microsoft.Devices/IotHubs',
    location: 'local',
    tags: {},
    etag: 'AAAAAAAAAAE=',
    // Clients read these two although the published examples leave them out.
    resourcegroup: localResourceGroup,
    subscriptionid: localSubscriptionId,
    properties: {
      locations: [{ location: 'local', role: 'primary' }],
      state: 'Active',
      provisioningState: 'Succeeded',
      ipFilterRules: [],
      hostName,
      eventHubEndpoints: {
        events: {
          retentionTimeInDays: 1,
          partitionCount,
          partitionIds: Array.from({ length: partitionCount }, (_, id) => String(id)),
          path: eventHubName,
          endpoint: `sb://${hostName}:${ports.amqp}/`,
        },
      },
      routing: {
        endpoints: { serviceBusQueues: [], serviceBusTopics: [], eventHubs: [], storageContainers: [] },
        routes: [],
        fallbackRoute: {
          name: '$fallback',
          source: 'DeviceMessages',
          condition: 'true',
          endpointNames: ['events'],
          isEnabled: true,
        },
      },
      enableFileUploadNotifications: false,
      features: 'None',
    },
    sku: { name: 'S1', tier: 'Standard', capacity: 1 },
  };
}
