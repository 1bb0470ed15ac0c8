import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectEvents } from '../../src/azure/events/index';
import {
  openAzureManagement,
  openHubCertificates,
  openHubSettings,
  type ArmCall,
} from '../../src/azure/management/index';
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { type AzureAccounts } from '../../src/core/azure/accounts';
import { readCloud } from '../../src/core/azure/cloud';
import { azureEventsConnection, azureHubConnection } from '../../src/core/azure/azureHubConnection';
import { leastPrivilegedPolicy } from '../../src/core/azure/leastPrivilegedPolicy';
import { type NewHub } from '../../src/core/azure/newHub';
import { type AzureHub, type SubscriptionManagement } from '../../src/core/azure/resources';
import { readAccessToken } from '../../src/core/azure/accessToken';
import { isAbort } from '../../src/core/base/abort';
import { type HubRight } from '../../src/core/hub/hubConnection';
import { makeCertificate } from '../support/x509';
import { armClients, rest, tokenOf, version } from './support/arm';
import { openSession } from './support/deviceSessions';
import { startTestHub, type TestHub } from './support/hub';

/** Every ARM call of this file, for the table in docs/azure.md. */
const calls: ArmCall[] = [];
const watch = { onCall: (call: ArmCall) => void calls.push(call) };
const account = { id: 'ada', label: 'ada@localhost' };
const never = new AbortController().signal;
const roles = { dataContributor: '4fc6c259-987e-4a07-842e-c321cc9d413f' };

let hub: TestHub;
let subscription: SubscriptionManagement;

/** The local hub as a custom cloud, as in VS Code's settings. */
const accountsOf = ({ endpoints }: TestHub): AzureAccounts => ({
  onDidChange: () => ({ dispose: () => undefined }),
  cloud: () =>
    readCloud({
      environment: 'custom',
      customEnvironment: { resourceManagerEndpointUrl: `${endpoints.armEndpoint}/` },
      caFile: endpoints.caFile,
    }),
  list: async () => [account],
  signIn: async () => account,
  token: async () => ({ token: tokenOf(endpoints), expiresAt: Date.now() + 60_000 }),
});

async function subscriptionOf(of: TestHub): Promise<SubscriptionManagement> {
  const management = openAzureManagement(accountsOf(of), watch);
  const [tenant] = await management.tenants(account);
  const [one] = await management.subscriptions(account, tenant?.id ?? '');
  if (!one) throw new Error('no subscription');
  return management.forSubscription(one);
}

const newHub = (name: string, change: Partial<NewHub> = {}): NewHub => ({
  name,
  resourceGroup: 'plant',
  location: 'local',
  sku: { name: 'S1', units: 2 },
  partitionCount: 3,
  retentionDays: 2,
  isPublicAccessOff: false,
  isLocalAuthOff: false,
  tags: { madeBy: 'a test' },
  ...change,
});
const plant = { name: 'plant', location: 'local', tags: { line: '4' } };

async function connectionOf(made: AzureHub, ...rights: HubRight[]) {
  const policy =
    rights.length > 0 && leastPrivilegedPolicy(await subscription.policies(made), rights, made.name);
  return azureHubConnection(made, subscription, policy ? { policy } : undefined);
}

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 200, armTokenSeconds: 3_600 });
  subscription = await subscriptionOf(hub);
  await subscription.createResourceGroup(plant);
});
afterAll(() => hub.close());

describe('An Azure account', () => {
  it('lists its tenants and the subscriptions of each', async () => {
    const management = openAzureManagement(accountsOf(hub), watch);
    const tenants = await management.tenants(account);
    expect(tenants).toEqual([{ id: hub.endpoints.tenantId, name: 'Local Hub' }]);
    expect(await management.subscriptions(account, hub.endpoints.tenantId)).toEqual([
      {
        id: hub.endpoints.subscriptionId,
        name: 'Local Hub',
        tenantId: hub.endpoints.tenantId,
        state: 'Enabled',
        account,
      },
    ]);
  });

  it('requires a new sign-in if the token is no longer valid', async () => {
    const accounts = { ...accountsOf(hub), token: async () => ({ token: 'old', expiresAt: 0 }) };
    await expect(openAzureManagement(accounts, watch).tenants(account)).rejects.toMatchObject({
      code: 'signInNeeded',
      action: { kind: 'signIn' },
    });
  });
});

