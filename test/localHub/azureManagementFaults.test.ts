import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as services from '../../src/azure/azureServices';
import { openAzureManagement, openHubSettings, type ArmCall } from '../../src/azure/management/index';
import { azureHubConnection } from '../../src/core/azure/azureHubConnection';
import { type NewHub } from '../../src/core/azure/newHub';
import { type SubscriptionManagement } from '../../src/core/azure/resources';
import { isAbort } from '../../src/core/base/abort';
import { anAzureHub } from '../support/azure';
import { turnUntil } from '../support/turns';
import { account, startArmServer, subscription, type Answer, type ArmServer } from './support/armServer';

let arm: ArmServer;
let calls: ArmCall[];
let waits: number[];
let abouts: string[];
let over: string[];

beforeEach(async () => {
  arm = await startArmServer();
  calls = [];
  waits = [];
  abouts = [];
  over = [];
  pauses = [];
  isServing = async () => true;
});
afterEach(() => {
  vi.useRealTimers();
  return arm.close();
});

/** Fakes timers, so that no wait ends on its own. The network is not affected. */
const stopTime = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

/** Pauses for new resources, which do not wait here, and what a new hub answers. */
let pauses: number[] = [];
let isServing: () => Promise<boolean> = async () => true;

const management = () =>
  openAzureManagement(
    arm.accounts,
    {
      onCall: (call) => calls.push(call),
      onThrottled: (seconds, { about }) => {
        waits.push(seconds);
        abouts.push(about);
        return () => over.push(about);
      },
    },
    { pause: async (ms) => void pauses.push(ms), isServing: () => isServing() },
  );
const plant = (): SubscriptionManagement => management().forSubscription(subscription);

/** Returns the responses in order, and then repeats the last one. */
function inOrder(...answers: readonly Answer[]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? {};
}

const tenants = { body: { value: [{ tenantId: 't1', displayName: 'Contoso' }] } };
const group = '/subscriptions/s1/resourceGroups/rg';
const hubPath = `${group}/providers/Microsoft.Devices/IotHubs/factory`;
const hubBody = (properties: object = {}) => ({
  id: hubPath,
  name: 'factory',
  location: 'westeurope',
  etag: 'AAAA',
  sku: { name: 'S1', tier: 'Standard', capacity: 1 },
  properties: {
    state: 'Active',
    provisioningState: 'Succeeded',
    hostName: 'factory.azure-devices.net',
    ...properties,
  },
});
const newHub: NewHub = {
  name: 'factory',
  resourceGroup: 'rg',
  location: 'westeurope',
  sku: { name: 'S1', units: 1 },
  partitionCount: 4,
  retentionDays: 1,
  isPublicAccessOff: true,
  isLocalAuthOff: true,
  tags: {},
};
const reference = { resourceGroup: 'rg', name: 'factory' };
const connection = () => azureHubConnection(anAzureHub({ ...reference, id: hubPath }), plant(), undefined);

