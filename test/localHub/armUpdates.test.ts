import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, groupPathOf, hubPathOf, rest, tokenOf, version, type MadeHub } from './support/arm';
import { startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let made: MadeHub;

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 20 });
  made = await createHub(hub.endpoints, 'updated', { group: 'updates', location: 'West US' });
});
afterAll(() => hub.close());

type Json = Record<string, unknown>;
interface HubJson {
  readonly etag: string;
  readonly location: string;
  readonly identity: Json;
  readonly properties: Json & { readonly routing: Json & { readonly routes: Json[] } };
}

const hubPath = (name = made.name) => hubPathOf(hub.endpoints, made.group, name);

async function ask(
  method: string,
  path: string,
  { body, headers }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  return rest(hub.endpoints, `${path}${path.includes('?') ? '&' : '?'}${version}`, {
    method,
    headers: { Authorization: `Bearer ${tokenOf(hub.endpoints)}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}
const get = async (): Promise<HubJson> => (await ask('GET', hubPath())).body as unknown as HubJson;

describe('A PUT of a new hub', () => {
  const route = { name: 'r', source: 'DeviceMessages', condition: 'true', endpointNames: ['events'] };
  const policy = (keyName: string, rights = 'ServiceConnect') => ({ keyName, rights });

  it.each<[string, Json]>([
    ['a policy that is no object', { authorizationPolicies: [null] }],
    ['a right that does not exist', { authorizationPolicies: [policy('a', 'Foo')] }],
    ['two policies of one name', { authorizationPolicies: [policy('a'), policy('A')] }],
    ['a condition that is not valid', { routing: { routes: [{ ...route, condition: '((((' }] } }],
    [
      'too many routes',
      { routing: { routes: Array.from({ length: 101 }, (_, n) => ({ ...route, name: `r${n}` })) } },
    ],
    [
      'too many endpoints',
      { routing: { endpoints: { eventHubs: Array.from({ length: 11 }, (_, n) => ({ name: `e${n}` })) } } },
    ],
    ['a route to an unknown endpoint', { routing: { routes: [{ ...route, endpointNames: ['nope'] }] } }],
  ])('is refused before the hub exists with %s', async (_, properties) => {
    const body = { location: 'westus', sku: { name: 'S1', capacity: 1 }, properties };
    expect(await ask('PUT', hubPath('refused'), { body })).toMatchObject({ status: 400 });
    expect((await ask('GET', hubPath('refused'))).status).toBe(404);
  });
});

describe('A PUT of an existing hub', () => {
  it('accepts If-Match as the Azure CLI sends it, and refuses an old tag in it', async () => {
    const before = await get();
    const put = (ifMatch: string) =>
      ask('PUT', hubPath(), { body: before, headers: { 'If-Match': ifMatch } });
    expect(await put(`{'IF-MATCH': '${before.etag}'}`)).toMatchObject({ status: 200 });
    expect((await get()).etag).not.toBe(before.etag);
    expect(await put(`{'IF-MATCH': '${before.etag}'}`)).toMatchObject({ status: 412 });
    expect(await put("{'IF-MATCH': None}")).toMatchObject({ status: 200 });
  });

  it('keeps the properties that the local hub or the client does not know', async () => {
    const before = await get();
    const given = {
      ipFilterRules: [{ filterName: 'a', action: 'Accept', ipMask: '10.0.0.0/8' }],
      networkRuleSets: { defaultAction: 'Deny', applyToBuiltInEventHubEndpoint: true, ipRules: [] },
      enableDataResidency: false,
      rootCertificate: { enableRootCertificateV2: true },
      somethingNew: { deep: [1, { two: null }] },
    };
    const routing = {
      endpoints: { cosmosDBSqlContainers: [{ name: 'cosmos', endpointUri: 'https://x' }] },
      routes: [
        {
          name: 'r1',
          source: 'devicemessages',
          condition: 'level > 1',
          endpointNames: ['cosmos'],
          isEnabled: true,
          note: 'kept',
        },
      ],
      fallbackRoute: { name: '$fallback', source: 'devicemessages', isEnabled: false },
      enrichments: [{ key: 'k', value: '$iothubname', endpointNames: ['events'] }],
    };
    const body = { ...before, properties: { ...before.properties, ...given, routing } };
    expect((await ask('PUT', hubPath(), { body })).status).toBe(200);
    const { properties } = await get();
    expect(properties).toMatchObject({ ...given, routing });
    // A client with an older model.
    const { routes, endpoints, fallbackRoute } = properties.routing;
    const older = {
      location: before.location,
      properties: { routing: { routes, endpoints, fallbackRoute } },
    };
    expect((await ask('PUT', hubPath(), { body: older })).status).toBe(200);
    expect((await get()).properties).toMatchObject({ ...given, routing });
  });

  it('returns the identity of the hub, which is none at first', async () => {
    expect((await get()).identity).toEqual({ type: 'None' });
    const put = async (identity: unknown) =>
      (await ask('PUT', hubPath(), { body: { location: 'westus', identity } })).body.identity;
    const { principalId } = (await put({ type: 'SystemAssigned' })) as { principalId: string };
    expect(principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await put(undefined)).toMatchObject({ type: 'SystemAssigned', principalId });
    expect(await put({ type: 'None' })).toEqual({ type: 'None' });
  });

  it('accepts the region by name and by display name', async () => {
    const before = await get();
    expect(before).toMatchObject({
      location: 'westus',
      properties: { locations: [{ location: 'West US' }] },
    });
    expect((await ask('PUT', hubPath(), { body: { ...before, location: 'West US' } })).status).toBe(200);
    expect(await ask('PUT', hubPath(), { body: { ...before, location: 'East US' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'InvalidResourceLocation' } },
    });
  });
});

describe('A PUT of an existing resource group', () => {
  it('keeps who manages it', async () => {
    const path = groupPathOf(hub.endpoints, made.group);
    const put = async (body: object) =>
      (await ask('PUT', path, { body: { location: 'westus', ...body } })).body;
    expect(await put({ managedBy: '/subscriptions/x' })).toMatchObject({ managedBy: '/subscriptions/x' });
    expect(await put({ tags: { a: 'b' } })).toMatchObject({
      managedBy: '/subscriptions/x',
      tags: { a: 'b' },
    });
  });
});

describe('A long-running operation on a hub', () => {
  it('is polled below its region', async () => {
    const body = { location: 'northeurope', sku: { name: 'S1', capacity: 1 }, properties: {} };
    const started = await ask('PUT', hubPath('polled'), { body });
    expect(started.status).toBe(201);
    const { hostname, pathname, search } = new URL(String(started.headers['azure-asyncoperation']));
    expect(hostname).toBe('localhost');
    expect(pathname).toMatch(
      /^\/subscriptions\/[0-9-]+\/providers\/Microsoft\.Devices\/locations\/northeurope\/operationResults\/[\w-]+$/,
    );
    const id = pathname.split('/').at(-1) ?? '';
    const poll = async (path: string) => ask('GET', path);
    await expect.poll(async () => (await poll(`${pathname}${search}`)).body.status).toBe('Succeeded');
    // Without the flag for the state, the result; also below the hub, as before.
    for (const path of [pathname, `${hubPath('polled')}/operationResults/${id}`]) {
      expect(await poll(path)).toMatchObject({
        status: 200,
        body: { name: 'polled', location: 'northeurope' },
      });
    }
  });
});

describe('Lists of resources', () => {
  it('are filtered by resource group', async () => {
    const list = async (filter: string) => {
      const path = `/subscriptions/${hub.endpoints.subscriptionId}/resources?$filter=${encodeURIComponent(filter)}`;
      const { value } = (await ask('GET', path)).body as unknown as { value: { name: string }[] };
      return value.map(({ name }) => name);
    };
    expect(await list("resourceGroup eq 'UPDATES'")).toContain('updated');
    expect(await list("resourceGroup eq 'local'")).toEqual(['local-hub']);
  });
});

describe('Routes', () => {
  it('are tested with a message', async () => {
    const path = `${hubPath('local-hub').replace(made.group, 'local')}`;
    const route = (name: string, condition: string) => ({
      name,
      source: 'DeviceMessages',
      condition,
      endpointNames: ['events'],
      isEnabled: true,
    });
    const routes = [route('hot', '$body.t > 30'), route('all', 'true')];
    expect((await ask('PUT', path, { body: { properties: { routing: { routes } } } })).status).toBe(200);
    const message = (t: number) => ({
      body: JSON.stringify({ t }),
      systemProperties: { contentType: 'application/json', contentEncoding: 'utf-8' },
      appProperties: { level: 'high' },
    });
    const matching = async (t: number, routingSource = 'DeviceMessages') => {
      const body = { routingSource, message: message(t) };
      const answer = await ask('POST', `${path}/routing/routes/$testall`, { body });
      return (answer.body.routes as { properties: { name: string } }[]).map(
        ({ properties }) => properties.name,
      );
    };
    expect(await matching(31)).toEqual(['hot', 'all']);
    expect(await matching(29)).toEqual(['all']);
    expect(await matching(31, 'TwinChangeEvents')).toEqual([]);
    const testNew = async (condition: string) =>
      (
        await ask('POST', `${path}/routing/routes/$testnew`, {
          body: { message: message(1), route: route('new', condition) },
        })
      ).body;
    expect(await testNew("level = 'high'")).toMatchObject({ result: 'true' });
    expect(await testNew("level = 'low'")).toMatchObject({ result: 'false' });
    expect(await testNew('level >')).toMatchObject({
      result: 'undefined',
      details: { compilationErrors: [{ severity: 'error', message: expect.any(String) as string }] },
    });
  });
});