describe('An Azure subscription', () => {
  it('lists its resource groups over all pages', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `group-${i}`);
    await Promise.all(
      names.map((name) => subscription.createResourceGroup({ name, location: 'local', tags: {} })),
    );
    const groups = await subscription.resourceGroups();
    expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(['plant', ...names]));
    expect(groups.find(({ name }) => name === 'plant')).toEqual(plant);
    expect(await subscription.resourceGroup('plant')).toEqual(plant);
    expect(await subscription.resourceGroup('nowhere')).toBeUndefined();
    for (const name of names) await subscription.deleteResourceGroup(name);
    expect((await subscription.resourceGroups()).map(({ name }) => name)).not.toContain('group-0');
  });

  it('does not replace an existing resource group', async () => {
    await expect(subscription.createResourceGroup({ ...plant, tags: {} })).rejects.toMatchObject({
      code: 'alreadyExists',
    });
    expect(await subscription.resourceGroup('plant')).toEqual(plant);
  });

  it('lists its regions, and fewer that offer hubs', async () => {
    const regions = await subscription.regions();
    expect(regions[0]).toMatchObject({ name: 'local', displayName: 'Local', geography: 'Local' });
    expect(typeof regions[0]?.latitude).toBe('number');
    expect(regions.map(({ name }) => name)).not.toContain('anywherelocal');
    const provider = await subscription.provider();
    expect(provider.state).toBe('Registered');
    expect(provider.regions).toContain('Local');
    expect(provider.regions).not.toContain('No Hubs Local');
  });

  it('registers the provider and reports that it is missing before', async () => {
    const fresh = await startTestHub({ armPhaseMs: 200, armUnregistered: true });
    try {
      const other = await subscriptionOf(fresh);
      await other.createResourceGroup(plant);
      expect((await other.provider()).state).toBe('NotRegistered');
      await expect(other.createHub(newHub('too-early'))).rejects.toMatchObject({
        code: 'providerNotRegistered',
      });
      const states: string[] = [];
      await other.registerProvider((state) => states.push(state));
      expect(states).toEqual(['Registering', 'Registered']);
      expect((await other.createHub(newHub('in-time'))).state).toBe('Active');
    } finally {
      await fresh.close();
    }
  });

  it('reports the missing action and its scope', async () => {
    const strict = await startTestHub({ armReadOnly: true });
    try {
      const other = await subscriptionOf(strict);
      const [one] = await other.hubs();
      await expect(other.createResourceGroup(plant)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringMatching(
          /Microsoft\.Resources\/subscriptions\/resourceGroups\/write on resource group "plant".+role Contributor/i,
        ) as string,
      });
      if (!one) throw new Error('no hub');
      await expect(other.policies(one)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringMatching(/listkeys\/action on hub "local-hub"/i) as string,
        action: { kind: 'copyRoleAssignment' },
      });
    } finally {
      await strict.close();
    }
  });
});