describe('When Azure throttles requests', () => {
  it('a call waits as long as requested, reports it, and continues', async () => {
    arm.answer = inOrder({ status: 429, headers: { 'Retry-After': '1' } }, tenants);
    stopTime();
    const called = management().tenants(account);
    await turnUntil(() => waits.length > 0);
    await vi.advanceTimersByTimeAsync(999);
    expect([arm.asked.length, over]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await called).toHaveLength(1);
    expect(waits).toEqual([1]);
    expect([abouts, over]).toEqual([['account "ada@contoso.com"'], ['account "ada@contoso.com"']]);
    expect(calls.map(({ status, template }) => [status, template])).toEqual([
      [429, '/tenants'],
      [200, '/tenants'],
    ]);
  });

  it('calls of the SDK wait too, even if they change something', async () => {
    arm.answer = inOrder({ status: 429, headers: { 'Retry-After': '1' } }, { body: { nameAvailable: true } });
    expect(await plant().hubNameProblem('factory')).toBeUndefined();
    expect(waits).toEqual([1]);
    expect(arm.asked).toHaveLength(2);
  });

  it('a wait beyond the limit fails with the requested time', async () => {
    arm.answer = inOrder({
      status: 429,
      headers: { 'Retry-After': '900' },
      body: { error: { code: 'TooManyRequests', message: 'x' } },
    });
    await expect(management().tenants(account)).rejects.toMatchObject({
      code: 'throttled',
      message: expect.stringContaining('Try again in 15 minutes') as string,
    });
    await expect(plant().hubs()).rejects.toMatchObject({
      code: 'throttled',
      message: expect.stringContaining('Try again in 15 minutes') as string,
    });
    expect(waits).toEqual([]);
  });

  it('waiting ends at once if it is canceled', async () => {
    arm.answer = inOrder({ status: 429, headers: { 'Retry-After': '60' } });
    const controller = new AbortController();
    stopTime();
    const waiting = management().tenants(account, controller.signal);
    await turnUntil(() => waits.length > 0);
    expect(waits).toEqual([60]);
    controller.abort();
    await expect(waiting).rejects.toSatisfy(isAbort);
    expect(over).toEqual(['account "ada@contoso.com"']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(arm.asked).toHaveLength(1);
  });

  it('every client of Azure reports which call waits and when the wait ends', async () => {
    const shown: string[] = [];
    const showWait = (about: string, seconds: number) => {
      shown.push(`${about}: ${seconds}`);
      return () => void shown.push(`${about} continues`);
    };
    const azure = await services.openAzureManagement(arm.accounts, { showWait });
    const connectionOf = async () => connection();
    const settings = await new services.ArmSettings(connectionOf, { showWait }).forHub('h');
    const certificates = await new services.ArmCertificates(connectionOf, { showWait }).forHub('h');
    const ways: readonly [string, () => Promise<unknown>][] = [
      ['account "ada@contoso.com"', () => azure.tenants(account)],
      ['account "ada@contoso.com"', () => azure.subscriptions(account, 't1')],
      ['subscription "Plant"', () => azure.forSubscription(subscription).hubs()],
      ['subscription "Plant"', () => azure.forSubscription(subscription).resourceGroups()],
      ['hub "factory"', () => settings.consumerGroups()],
      ['hub "factory"', () => settings.setFallback(true)],
      ['hub "factory"', () => certificates.list()],
    ];
    // A hub is changed with a version that Azure lists.
    const resourceTypes = [{ resourceType: 'IotHubs', apiVersions: ['2023-06-30'] }];
    for (const [about, ask] of ways) {
      shown.length = 0;
      const body = { value: [], resourceTypes };
      arm.answer = inOrder({ status: 429, headers: { 'Retry-After': '0' } }, { body });
      await ask();
      expect(shown).toEqual([`${about}: 0`, `${about} continues`]);
    }
  });

  it('a time limit per tenant is extended by the throttling delay', async () => {
    arm.answer = inOrder({ status: 429, headers: { 'Retry-After': '1' } }, { body: { value: [] } });
    const added: number[] = [];
    await management().subscriptions(account, 't1', undefined, (seconds) => added.push(seconds));
    expect([added, waits]).toEqual([[1], [1]]);
  });
});

describe('An access token', () => {
  it('is requested for each call, for the tenant and the cloud', async () => {
    arm.answer = (_, index) =>
      index === 0
        ? { body: { value: [], nextLink: `${arm.endpoint}/subscriptions?page=2` } }
        : { body: { value: [] } };
    await management().subscriptions(account, 't1');
    expect(arm.asked.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
    expect(arm.tokenRequests[0]).toEqual({ account, tenantId: 't1', resource: arm.endpoint });
  });

  it('is requested again with the claims challenge of a response', async () => {
    const challenge = `Bearer authorization_uri="https://login", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`;
    for (const ask of [() => management().tenants(account), () => plant().hubs()]) {
      arm.asked.length = arm.tokenRequests.length = 0;
      arm.answer = inOrder(
        { status: 401, headers: { 'WWW-Authenticate': challenge } },
        { body: { value: [] } },
      );
      await ask();
      expect(arm.tokenRequests.map((request) => request.challenge)).toEqual([undefined, challenge]);
      expect(arm.asked.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
    }
  });

  it('that expires while a hub is being created is replaced, and the operation continues', async () => {
    const link = `${arm.endpoint}${hubPath}/operationResults/op1?asyncinfo`;
    arm.answer = inOrder(
      {
        status: 201,
        headers: { 'Azure-AsyncOperation': link, 'Retry-After': '0' },
        body: hubBody({ provisioningState: 'Activating' }),
      },
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="expired"' },
      },
      { body: { status: 'Running' }, headers: { 'Retry-After': '0' } },
      { body: { status: 'Succeeded' } },
      { body: hubBody() },
    );
    const states: string[] = [];
    const made = await plant().createHub(newHub, (state) => states.push(state));
    expect(made).toMatchObject({ name: 'factory', state: 'Active' });
    expect(states).toEqual(['Activating', 'Running', 'Succeeded']);
    expect(arm.asked.map(({ token }) => token)).toEqual(
      ['token-1', 'token-2', 'token-3', 'token-4', 'token-5', 'token-6'].slice(0, arm.asked.length),
    );
    expect(arm.tokenRequests.every(({ challenge }) => challenge === undefined)).toBe(true);
  });

  it('that is refused is not sent a second time', async () => {
    arm.nextToken = () => 'same';
    arm.answer = inOrder({
      status: 401,
      body: { error: { code: 'ExpiredAuthenticationToken', message: 'old' } },
    });
    for (const ask of [
      () => management().tenants(account),
      () => plant().hubs(),
      () => plant().hub(reference),
    ]) {
      arm.asked.length = 0;
      await expect(ask()).rejects.toMatchObject({
        code: 'signInNeeded',
        action: { kind: 'signIn' },
      });
      expect(arm.asked).toHaveLength(1);
    }
  });
});

describe('A paged list of Azure', () => {
  const circle = (path: string) => () => ({ body: { value: [], nextLink: `${arm.endpoint}${path}?page=2` } });

  it('with a repeating nextLink fails', async () => {
    arm.answer = circle('/tenants');
    await expect(management().tenants(account)).rejects.toThrow('repeating nextLink');
    arm.answer = circle('/subscriptions/s1/providers/Microsoft.Devices/IotHubs');
    await expect(plant().hubs()).rejects.toThrow('repeating nextLink');
    expect(arm.asked.length).toBeLessThan(8);
  });

  it('with a nextLink to another host is not followed, and the token is not sent', async () => {
    const stranger = await startArmServer();
    try {
      stranger.answer = () => ({ body: { value: [] } });
      const away = { body: { value: [], nextLink: `${stranger.endpoint}/tenants?page=2` } };
      for (const ask of [
        () => management().tenants(account),
        () => plant().hubs(),
        () => plant().policies(reference),
        () => plant().resourceGroups(),
      ]) {
        arm.answer = () => away;
        await expect(ask()).rejects.toMatchObject({
          code: 'serviceFailed',
          message: expect.stringContaining('your token is not sent there') as string,
        });
      }
      // Nor are redirects followed.
      arm.answer = () => ({ status: 307, headers: { Location: `${stranger.endpoint}/tenants` } });
      await expect(management().tenants(account)).rejects.toMatchObject({ code: 'serviceFailed' });
      await expect(plant().hubs()).rejects.toMatchObject({ code: 'serviceFailed' });
      expect(stranger.asked).toEqual([]);
    } finally {
      await stranger.close();
    }
  });
});

describe('A response of Azure', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['own request', () => management().tenants(account)],
    ['through the SDK', () => plant().hubs()],
  ])('that is damaged is reported as such (%s)', async (_, ask) => {
    arm.answer = () => ({ text: '{"value":[{"name":"fac' });
    await expect(ask()).rejects.toMatchObject({
      code: 'serviceFailed',
      message: expect.stringContaining('non-JSON') as string,
    });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['own request', () => management().tenants(account)],
    ['through the SDK', () => plant().hubs()],
  ])('that is incomplete is requested again, then reported (%s)', async (_, ask) => {
    arm.answer = inOrder({ text: '{"value":[', isCut: true }, { body: { value: [] } });
    expect(await ask()).toEqual([]);
    arm.answer = () => ({ text: '{"value":[', isCut: true });
    await expect(ask()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('closed by the remote side') as string,
    });
    expect(arm.asked).toHaveLength(4);
  });

  it('that is incomplete is not requested again if something may have changed', async () => {
    arm.answer = ({ method }) =>
      method === 'PUT' ? { text: '{"na', isCut: true } : { status: 404, body: {} };
    await expect(plant().createResourceGroup({ name: 'rg', location: 'x', tags: {} })).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(arm.asked.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('from a host with an untrusted certificate is refused', async () => {
    const cloud = { ...arm.accounts.cloud(), caFile: undefined };
    const accounts = { ...arm.accounts, cloud: () => cloud };
    await expect(openAzureManagement(accounts).tenants(account)).rejects.toMatchObject({ code: 'untrusted' });
    await expect(openAzureManagement(accounts).forSubscription(subscription).hubs()).rejects.toMatchObject({
      code: 'untrusted',
    });
    expect(arm.asked).toEqual([]);
  });

  it('404 for an inaccessible subscription is not taken for a deleted resource', async () => {
    arm.answer = () => ({ status: 404, body: { error: { code: 'SubscriptionNotFound', message: 'x' } } });
    await expect(plant().deleteHub(reference)).rejects.toMatchObject({ code: 'notFound' });
    await expect(plant().deleteResourceGroup('rg')).rejects.toMatchObject({ code: 'notFound' });
    arm.answer = () => ({ status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'x' } } });
    await plant().deleteHub(reference);
    await plant().deleteResourceGroup('rg');
  });
});

