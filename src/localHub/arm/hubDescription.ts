import type { HubRecord } from '../account/accountFile';
import { hubResourceId, localSubscriptionId } from '../account/ids';
import { locationOf } from '../account/locations';
import { tierOf } from '../account/tiers';
import type { Hub } from '../hub';
import { hostName } from '../hubState';
import { builtInEndpoint, type Routing } from '../state/routing';

export const hubType = 'Microsoft.Devices/IotHubs';

export const describeSku = ({ sku }: HubRecord) => ({
  name: sku.name,
  tier: tierOf(sku.name)?.tier ?? 'Standard',
  capacity: sku.units,
});

/** As lists of resources of all kinds have it. */
export const describeResource = (record: HubRecord) => ({
  id: hubResourceId(record),
  name: record.name,
  type: hubType,
  location: record.location,
  tags: record.tags,
  sku: describeSku(record),
});

/**
 * A hub as ARM tells it. The host names have the port that takes every protocol, because that is all that a client
 * gets to know of a hub.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get
 */
export function describeHub(record: HubRecord, hub: Hub | undefined) {
  const { access, partitionCount, provisioningState } = record;
  const isActive = provisioningState === 'Succeeded' && hub !== undefined;
  const host = hub && `${hostName}:${hub.context.ports.https}`;
  return {
    ...describeResource(record),
    etag: record.etag,
    // Clients read these two although the published examples leave them out.
    resourcegroup: record.group,
    subscriptionid: localSubscriptionId,
    properties: {
      ...unused,
      ...record.storedProperties,
      locations: [{ location: locationOf(record.location)?.displayName ?? record.location, role: 'primary' }],
      state: isActive ? 'Active' : provisioningState === 'Succeeded' ? 'Activating' : provisioningState,
      provisioningState,
      ...(host === undefined ? {} : { hostName: host }),
      // Told by listkeys alone.
      authorizationPolicies: null,
      eventHubEndpoints: {
        events: {
          retentionTimeInDays: record.retentionDays,
          partitionCount,
          partitionIds: Array.from({ length: partitionCount }, (_, id) => String(id)),
          ...(hub && host !== undefined ? { path: hub.context.eventHubName, endpoint: `sb://${host}/` } : {}),
        },
      },
      ...(hub ? { routing: describeRouting(hub.context.routing) } : {}),
      disableLocalAuth: access.isLocalAuthOff,
      disableDeviceSAS: access.isDeviceSasOff,
      disableModuleSAS: access.isModuleSasOff,
      publicNetworkAccess: access.isPublicAccessOff ? 'Disabled' : 'Enabled',
    },
    sku: describeSku(record),
    systemData: { createdAt: new Date(record.createdAtMs).toISOString() },
  };
}

/** What a hub has by default of things that the local hub does not have. */
const unused = {
  ipFilterRules: [],
  storageEndpoints: { $default: { sasTtlAsIso8601: 'PT1H', connectionString: '', containerName: '' } },
  messagingEndpoints: {
    fileNotifications: { lockDurationAsIso8601: 'PT1M', ttlAsIso8601: 'PT1H', maxDeliveryCount: 10 },
  },
  enableFileUploadNotifications: false,
  cloudToDevice: {
    maxDeliveryCount: 10,
    defaultTtlAsIso8601: 'PT1H',
    feedback: { lockDurationAsIso8601: 'PT1M', ttlAsIso8601: 'PT1H', maxDeliveryCount: 10 },
  },
  features: 'None',
  minTlsVersion: '1.2',
};

/** Names of properties that are stored as the client gives them. */
export const storedPropertyNames = [
  'storageEndpoints',
  'messagingEndpoints',
  'enableFileUploadNotifications',
  'cloudToDevice',
  'comments',
  'minTlsVersion',
];

function describeRouting({ settings }: Routing) {
  return {
    endpoints: settings.endpoints,
    routes: settings.routes,
    fallbackRoute: {
      name: '$fallback',
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: [builtInEndpoint],
      isEnabled: settings.isFallbackOn,
    },
  };
}