describe('A hub in ARM', () => {
  it('is created, found, used with the least-privileged key, and deleted', async () => {
    expect(await subscription.hubNameProblem('factory')).toBeUndefined();
    expect(await subscription.hub({ resourceGroup: 'plant', name: 'factory' })).toBeUndefined();
    const states: string[] = [];
    const made = await subscription.createHub(newHub('factory'), (state) => states.push(state));
    expect(states[0]).toBe('Activating');
    expect(states.at(-1)).toBe('Succeeded');
    expect(made).toMatchObject({
      subscriptionId: hub.endpoints.subscriptionId,
      resourceGroup: 'plant',
      name: 'factory',
      location: 'local',
      sku: { name: 'S1', tier: 'Standard', units: 2 },
      state: 'Active',
      hostName: expect.stringMatching(/^localhost:\d+$/) as string,
      events: { partitionCount: 3, retentionDays: 2 },
      isLocalAuthOff: false,
      isPublicAccessOff: false,
      tags: { madeBy: 'a test' },
    });
    expect(await subscription.hub(made)).toEqual(made);
    expect((await subscription.hubs()).map(({ name }) => name)).toContain('factory');
    expect(await subscription.hubNameProblem('factory')).toContain('not available');
    expect((await subscription.resourcesOf('plant')).map(({ name }) => name)).toContain('factory');

    const policies = await subscription.policies(made);
    expect(policies.map(({ name, rights }) => `${name}: ${rights.join(', ')}`)).toEqual([
      'iothubowner: RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect',
      'service: ServiceConnect',
      'device: DeviceConnect',
      'registryRead: RegistryRead',
      'registryReadWrite: RegistryRead, RegistryWrite',
    ]);

    const writer = await connectionOf(made, 'RegistryRead', 'RegistryWrite');
    expect(writer.policyName).toBe('registryReadWrite');
    const registry = await openDeviceRegistry(writer);
    const { credentials } = await registry.create('pump', { kind: 'sas' });
    // Neither key grants more than requested.
    await expect(registry.list('SELECT * FROM devices', 10)).rejects.toMatchObject({ code: 'unauthorized' });
    registry.dispose();
    const reader = await openDeviceRegistry(await connectionOf(made, 'RegistryRead'));
    expect((await reader.get('pump')).deviceId).toBe('pump');
    expect(await reader.statistics()).toEqual({ total: 1, enabled: 1, disabled: 0 });
    await expect(reader.delete('pump')).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(reader.connectedCount()).rejects.toMatchObject({ code: 'unauthorized' });
    reader.dispose();
    const service = await openDeviceRegistry(await connectionOf(made, 'ServiceConnect'));
    await expect(service.statistics()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await service.connectedCount()).toBe(0);
    if (credentials.kind !== 'sas') throw new Error('no key');
    const { session, state } = await openSession(hub, {
      deviceId: 'pump',
      key: credentials.primaryKey,
      port: writer.mqttPort,
    });
    await state('connected');
    expect(await service.connectedCount()).toBe(1);
    await session.close();
    await expect.poll(() => service.connectedCount()).toBe(0);
    service.dispose();

    const states2: string[] = [];
    await subscription.deleteHub(made, (state) => states2.push(state));
    expect(states2.at(-1)).toBe('Succeeded');
    expect(await subscription.hub(made)).toBeUndefined();
    // Deleting a hub that no longer exists succeeds.
    await subscription.deleteHub(made);
  });

  it('is listed over all pages', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `many-${i}`);
    await Promise.all(names.map((name) => subscription.createHub(newHub(name))));
    expect((await subscription.hubs()).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    await Promise.all(names.map((name) => subscription.deleteHub({ resourceGroup: 'plant', name })));
  });

  it('is read through its event endpoint without a redirect', async () => {
    const made = await subscription.createHub(newHub('events'));
    const policy = leastPrivilegedPolicy(await subscription.policies(made), ['ServiceConnect'], made.name);
    const target = azureEventsConnection(made, subscription, policy);
    expect(target).toMatchObject({ host: 'localhost', policyName: 'service', httpsPort: target.port });
    for (const transport of ['auto', 'webSocket'] as const) {
      expect(await inspectEvents(target, '$Default', never, { transport })).toHaveLength(3);
    }
    await subscription.deleteHub(made);
  });

  it('is used with Microsoft Entra ID and reports the missing role', async () => {
    const made = await subscription.createHub(newHub('keyless', { isLocalAuthOff: true }));
    expect(made.isLocalAuthOff).toBe(true);
    const connection = azureHubConnection(made, subscription, { tokens: subscription.hubTokens });
    const registry = await openDeviceRegistry(connection, 'azure:/keyless');
    await expect(registry.list('SELECT * FROM devices', 10)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('"IoT Hub Data Reader"') as string,
      action: { kind: 'copyRoleAssignment', hubId: 'azure:/keyless', role: 'IoT Hub Data Reader' },
    });
    await expect(registry.create('pump', { kind: 'sas' })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('"IoT Hub Registry Contributor"') as string,
    });
    await assign(made, roles.dataContributor);
    await registry.create('pump', { kind: 'sas' });
    expect((await registry.list('SELECT * FROM devices', 10)).devices).toMatchObject([{ deviceId: 'pump' }]);
    expect(await registry.connectedCount()).toBe(0);
    registry.dispose();
    await expect(inspectEvents(connection, '$Default', never)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('does not support Microsoft Entra ID') as string,
    });
    await subscription.deleteHub(made);
  });

  it('reports that its name is taken or that a free hub exists', async () => {
    const free = await subscription.createHub(
      newHub('free', { sku: { name: 'F1', units: 1 }, partitionCount: 2, retentionDays: 1 }),
    );
    expect(free.sku).toEqual({ name: 'F1', tier: 'Free', units: 1 });
    await expect(
      subscription.createHub(
        newHub('free2', { sku: { name: 'F1', units: 1 }, partitionCount: 2, retentionDays: 1 }),
      ),
    ).rejects.toMatchObject({
      code: 'freeHubTaken',
      message: expect.stringContaining('Subscription "Local Hub" already has its one free hub') as string,
    });
    await subscription.createResourceGroup({ ...plant, name: 'other' });
    await expect(subscription.createHub(newHub('free', { resourceGroup: 'other' }))).rejects.toMatchObject({
      code: 'alreadyExists',
    });
    await expect(subscription.createHub(newHub('x', { resourceGroup: 'nowhere' }))).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringContaining('resource group') as string,
    });
    await subscription.deleteResourceGroup('other');
    await subscription.deleteHub(free);
  });

  it('is protected by a lock, which is reported', async () => {
    const [locked] = (await subscription.hubs()).filter(({ name }) => name === 'local-hub');
    if (!locked) throw new Error('no hub');
    await expect(subscription.deleteHub(locked)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('A lock on hub "local-hub"') as string,
    });
    await expect(subscription.deleteResourceGroup('local')).rejects.toMatchObject({ code: 'locked' });
  });

  it('with public network access disabled is created and managed but refuses connections', async () => {
    const closed = { isPublicAccessOff: true, isLocalAuthOff: true };
    const made = await subscription.createHub(newHub('closed', closed));
    expect(made).toMatchObject({ state: 'Active', ...closed });
    expect(await subscription.hub(made)).toEqual(made);
    expect(made).not.toHaveProperty('hasIpRules');
    const { properties } = await armClients(hub.endpoints).hubs.iotHubResource.get('plant', 'closed');
    expect(properties).toMatchObject({ publicNetworkAccess: 'Disabled', disableLocalAuth: true });
    const settings = await openHubSettings(await connectionOf(made), watch);
    expect(await settings.consumerGroups()).toEqual(['$Default']);
    await assign(made, roles.dataContributor);
    const byEntra = azureHubConnection(made, subscription, { tokens: subscription.hubTokens });
    for (const connection of [byEntra, await connectionOf(made, 'ServiceConnect')]) {
      const registry = await openDeviceRegistry(connection, 'azure:/closed');
      await expect(registry.list('SELECT * FROM devices', 10)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('Hub "closed" is not accessible from this network') as string,
        action: undefined,
      });
      registry.dispose();
    }
    await subscription.deleteHub(made);
  });

  it('is still created if the caller no longer waits', async () => {
    const controller = new AbortController();
    const waiting = subscription.createHub(newHub('unwatched'), () => controller.abort(), controller.signal);
    await expect(waiting).rejects.toSatisfy(isAbort);
    const reference = { resourceGroup: 'plant', name: 'unwatched' };
    await expect.poll(async () => (await subscription.hub(reference))?.state).toBe('Active');
    await subscription.deleteHub(reference);
  });
});