describe('A long-running operation of Azure', () => {
  const accepted = (headers: Record<string, string>, status = 202): Answer => ({
    status,
    headers: { 'Retry-After': '0', ...headers },
    body: hubBody({ provisioningState: 'Activating', state: 'Activating' }),
  });
  const again = { 'Retry-After': '0' };

  it('starts with the selected settings, including access', async () => {
    const answers = () => inOrder({ status: 201, body: hubBody() }, { body: hubBody() });
    arm.answer = answers();
    await plant().createHub(newHub);
    arm.answer = answers();
    await plant().createHub({ ...newHub, isPublicAccessOff: false, isLocalAuthOff: false, tags: { a: 'b' } });
    const body = (access: object) => ({
      location: 'westeurope',
      sku: { name: 'S1', capacity: 1 },
      tags: {},
      properties: {
        eventHubEndpoints: { events: { partitionCount: 4, retentionTimeInDays: 1 } },
        minTlsVersion: '1.2',
        ...access,
      },
    });
    const puts = arm.asked.filter(({ method }) => method === 'PUT');
    expect(puts.map((put) => put.body)).toEqual([
      body({ publicNetworkAccess: 'Disabled', disableLocalAuth: true }),
      { ...body({ publicNetworkAccess: 'Enabled', disableLocalAuth: false }), tags: { a: 'b' } },
    ]);
  });

  const unknown: Answer = { status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } };
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const withStatus = { 'Azure-AsyncOperation': '/op' };
  const succeeded: Answer = { body: { status: 'Succeeded' } };

  it('that succeeded is followed by reads until all servers know the hub and it serves', async () => {
    const services = [false, false, true];
    isServing = async () => services.shift() ?? true;
    arm.answer = inOrder(accepted(withStatus, 201), succeeded, unknown, unknown, { body: hubBody() });
    expect(await plant().createHub(newHub)).toMatchObject({ name: 'factory', state: 'Active' });
    expect(pauses).toEqual([1_000, 2_000, 1_000, 2_000]);
    // The same for its keys, by another server.
    arm.answer = inOrder(unknown, { body: { value: [] } });
    const azure = management();
    const isNew = azure.forSubscription(subscription);
    arm.answer = inOrder({ status: 201, body: hubBody() }, { body: hubBody() }, unknown, {
      body: { value: [] },
    });
    await isNew.createHub(newHub);
    expect(await azure.forSubscription(subscription).policies(newHub)).toEqual([]);
  });

  it.each([
    ['is not found', unknown, true],
    ['does not serve', { body: hubBody() }, false],
  ])(
    'that succeeded although the hub %s reports after two minutes that it is not ready',
    async (_, answer, serves) => {
      isServing = async () => serves;
      arm.answer = inOrder(accepted(withStatus, 201), succeeded, answer);
      await expect(plant().createHub(newHub)).rejects.toMatchObject({ code: 'notReady' });
      expect(sum(pauses)).toBe(120_000);
    },
  );

  it('in a new resource group repeats the request that the group is not found for', async () => {
    const azure = management();
    const inGroup = azure.forSubscription(subscription);
    const noGroup: Answer = { status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'x' } } };
    const group = { name: 'rg', location: 'westeurope', tags: {} };
    arm.answer = inOrder(
      noGroup,
      { status: 201, body: group },
      noGroup,
      noGroup,
      { status: 201, body: hubBody() },
      {
        body: hubBody(),
      },
    );
    await inGroup.createResourceGroup(group);
    expect(await azure.forSubscription(subscription).createHub(newHub)).toMatchObject({ name: 'factory' });
    expect(pauses).toEqual([1_000, 2_000]);
    // Another group does not exist.
    arm.answer = () => noGroup;
    await expect(inGroup.createHub({ ...newHub, resourceGroup: 'other' })).rejects.toMatchObject({
      code: 'notFound',
    });
    expect(pauses).toHaveLength(2);
  });

  it('that fails reports the inner error code', async () => {
    arm.answer = inOrder(
      accepted({ 'Azure-AsyncOperation': `${arm.endpoint}/op` }, 201),
      { body: { status: 'Running' }, headers: again },
      {
        body: {
          status: 'Failed',
          error: {
            code: '400019',
            message: 'Max number of Iot Hubs exceeded for sku = Free, Max Allowed = 1.',
          },
        },
      },
    );
    await expect(plant().createHub(newHub)).rejects.toMatchObject({
      code: 'freeHubTaken',
      message: expect.stringContaining('Subscription "Plant" already has its one free hub') as string,
    });
  });

  it('is polled at the resource itself if no header names a URL', async () => {
    arm.answer = inOrder(
      accepted({}, 201),
      { body: hubBody({ provisioningState: 'Activating' }), headers: again },
      { body: hubBody() },
    );
    const states: string[] = [];
    await plant().createHub(newHub, (state) => states.push(state));
    expect(states).toEqual(['Activating', 'Succeeded']);
    arm.asked.length = 0;
    arm.answer = inOrder(accepted({}, 201), { body: hubBody({ provisioningState: 'Failed' }) });
    await expect(plant().createHub(newHub)).rejects.toMatchObject({ code: 'serviceFailed' });
  });

  it('with a URL on another host is polled at the resource, and the token is not sent', async () => {
    const stranger = await startArmServer();
    try {
      arm.answer = inOrder(accepted({ 'Azure-AsyncOperation': `${stranger.endpoint}/op` }, 201), {
        body: hubBody(),
      });
      expect(await plant().createHub(newHub)).toMatchObject({ name: 'factory' });
      expect(stranger.asked).toEqual([]);
    } finally {
      await stranger.close();
    }
  });

  it('with a URL without api-version is polled with the api-version of the call', async () => {
    arm.answer = inOrder(
      accepted({ 'Azure-AsyncOperation': `${arm.endpoint}/op?asyncinfo` }, 201),
      { body: { status: 'Succeeded' } },
      { body: hubBody() },
    );
    await plant().createHub(newHub);
    expect(arm.asked[1]?.path).toMatch(/^\/op\?asyncinfo=?&api-version=2023-06-30$/);
  });

  it('that deletes a resource succeeds when its status URL no longer exists', async () => {
    const links: readonly Record<string, string>[] = [
      { 'Azure-AsyncOperation': `${arm.endpoint}/op`, Location: `${arm.endpoint}/op` },
      { Location: `${arm.endpoint}/op` },
      {},
    ];
    for (const headers of links) {
      arm.asked.length = 0;
      arm.answer = inOrder(
        accepted(headers),
        { status: 202, body: { status: 'Running' }, headers: again },
        { status: 404, body: { error: { code: 'ResourceNotFound', message: 'gone' } } },
      );
      await plant().deleteHub(reference);
      expect(arm.asked).toHaveLength(3);
    }
    arm.asked.length = 0;
    arm.answer = inOrder({ status: 204 });
    await plant().deleteHub(reference);
    expect(arm.asked).toHaveLength(1);
  });

  it('that fails to delete a resource is not reported as success', async () => {
    arm.answer = inOrder(accepted({ 'Azure-AsyncOperation': `${arm.endpoint}/op` }), {
      body: {
        status: 'Failed',
        error: { code: 'ScopeLocked', message: `scope(s) are locked: '${group}'. Please remove the lock.` },
      },
    });
    await expect(plant().deleteResourceGroup('rg')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('resource group "rg"') as string,
    });
  });

  it('survives a short network outage', async () => {
    arm.answer = inOrder(
      accepted({ Location: `${arm.endpoint}/op` }),
      { text: '{', isCut: true },
      { text: '{', isCut: true },
      { status: 503, body: {} },
      { status: 200 },
    );
    await plant().deleteResourceGroup('rg');
    expect(arm.asked).toHaveLength(5);
  });

  it('is no longer polled after cancellation', async () => {
    arm.answer = inOrder(accepted({ 'Azure-AsyncOperation': `${arm.endpoint}/op` }, 201), {
      body: { status: 'Running' },
      headers: { 'Retry-After': '600' },
    });
    // Longer than the test timeout.
    const controller = new AbortController();
    const waiting = plant().createHub(newHub, undefined, controller.signal);
    await expect.poll(() => arm.asked.length).toBe(2);
    controller.abort();
    await expect(waiting).rejects.toSatisfy(isAbort);
    expect(arm.asked).toHaveLength(2);
  });

  it('reports that the request was accepted before its result is known', async () => {
    arm.answer = inOrder({ status: 400, body: { code: 400_001, message: 'Partition count is wrong' } });
    const states: string[] = [];
    await expect(plant().createHub(newHub, (state) => states.push(state))).rejects.toMatchObject({
      code: 'invalidInput',
    });
    expect(states).toEqual([]);
  });
});

