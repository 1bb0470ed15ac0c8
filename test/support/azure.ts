import { Emitter } from '../../src/core/base/event';
import { type AzureAccount, type AzureAccounts } from '../../src/core/azure/accounts';
import { type AzureDirectory } from '../../src/core/azure/azureDirectory';
import { type AzureCloud } from '../../src/core/azure/azureCloud';
import { readCloud } from '../../src/core/azure/cloud';
import {
  type AzureHub,
  type AzureManagement,
  type AzureSubscription,
  type AzureTenant,
  type HubPolicy,
  type SubscriptionManagement,
} from '../../src/core/azure/resources';

export const anAccount = (id = 'ann'): AzureAccount => ({ id, label: `${id}@contoso.com` });

export const aTenant = (id = 'home', name = `Tenant ${id}`): AzureTenant => ({ id, name });

export const aSubscription = (change: Partial<AzureSubscription> = {}): AzureSubscription => ({
  id: 's1',
  name: 'Production',
  tenantId: 'home',
  state: 'Enabled',
  account: anAccount(),
  ...change,
});

export const anAzureHub = (change: Partial<AzureHub> = {}): AzureHub => {
  const name = change.name ?? 'factory';
  return {
    id: `/subscriptions/s1/resourceGroups/rg-iot/providers/Microsoft.Devices/IotHubs/${name}`,
    name,
    resourceGroup: 'rg-iot',
    subscriptionId: 's1',
    location: 'westeurope',
    sku: { name: 'S1', tier: 'Standard', units: 1 },
    state: 'Active',
    hostName: `${name}.azure-devices.net`,
    events: {
      endpoint: 'sb://iothub-ns-factory-1.servicebus.windows.net/',
      path: 'factory',
      partitionCount: 4,
      retentionDays: 1,
    },
    isLocalAuthOff: false,
    isPublicAccessOff: false,
    tags: {},
    etag: 'AAAA',
    ...change,
  };
};

export const aPolicy = (name: string, ...rights: HubPolicy['rights']): HubPolicy => ({
  name,
  rights,
  primaryKey: Buffer.from(`primary key of ${name}`).toString('base64'),
  secondaryKey: Buffer.from(`secondary key of ${name}`).toString('base64'),
});

export const thePublicCloud: AzureCloud = readCloud({ environment: undefined, customEnvironment: undefined });

/** Accounts that a test can sign in and out. */
export function anAzureAccounts(...signedIn: AzureAccount[]) {
  const changed = new Emitter<void>();
  return {
    signedIn,
    changed,
    onDidChange: changed.event,
    cloud: () => thePublicCloud,
    list: async () => [...signedIn],
    signIn: async () => anAccount(),
    token: async () => ({ token: 'token', expiresAt: Number.MAX_SAFE_INTEGER }),
  } satisfies AzureAccounts & Record<string, unknown>;
}

/** An empty directory, except for `change`. */
export const anAzureDirectory = (change: Partial<AzureDirectory> = {}): AzureDirectory => ({
  onDidChange: new Emitter<void>().event,
  accounts: async () => [],
  subscriptions: async () => ({ subscriptions: [], failures: [] }),
  allSubscriptions: async () => ({ subscriptions: [], failures: [] }),
  choose: async () => undefined,
  hubs: async () => [],
  refresh: () => undefined,
  find: () => undefined,
  ...change,
});

/** The management of a subscription with the operations that a test needs; any other operation throws. */
export const aManagement = (
  of: Partial<SubscriptionManagement>,
): Pick<AzureManagement, 'forSubscription'> => ({
  forSubscription: () => ({ cloud: thePublicCloud, ...of }) as SubscriptionManagement,
});
