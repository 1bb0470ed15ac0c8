import { type CleanUpRow } from '../../src/core/azure/cleanUpPlan';
import { rowText, sectionText } from '../../src/features/cleanUp/lazy/rowText';
import { azureHubId } from '../../src/core/azure/azureDirectory';
import {
  type DiscoveredAuthority,
  type DiscoveredCertificate,
  type DiscoveredDevice,
  type DiscoveredGroup,
  type DiscoveredHub,
  type HubLocation,
} from '../../src/core/azure/discoveredResources';
import { addResources, removeResources } from '../../src/core/azure/createdResourceLog';
import { type CreatedResources, type CreatedResource } from '../../src/core/azure/createdResources';
import { type AzureHub, type AzureSubscription, type Resource } from '../../src/core/azure/resources';

export const aSubscription: AzureSubscription = {
  id: 'sub-1',
  name: 'Dev',
  tenantId: 'tenant-1',
  state: 'Enabled',
  account: { id: 'anna', label: 'anna@contoso.com' },
};

export const aHub = (name: string, sku = 'S1', group = 'rg'): AzureHub => ({
  id: `/subscriptions/sub-1/resourceGroups/${group}/providers/Microsoft.Devices/IotHubs/${name}`,
  subscriptionId: 'sub-1',
  resourceGroup: group,
  name,
  location: 'westeurope',
  sku: { name: sku, tier: sku === 'F1' ? 'Free' : 'Standard', units: 1 },
  state: 'Active',
  hostName: `${name}.azure-devices.net`,
  isLocalAuthOff: false,
  isPublicAccessOff: false,
  tags: {},
  etag: 'e',
});

export const hubResource = (name: string, group = 'rg'): Resource => ({
  id: aHub(name, 'S1', group).id,
  name,
  type: 'Microsoft.Devices/IotHubs',
});

export const otherResource = (name: string): Resource => ({
  id: `/subscriptions/sub-1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${name}`,
  name,
  type: 'Microsoft.Storage/storageAccounts',
});

export const madeGroup = (name: string) =>
  ({ kind: 'resourceGroup', accountId: 'anna', subscriptionId: 'sub-1', name }) as const;

export const madeHub = (name: string, sku = 'S1', group = 'rg') =>
  ({ kind: 'hub', accountId: 'anna', subscriptionId: 'sub-1', resourceGroup: group, name, sku }) as const;

export const hubIdOfName = (name: string, group = 'rg') => azureHubId(aHub(name, 'S1', group));

export const madeDevice = (deviceId: string, hubId = 'local-hub', hubName = 'Local Hub') =>
  ({ kind: 'device', hubId, hubName, deviceId }) as const;

export const foundGroup = (
  name: string,
  resources: readonly Resource[],
  foreign: readonly Resource[] = [],
): DiscoveredGroup => ({
  kind: 'resourceGroup',
  created: madeGroup(name),
  subscription: aSubscription,
  resources,
  foreign,
  paidHubs: [],
});

export const foundHub = (
  name: string,
  { sku = 'S1', group = 'rg', count = 0, foreign = 0, isMore = false, isUnknown = false } = {},
): DiscoveredHub => ({
  kind: 'hub',
  created: madeHub(name, sku, group),
  subscription: aSubscription,
  hub: aHub(name, sku, group),
  devices: isUnknown ? undefined : { count, isMore, foreign },
});

export const localLocation: HubLocation = {
  hubId: 'local-hub',
  hubName: 'Local Hub',
  hostName: 'localhost',
  isLocal: true,
};

export const hubLocation = (hubName: string, group = 'rg'): HubLocation => ({
  hubId: hubIdOfName(hubName, group),
  hubName,
  hostName: `${hubName}.azure-devices.net`,
  isLocal: false,
  subscription: aSubscription,
});

export const foundDevice = (deviceId: string, location = localLocation): DiscoveredDevice => ({
  kind: 'device',
  created: madeDevice(deviceId, location.hubId, location.hubName),
  location,
  isUnsure: false,
});

export const foundCertificate = (name: string, location = localLocation): DiscoveredCertificate => ({
  kind: 'hubCertificate',
  created: { kind: 'hubCertificate', hubId: location.hubId, hubName: location.hubName, name },
  location,
  isVerified: true,
});

export const foundAuthority = (name: string, issued = 0): DiscoveredAuthority => ({
  kind: 'authority',
  created: { kind: 'authority', authorityId: `id-${name}`, name },
  name,
  issued,
  hasKey: true,
});

/** Created resources in memory. */
export class MemoryResourceLog implements CreatedResources {
  constructor(public resources: readonly CreatedResource[] = []) {}
  readonly onDidChange = () => ({ dispose: () => undefined });
  list = () => this.resources;
  async add(...resources: readonly CreatedResource[]): Promise<void> {
    this.resources = addResources(this.resources, resources).resources;
  }
  async remove(...resources: readonly CreatedResource[]): Promise<void> {
    this.resources = removeResources(this.resources, resources);
  }
}

/** Pseudorandom numbers, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The texts of a row. */
export const shown = (row: CleanUpRow) => ({
  ...row,
  ...rowText(row),
  heading: sectionText(row.section),
});
export type ShownRow = ReturnType<typeof shown>;
