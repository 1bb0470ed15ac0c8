import type { HubContext } from '../context';
import type { Policy } from '../state/policies';
import {
  armAccess,
  hubResourceId,
  hubsPath as hubs,
  localResourceGroup,
  localSubscriptionId,
  platformError,
} from './armAccess';
import type { Router } from './router';

function keyOf({ keyName, primaryKey, secondaryKey, rights }: Policy): object {
  // One string with ", ": clients split it at exactly that.
  return { keyName, primaryKey, secondaryKey, rights: rights.join(', ') };
}

/**
 * The ARM REST API as far as it tells of this hub: list, get and keys.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource
 */
export function addArmRoutes(router: Router, context: HubContext, armToken: string): void {
  const allow = armAccess(context, armToken);
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
    id: hubResourceId(hubName),
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
