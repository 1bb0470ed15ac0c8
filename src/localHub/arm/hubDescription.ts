import type { HubRecord } from '../account/accountFile';
import { hubResourceId, localSubscriptionId } from '../account/ids';
import { findLocation } from '../account/locations';
import { findTier } from '../account/tiers';
import type { Hub } from '../hub';
import { hostWithPort } from '../hostText';
import { builtInEndpoint, type Routing } from '../state/routing';

export const hubType = 'Microsoft.Devices/IotHubs';

export const describeSku = ({ sku }: HubRecord) => ({
  name: sku.name,
  tier: findTier(sku.name)?.tier ?? 'Standard',
  capacity: sku.units,
});

/** The form in lists of resources of all types. */
export const describeResource = (record: HubRecord) => ({
  id: hubResourceId(record),
  name: record.name,
  type: hubType,
  location: record.location,
  tags: record.tags,
  sku: describeSku(record),
});

/**
 * A hub as ARM returns it.
 * @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get
 */
export function describeHub(record: HubRecord, hub: Hub | undefined) {
  const { access, partitionCount, provisioningState } = record;
  const isActive = provisioningState === 'Succeeded' && hub !== undefined;
  const host = hub && hostWithPort(hub.context);
  return {
    ...describeResource(record),
    etag: record.etag,
    // Clients read these two, although the published examples omit them.
    resourcegroup: record.group,
    subscriptionid: localSubscriptionId,
    properties: {
      ...unsupportedDefaults,
      ...record.storedProperties,
      locations: [
        { location: findLocation(record.location)?.displayName ?? record.location, role: 'primary' },
      ],
      state: isActive ? 'Active' : provisioningState === 'Succeeded' ? 'Activating' : provisioningState,
      provisioningState,
      ...(host === undefined ? {} : { hostName: host }),
      // Returned by listkeys only.
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
    identity: record.identity ?? { type: 'None' },
    systemData: { createdAt: new Date(record.createdAtMs).toISOString() },
  };
}

/** Default values of features that the local hub does not support. */
const unsupportedDefaults = {
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

/** Names of properties that have an effect or are read-only; all others are stored as the client gives them. */
export const interpretedPropertyNames = [
  'authorizationPolicies',
  'disableDeviceSAS',
  'disableLocalAuth',
  'disableModuleSAS',
  'eventHubEndpoints',
  'hostName',
  'locations',
  'privateEndpointConnections',
  'provisioningState',
  'publicNetworkAccess',
  'routing',
  'state',
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
      ...settings.fallbackRoute,
      isEnabled: settings.isFallbackOn,
    },
    enrichments: [],
    ...settings.storedProperties,
  };
}
