import { type IotHubDescription, type SharedAccessSignatureAuthorizationRule } from '@azure/arm-iothub';
import { type AzureHub, type HubPolicy, type HubTier } from '../../core/azure/resources';
import { type HubRight } from '../../core/hub/hubConnection';

/** @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get#iothubdescription */
export function readHub({
  id = '',
  name,
  location,
  sku,
  tags,
  etag,
  properties,
}: IotHubDescription): AzureHub {
  // The body has no resource group; the service sometimes adds one in lower case.
  const [, subscriptionId = '', resourceGroup = '', lastPart = ''] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id) ?? [];
  const events = properties?.eventHubEndpoints?.['events'];
  return {
    id,
    subscriptionId,
    resourceGroup,
    name: name ?? lastPart,
    location,
    sku: { name: sku.name, tier: tierOf(sku), units: sku.capacity ?? 1 },
    state: properties?.state ?? properties?.provisioningState ?? '',
    hostName: properties?.hostName ?? '',
    ...(events?.endpoint && events.path
      ? {
          events: {
            endpoint: events.endpoint,
            path: events.path,
            partitionCount: events.partitionCount ?? events.partitionIds?.length ?? 0,
            retentionDays: events.retentionTimeInDays ?? 1,
          },
        }
      : {}),
    isLocalAuthOff: properties?.disableLocalAuth ?? false,
    isPublicAccessOff: properties?.publicNetworkAccess === 'Disabled',
    ...(hasIpRules(properties) ? { hasIpRules: true } : {}),
    ...(properties?.minTlsVersion ? { minTlsVersion: properties.minTlsVersion } : {}),
    tags: tags ?? {},
    etag: etag ?? '',
  };
}

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-ip-filtering */
const hasIpRules = (properties: IotHubDescription['properties']) =>
  (properties?.ipFilterRules ?? []).length > 0 || properties?.networkRuleSets?.defaultAction === 'Deny';

function tierOf({ name, tier }: IotHubDescription['sku']): HubTier {
  if (tier === 'Free' || tier === 'Basic' || tier === 'Standard') return tier;
  return name.startsWith('F') ? 'Free' : name.startsWith('B') ? 'Basic' : 'Standard';
}

const rights: readonly HubRight[] = ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'];

/** ARM writes the rights as one comma-separated string. */
export function readPolicy(rule: SharedAccessSignatureAuthorizationRule): HubPolicy {
  const given = new Set(rule.rights.split(',').map((right) => right.trim().toLowerCase()));
  return {
    name: rule.keyName,
    rights: rights.filter((right) => given.has(right.toLowerCase())),
    primaryKey: rule.primaryKey ?? '',
    secondaryKey: rule.secondaryKey ?? '',
  };
}