describe('The settings of a hub in ARM', () => {
  let made: AzureHub;
  beforeAll(async () => {
    made = await subscription.createHub(newHub('settings'));
  });

  it('include description, policies, statistics and quota', async () => {
    const settings = await openHubSettings(await connectionOf(made), watch);
    expect(await settings.hub()).toEqual(made);
    const policies = await settings.policies();
    expect(policies[1]).toEqual({ name: 'service', rights: ['ServiceConnect'] });
    expect(JSON.stringify(policies)).not.toMatch(/key/i);
    expect(await settings.statistics()).toEqual({ total: 0, enabled: 0, disabled: 0 });
    expect((await settings.quota())?.used).toBe(0);
  });

  it('allow changes of routes and the fallback route without losing other settings', async () => {
    const settings = await openHubSettings(await connectionOf(made), watch);
    const before = await subscription.policies(made);
    const route = {
      name: 'hot',
      source: 'DeviceMessages',
      condition: 'temperature > 40',
      endpoints: ['events'],
      isEnabled: true,
    };
    await settings.addRoute(route);
    await settings.setFallback(false);
    expect(await settings.routing()).toEqual({ routes: [route], isFallbackOn: false, endpoints: [] });
    await expect(settings.addRoute({ ...route, name: 'HOT' })).rejects.toMatchObject({
      code: 'alreadyExists',
    });
    await settings.removeRoute('hot');
    await settings.removeRoute('never-there');
    await settings.setFallback(true);
    expect(await settings.routing()).toMatchObject({ routes: [], isFallbackOn: true });
    const { etag, ...rest } = await settings.hub();
    const { etag: oldEtag, ...oldRest } = made;
    expect(rest).toEqual(oldRest);
    expect(etag).not.toBe(oldEtag);
    expect(await subscription.policies(made)).toEqual(before);
    await expect(
      settings.addRoute({ ...route, name: 'wrong', endpoints: ['nowhere'] }),
    ).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('allow consumer groups to be created and deleted', async () => {
    const settings = await openHubSettings(await connectionOf(made), watch);
    const names = Array.from({ length: 6 }, (_, i) => `group-${i}`);
    for (const name of names) await settings.createConsumerGroup(name);
    const before = calls.length;
    expect(await settings.consumerGroups()).toEqual(['$Default', ...names]);
    // Follows every nextLink.
    expect(calls.slice(before).map(({ template }) => template.split('/').at(-1))).toEqual([
      'ConsumerGroups',
      'ConsumerGroups',
    ]);
    for (const name of names) await settings.deleteConsumerGroup(name);
    expect(await settings.consumerGroups()).toEqual(['$Default']);
  });

  it('allow certificates to be uploaded, verified and deleted', async () => {
    const certificates = await openHubCertificates(await connectionOf(made), watch);
    const authority = await makeCertificate({ commonName: 'Plant CA', isAuthority: true });
    const uploaded = await certificates.upload('ca', authority.pem, { isVerified: false });
    const { code, etag } = await certificates.generateVerificationCode('ca', uploaded.etag);
    const proof = await makeCertificate({ commonName: code, issuer: authority });
    const verified = await certificates.verify('ca', etag, proof.pem);
    expect(verified.isVerified).toBe(true);
    expect(await certificates.list()).toHaveLength(1);
    const found = await certificates.find('ca');
    await certificates.delete('ca', found?.etag ?? '');
  });
});

describe('When a token expires', () => {
  it('calls with Microsoft Entra ID continue with a new token, and no expired token is sent', async () => {
    const brief = await startTestHub({ armPhaseMs: 50, armTokenSeconds: 2 });
    try {
      const asked: number[] = [];
      const token = async () => {
        const given = readAccessToken(tokenOf(brief.endpoints), Date.now());
        asked.push(given.expiresAt);
        return given;
      };
      const management = openAzureManagement({ ...accountsOf(brief), token }, watch);
      const [first] = await management.subscriptions(account, brief.endpoints.tenantId);
      if (!first) throw new Error('no subscription');
      const own = management.forSubscription(first);
      await own.createResourceGroup(plant);
      const made = await own.createHub(newHub('lasting', { isLocalAuthOff: true }));
      await assign(made, roles.dataContributor, brief);
      const connection = azureHubConnection(made, own, { tokens: own.hubTokens });
      const registry = await openDeviceRegistry(connection);
      const old = tokenOf(brief.endpoints);
      await registry.create('pump', { kind: 'sas' });
      const withOldToken = async () =>
        (
          await rest(brief.endpoints, '/devices?api-version=2021-04-12', {
            port: connection.httpsPort,
            headers: { Authorization: `Bearer ${old}` },
          })
        ).status;
      expect(await withOldToken()).toBe(200);
      await expect.poll(withOldToken).toBe(401);
      asked.length = 0;
      const query = () => registry.list('SELECT * FROM devices', 10);
      expect((await query()).devices).toMatchObject([{ deviceId: 'pump' }]);
      expect((await query()).devices).toMatchObject([{ deviceId: 'pump' }]);
      // Once per call: the SDK does not cache tokens.
      expect(asked).toHaveLength(2);
      expect((await own.hubs()).map(({ name }) => name)).toContain('lasting');
      registry.dispose();
    } finally {
      await brief.close();
    }
  });
});

describe('The table in docs/azure.md', () => {
  const rows = [
    ...fs
      .readFileSync('docs/azure.md', 'utf8')
      .matchAll(/^\| (GET|PUT|POST|DELETE)\s+\| `([^`]+)`\s+\| ([\d-]+)\s+\|/gm),
  ].map(([, method = '', template = '', apiVersion = '']) => ({ method, template, apiVersion }));
  it('lists exactly the calls that these tests made', () => {
    const made = new Set(
      calls
        .filter(({ status }) => status !== 401)
        .map(({ method, template, apiVersion }) => `${method} ${template} ${apiVersion}`),
    );
    const documented = rows.map(({ method, template, apiVersion }) => `${method} ${template} ${apiVersion}`);
    expect([...made].toSorted()).toEqual(documented.toSorted());
    // An ID that remained in a template would be logged.
    expect([...made].join()).not.toMatch(/plant|factory|settings|[0-9a-f]{8}-/);
  });

  it('lists the api-versions of the Azure SDKs', () => {
    const sdk = armClients(hub.endpoints);
    const versionOf = (template: string) => {
      if (/^\/(tenants|subscriptions(\/\{subscription\}\/locations)?)$/.test(template))
        return sdk.subscriptions.apiVersion;
      const isOfHubs = /\/providers\/Microsoft\.Devices\/(?!register$)/.test(template);
      return isOfHubs ? sdk.hubs.apiVersion : sdk.resources.apiVersion;
    };
    expect(new Set(rows.map(({ template }) => versionOf(template))).size).toBe(3);
    expect(rows).toEqual(rows.map((row) => ({ ...row, apiVersion: versionOf(row.template) })));
  });
});

async function assign(made: AzureHub, role: string, { endpoints }: TestHub = hub): Promise<void> {
  const name = crypto.randomUUID();
  const { status } = await rest(
    endpoints,
    `${made.id}/providers/Microsoft.Authorization/roleAssignments/${name}?${version}`,
    {
      method: 'PUT',
      body: {
        properties: {
          roleDefinitionId: `/subscriptions/${endpoints.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          principalId: endpoints.principalId,
        },
      },
    },
  );
  expect(status).toBe(201);
}