describe('A change of routes in Azure', () => {
  const routing = {
    endpoints: {
      eventHubs: [
        {
          id: 'e1',
          name: 'hot',
          connectionString:
            'Endpoint=sb://ns.servicebus.windows.net:5671/;SharedAccessKeyName=send;SharedAccessKey=****;EntityPath=alarms',
        },
      ],
      serviceBusQueues: [],
      storageContainers: [
        {
          name: 'cold',
          endpointUri: 'https://store.blob.core.windows.net/',
          containerName: 'raw',
          authenticationType: 'identityBased',
        },
      ],
      somethingNew: [{ name: 'x' }],
    },
    routes: [
      {
        name: 'all',
        source: 'TwinChangeEvents',
        condition: 'true',
        endpointNames: ['hot'],
        isEnabled: true,
        newer: 1,
      },
    ],
    fallbackRoute: {
      name: '$fallback',
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: ['events'],
      isEnabled: true,
    },
    enrichments: [{ key: 'k', value: 'v', endpointNames: ['hot'] }],
  };
  const before = {
    ...hubBody({ routing, authorizationPolicies: null, brandNew: { a: 1 } }),
    identity: { type: 'SystemAssigned' },
  };
  const settings = () => openHubSettings(connection());
  const provider = (...apiVersions: string[]): Answer => ({
    body: {
      namespace: 'Microsoft.Devices',
      resourceTypes: [
        { resourceType: 'provisioningServices', apiVersions: ['2030-01-01'] },
        { resourceType: 'IotHubs', apiVersions },
      ],
    },
  });
  /** The answers of a hub, and that of the provider. */
  const hubAnswers =
    (answer: ArmServer['answer']): ArmServer['answer'] =>
    (request, index) =>
      /\/providers\/Microsoft\.Devices\?/.test(request.path)
        ? provider('2023-06-30')
        : answer(request, index);
  const route = {
    name: 'new',
    source: 'DeviceMessages',
    condition: 'true',
    endpoints: ['cold'],
    isEnabled: true,
  };

  it('keeps unknown properties and applies to the hub as it was read', async () => {
    arm.answer = hubAnswers(() => ({ body: before }));
    await (await settings()).addRoute(route);
    await (await settings()).setFallback(false);
    await (await settings()).removeRoute('ALL');
    const puts = arm.asked.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ headers }) => headers['if-match'])).toEqual(['AAAA', 'AAAA', 'AAAA']);
    const written = {
      name: 'new',
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: ['cold'],
      isEnabled: true,
    };
    const withRouting = (change: object) => ({
      ...before,
      properties: { ...before.properties, routing: { ...routing, ...change } },
    });
    expect(puts[0]?.body).toEqual(withRouting({ routes: [...routing.routes, written] }));
    expect(puts[1]?.body).toEqual(
      withRouting({ fallbackRoute: { ...routing.fallbackRoute, isEnabled: false } }),
    );
    expect(puts[2]?.body).toEqual(withRouting({ routes: [] }));
  });

  it('loses no property that only the newest version shows', async () => {
    const versions = ['2021-07-02', '2027-05-01-preview', '2026-11-01', '2023-06-30'];
    const eventStreams = [{ name: 'stream', id: 's1' }];
    let hub: Record<string, unknown> = hubBody({
      routing: { ...routing, endpoints: { ...routing.endpoints, eventStreams } },
      deviceRegistry: { namespaceResourceId: '/subscriptions/s1/x' },
    });
    /** The hub as a version of the service shows it: a property of a later one is hidden. */
    const shown = (version: string | null) => {
      if (version === '2026-11-01') return hub;
      const older = structuredClone(hub) as {
        properties: { deviceRegistry?: object; routing: { endpoints: { eventStreams?: object } } };
      };
      delete older.properties.deviceRegistry;
      delete older.properties.routing.endpoints.eventStreams;
      return older;
    };
    arm.answer = ({ method, path, body }) => {
      const { pathname, searchParams } = new URL(path, arm.endpoint);
      if (pathname.endsWith('/providers/Microsoft.Devices')) return provider(...versions);
      // As the service: what is not in the request is no longer in the hub.
      if (method === 'PUT') hub = body as Record<string, unknown>;
      return { body: shown(searchParams.get('api-version')) };
    };
    const original = structuredClone(hub);
    await (await settings()).addRoute(route);
    await (await settings()).setFallback(false);
    expect(hub).toMatchObject({
      properties: {
        deviceRegistry: { namespaceResourceId: '/subscriptions/s1/x' },
        routing: { endpoints: { eventStreams } },
      },
    });
    await (await settings()).removeRoute('new');
    await (await settings()).setFallback(true);
    expect(hub).toEqual(original);
    const asked = arm.asked.filter(({ path }) => path.includes('/IotHubs/'));
    expect(new Set(asked.map(({ path }) => path.split('=')[1]))).toEqual(new Set(['2026-11-01']));
  });

  it.each<[string, Answer]>([
    [
      'are not allowed to be read',
      { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'x' } } },
    ],
    ['are not listed', { body: {} }],
    ['are previews', provider('2026-11-01-preview')],
  ])('is refused if the API versions %s', async (_, answer) => {
    arm.answer = ({ path }) => (path.includes('/IotHubs/') ? { body: before } : answer);
    const hub = await settings();
    for (const change of [
      () => hub.addRoute(route),
      () => hub.removeRoute('all'),
      () => hub.setFallback(false),
    ])
      await expect(change()).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('Microsoft.Resources/subscriptions/providers/read') as string,
      });
    expect(arm.asked.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('reads endpoints without their keys', async () => {
    arm.answer = () => ({ body: before });
    const { endpoints, routes } = await (await settings()).routing();
    expect(endpoints).toEqual([
      { name: 'hot', kind: 'eventHub', target: 'ns.servicebus.windows.net/alarms', isIdentityBased: false },
      {
        name: 'cold',
        kind: 'storageContainer',
        target: 'store.blob.core.windows.net/raw',
        isIdentityBased: true,
      },
    ]);
    expect(routes).toEqual([
      { name: 'all', source: 'TwinChangeEvents', condition: 'true', endpoints: ['hot'], isEnabled: true },
    ]);
  });

  it('reads storage account names from connection strings without assuming a cloud', async () => {
    const container = (connectionString: string) => ({
      name: 'cold',
      connectionString,
      containerName: 'raw',
    });
    const key = 'DefaultEndpointsProtocol=https;AccountName=store;AccountKey=****';
    const storageContainers = [
      container(key),
      container(`${key};EndpointSuffix=core.chinacloudapi.cn`),
      container(`${key};BlobEndpoint=https://store.blob.local:10000/`),
    ];
    arm.answer = () => ({ body: hubBody({ routing: { endpoints: { storageContainers } } }) });
    const { endpoints } = await (await settings()).routing();
    expect(endpoints.map(({ target }) => target)).toEqual([
      'store/raw',
      'store.blob.core.chinacloudapi.cn/raw',
      'store.blob.local/raw',
    ]);
  });

  it('with a stale ETag changes nothing and is reported', async () => {
    arm.answer = hubAnswers(({ method }) =>
      method === 'PUT'
        ? {
            status: 412,
            body: { code: 412_001, httpStatusCode: 'PreconditionFailed', message: 'Invalid ETag supplied.' },
          }
        : { body: before },
    );
    await expect((await settings()).addRoute(route)).rejects.toMatchObject({ code: 'changedMeanwhile' });
    await expect((await settings()).setFallback(false)).rejects.toMatchObject({ code: 'changedMeanwhile' });
  });
});
