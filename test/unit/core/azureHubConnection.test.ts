import { describe, expect, it } from 'vitest';
import { readCloud } from '../../../src/core/azure/cloud';
import { azureEventsConnection, azureHubConnection } from '../../../src/core/azure/azureHubConnection';
import { leastPrivilegedPolicy } from '../../../src/core/azure/leastPrivilegedPolicy';
import { type AzureHub, type HubPolicy } from '../../../src/core/azure/resources';
import { type HubRight } from '../../../src/core/hub/hubConnection';

const tokens = { getToken: async () => ({ token: 't', expiresAt: 1 }) };
const hub: AzureHub = {
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/factory',
  subscriptionId: 's',
  resourceGroup: 'rg',
  name: 'factory',
  location: 'westeurope',
  sku: { name: 'S1', tier: 'Standard', units: 1 },
  state: 'Active',
  hostName: 'factory.azure-devices.net',
  events: {
    endpoint: 'sb://ihsuprodamres001.servicebus.windows.net/',
    path: 'iothub-ehub-factory-1-abc',
    partitionCount: 4,
    retentionDays: 1,
  },
  isLocalAuthOff: false,
  isPublicAccessOff: false,
  tags: {},
  etag: 'e',
};
const azure = {
  cloud: readCloud({ environment: undefined, customEnvironment: undefined }),
  tokens,
};
const custom = {
  cloud: readCloud({
    environment: 'custom',
    customEnvironment: { resourceManagerEndpointUrl: 'https://localhost:9443/' },
    caFile: '/ca.pem',
  }),
  tokens,
};
const policy = (name: string, ...rights: HubRight[]): HubPolicy => ({
  name,
  rights,
  primaryKey: `key of ${name}`,
  secondaryKey: '',
});

describe('The connection of an Azure hub', () => {
  it('has the default ports, its management data and the key of the policy', () => {
    expect(azureHubConnection(hub, azure, { policy: policy('service', 'ServiceConnect') })).toEqual({
      hostName: 'factory.azure-devices.net',
      policyName: 'service',
      key: 'key of service',
      mqttPort: 8883,
      httpsPort: 443,
      amqpPort: 5671,
      management: {
        endpoint: 'https://management.azure.com',
        subscriptionId: 's',
        resourceGroup: 'rg',
        hubName: 'factory',
        credential: tokens,
      },
    });
  });

  it('contains what limits the networks of the hub', () => {
    const limitOf = (change: Partial<AzureHub>) =>
      azureHubConnection({ ...hub, ...change }, azure, undefined).limitedBy;
    expect(limitOf({})).toBeUndefined();
    expect(limitOf({ hasIpRules: true })).toBe('ipRules');
    expect(limitOf({ hasIpRules: true, isPublicAccessOff: true })).toBe('closedNetwork');
  });

  it('uses a port in the host name for every protocol, and the CA of the cloud', () => {
    expect(azureHubConnection({ ...hub, hostName: 'localhost:7443' }, custom, { tokens })).toMatchObject({
      hostName: 'localhost',
      mqttPort: 7443,
      httpsPort: 7443,
      amqpPort: 7443,
      caFile: '/ca.pem',
      policyName: '',
      key: '',
      tokens,
      management: { endpoint: 'https://localhost:9443' },
    });
  });

  it('contains only the address if no policy is requested', () => {
    const connection = azureHubConnection(hub, azure, undefined);
    expect([connection.policyName, connection.key, connection.tokens]).toEqual(['', '', undefined]);
  });

  it('reports that a hub in creation has no address yet', () => {
    expect(() => azureHubConnection({ ...hub, hostName: '', state: 'Activating' }, azure, undefined)).toThrow(
      'has no host name yet; its state is Activating',
    );
  });

  it('includes the event endpoint, whose name differs from the hub name', () => {
    const service = policy('service', 'ServiceConnect');
    expect(azureEventsConnection(hub, azure, service)).toEqual({
      host: 'ihsuprodamres001.servicebus.windows.net',
      policyName: 'service',
      key: 'key of service',
      entityPath: 'iothub-ehub-factory-1-abc',
      isPlain: false,
    });
    const events = { endpoint: 'sb://localhost:7443/', path: 'p', partitionCount: 2, retentionDays: 1 };
    expect(azureEventsConnection({ ...hub, events }, custom, service)).toMatchObject({
      host: 'localhost',
      port: 7443,
      httpsPort: 7443,
      caFile: '/ca.pem',
    });
    expect(() =>
      azureEventsConnection({ ...hub, events: { ...events, endpoint: '' } }, azure, service),
    ).toThrow('has no event endpoint yet');
  });
});

describe('The least-privileged policy', () => {
  const defaults = [
    policy('iothubowner', 'RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'),
    policy('service', 'ServiceConnect'),
    policy('device', 'DeviceConnect'),
    policy('registryRead', 'RegistryRead'),
    policy('registryReadWrite', 'RegistryRead', 'RegistryWrite'),
  ];
  const chosen = (rights: HubRight[], policies = defaults) =>
    leastPrivilegedPolicy(policies, rights, 'factory').name;

  it.each<[HubRight[], string]>([
    [['RegistryRead'], 'registryRead'],
    [['RegistryRead', 'RegistryWrite'], 'registryReadWrite'],
    [['RegistryWrite'], 'registryReadWrite'],
    [['ServiceConnect'], 'service'],
    [['DeviceConnect'], 'device'],
    [['RegistryRead', 'ServiceConnect'], 'iothubowner'],
  ])('for %j is %s', (rights, name) => expect(chosen(rights)).toBe(name));

  it('is not iothubowner if a custom policy has the same rights', () => {
    const all: HubRight[] = ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'];
    expect(chosen(['RegistryRead', 'ServiceConnect'], [...defaults, policy('mine', ...all)])).toBe('mine');
    expect(
      chosen(['ServiceConnect'], [policy('mine', 'ServiceConnect'), policy('Service', 'ServiceConnect')]),
    ).toBe('Service');
    expect(
      chosen(
        ['RegistryRead', 'ServiceConnect'],
        [...defaults, policy('mine', 'RegistryRead', 'ServiceConnect')],
      ),
    ).toBe('mine');
  });

  it('is reported as missing with the right that no policy has', () => {
    expect(() =>
      leastPrivilegedPolicy([policy('device', 'DeviceConnect')], ['RegistryRead'], 'factory'),
    ).toThrow('No shared access policy of hub "factory" grants RegistryRead.');
  });
});
