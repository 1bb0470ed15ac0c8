import https from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, groupPathOf, hubPathOf, tokenOf, version } from './support/arm';
import { makeCertificate } from '../support/x509';
import { mutations } from './support/jsonMutations';
import { createDevice, sasToken, startTestHub, type TestHub } from './support/hub';

type Json = Readonly<Record<string, unknown>>;

describe('Malformed JSON bodies', () => {
  let hub: TestHub;
  const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
  const routes: Record<string, { method: string; path: string; body: Json | readonly Json[] }> = {};

  beforeAll(async () => {
    hub = await startTestHub({ armPhaseMs: 1 });
    const { endpoints } = hub;
    await createHub(endpoints, 'malformed', { group: 'bodies' });
    await createDevice(endpoints, 'known');
    const { pem } = await makeCertificate({ commonName: 'Plant CA' });
    const group = groupPathOf(endpoints, 'bodies');
    const path = hubPathOf(endpoints, 'bodies', 'malformed');
    const devices = `/subscriptions/${endpoints.subscriptionId}/providers/Microsoft.Devices`;
    const role = '00000000-0000-4000-8000-000000000001';
    const key = 'AAAAAAAAAAAAAAAAAAAAAA==';
    const device = {
      deviceId: 'known',
      status: 'enabled',
      statusReason: 'text',
      authentication: {
        type: 'sas',
        symmetricKey: { primaryKey: key, secondaryKey: key },
        x509Thumbprint: { primaryThumbprint: 'a'.repeat(40), secondaryThumbprint: 'b'.repeat(40) },
      },
      capabilities: { iotEdge: false },
    };
    const route = {
      name: 'r',
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: ['events'],
      isEnabled: true,
    };
    const message = {
      body: '{}',
      appProperties: { a: 'b' },
      systemProperties: { contentType: 'application/json', connectionDeviceId: 'x' },
    };
    Object.assign(routes, {
      'a device': { method: 'PUT', path: '/devices/known', body: device },
      'devices in bulk': {
        method: 'POST',
        path: '/devices',
        body: [{ ...device, importMode: 'update', eTag: '*' }],
      },
      'a query': { method: 'POST', path: '/devices/query', body: { query: 'SELECT * FROM devices' } },
      'a resource group': {
        method: 'PUT',
        path: group,
        body: { location: 'local', managedBy: 'x', tags: { a: 'b' } },
      },
      'tags of a group': { method: 'PATCH', path: group, body: { tags: { a: 'b' } } },
      'tags of a hub': { method: 'PATCH', path, body: { tags: { a: 'b' } } },
      // Refused after it was read, so that nothing is stored.
      'a hub': {
        method: 'PUT',
        path,
        body: {
          location: 'local',
          tags: { a: 'b' },
          sku: { name: 'S1', capacity: 1 },
          identity: { type: 'UserAssigned', userAssignedIdentities: { '/x': {} } },
          properties: {
            eventHubEndpoints: { events: { partitionCount: 3, retentionTimeInDays: 1 } },
            disableLocalAuth: false,
            publicNetworkAccess: 'Enabled',
          },
        },
      },
      'policies and routes of a hub': {
        method: 'PUT',
        path,
        body: {
          location: 'local',
          properties: {
            authorizationPolicies: [
              { keyName: 'p', primaryKey: key, secondaryKey: key, rights: 'RegistryRead' },
            ],
            routing: {
              endpoints: { eventHubs: [{ name: 'other' }] },
              routes: [route],
              fallbackRoute: { isEnabled: true },
            },
          },
        },
      },
      'a name check': {
        method: 'POST',
        path: `${devices}/checkNameAvailability`,
        body: { name: 'free-name' },
      },
      'a CA certificate': {
        method: 'PUT',
        path: `${path}/certificates/ca`,
        body: { properties: { certificate: pem, isVerified: true } },
      },
      'a proof of possession': {
        method: 'POST',
        path: `${path}/certificates/ca/verify`,
        body: { certificate: pem },
      },
      'a role assignment': {
        method: 'PUT',
        path: `${path}/providers/Microsoft.Authorization/roleAssignments/${role}`,
        body: { properties: { principalId: role, roleDefinitionId: role, principalType: 'User' } },
      },
      'a test of all routes': {
        method: 'POST',
        path: `${path}/routing/routes/$testall`,
        body: { routingSource: 'DeviceMessages', message },
      },
      'a test of a route': {
        method: 'POST',
        path: `${path}/routing/routes/$testnew`,
        body: { route, message },
      },
    });
  });
  afterAll(async () => {
    agent.destroy();
    await hub.close();
  });

  async function send(
    method: string,
    path: string,
    text: string,
    by = agent,
  ): Promise<{ status: number; text: string }> {
    const { endpoints } = hub;
    const isArm = path.startsWith('/subscriptions');
    const authorization = isArm ? `Bearer ${tokenOf(endpoints)}` : ownerToken();
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          ...{
            host: 'localhost',
            port: endpoints.httpsPort,
            ca: hub.ca,
            agent: by,
            method,
            path: `${path}?${version}`,
          },
          headers: { authorization, 'content-type': 'application/json', 'if-match': '*' },
        },
        (response) => {
          let received = '';
          response.on('data', (chunk: Buffer) => (received += chunk.toString()));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text: received });
          });
        },
      );
      request.on('error', reject);
      request.end(text);
    });
  }
  const ownerToken = (): string =>
    sasToken({ resource: 'localhost', key: ownerKey(), policyName: 'iothubowner' });
  const ownerKey = (): string =>
    /SharedAccessKey=(.*)$/.exec(hub.endpoints.serviceConnectionString)?.[1] ?? '';

  /** The error in the form of the service, of ARM or of its resource provider. */
  function errorText(text: string): unknown {
    const { Message, error, message, errors } = JSON.parse(text) as {
      Message?: string;
      error?: { code?: string; message?: string };
      message?: string;
      errors?: unknown;
    };
    return Message ?? error?.message ?? message ?? errors;
  }

  it.each([
    'a device',
    'devices in bulk',
    'a query',
    'a resource group',
    'tags of a group',
    'tags of a hub',
    'a name check',
    'a CA certificate',
    'a proof of possession',
    'a role assignment',
    'a test of all routes',
    'a test of a route',
    'a hub',
    'policies and routes of a hub',
  ])('of %s are refused with 400 or accepted', async (name) => {
    const { method, path, body } = routes[name] ?? { method: '', path: '', body: {} };
    const unexpected: string[] = [];
    for (const text of mutations(body)) {
      const answer = await send(method, path, text);
      const isExpected =
        answer.status < 300 ||
        ([400, 404, 409, 412].includes(answer.status) && Boolean(errorText(answer.text)));
      if (!isExpected) unexpected.push(`${text.slice(0, 300)}: ${answer.status} ${answer.text}`);
    }
    expect(unexpected).toEqual([]);
    expect(hub.logLines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await send(method, path, JSON.stringify(body))).status).toBeLessThan(500);
  });

  it.each([
    ['a device', { deviceId: 'known', authentication: [] }],
    ['a device', { deviceId: 'known', authentication: { symmetricKey: { primaryKey: 5 } } }],
    ['a device', { deviceId: 'known', capabilities: { iotEdge: 'yes' } }],
    ['a device', { deviceId: 'known', statusReason: {} }],
    ['a device', { deviceId: 'known', statusReason: 'r'.repeat(129) }],
    ['a resource group', []],
    ['a resource group', { location: 'local', tags: ['a'] }],
    ['a resource group', { location: 'local', tags: { a: { toString: 1 } } }],
    ['a name check', null],
    ['a name check', { name: 5 }],
    ['tags of a hub', 'text'],
    ['tags of a hub', { tags: 5 }],
    ['a hub', { location: 'local', sku: 'S1' }],
    ['a hub', { location: 'local', properties: [] }],
    ['a hub', { location: 'local', properties: { cloudToDevice: { maxDeliveryCount: 'x' } } }],
    ['a hub', { location: 'local', sku: { name: 'S1', capacity: { toString: 1 } } }],
    ['a hub', { location: 'local', properties: { routing: { routes: {} } } }],
    ['a hub', { location: 'local', properties: { routing: { routes: [{ name: 'r', endpointNames: 5 }] } } }],
    ['a hub', { location: 'local', properties: { routing: { endpoints: { eventHubs: [5] } } } }],
    ['a hub', { location: 'local', properties: { routing: { fallbackRoute: { isEnabled: 1 } } } }],
    ['a hub', { location: 'local', properties: { authorizationPolicies: {} } }],
    ['a hub', { location: 'local', properties: { authorizationPolicies: [5] } }],
    ['a hub', { location: 'local', identity: 'None' }],
    ['a CA certificate', { properties: { certificate: ['x'] } }],
    ['a role assignment', { properties: 5 }],
    ['a test of all routes', { message: { systemProperties: { a: {} } } }],
    ['a query', { query: 'SELECT * FROM devices WHERE deviceId constructor 1' }],
  ])('of %s are refused: %j', async (name, body) => {
    const { method, path } = routes[name] ?? { method: '', path: '' };
    const answer = await send(method, path, JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(errorText(answer.text)).toBeTruthy();
  });

  it.each([
    ['parentheses', '('.repeat(200_000)],
    ['negations', `${'NOT '.repeat(50_000)}a = 1`],
    ['characters', `a = '${' '.repeat(1_000_000)}'`],
  ])('of a query with too many %s are refused', async (_, condition) => {
    const query = `SELECT * FROM devices WHERE ${condition}`;
    const answer = await send('POST', '/devices/query', JSON.stringify({ query }));
    expect(answer.status).toBe(400);
    expect(errorText(answer.text)).toContain('The query has more than');
  });

  it('of a query with many terms are evaluated', async () => {
    const condition = Array.from({ length: 400 }, (_, i) => `deviceId='${i}'`).join(' OR ');
    const query = `SELECT * FROM devices WHERE ${condition} OR deviceId = 'known'`;
    const answer = await send('POST', '/devices/query', JSON.stringify({ query }));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toHaveLength(1);
  });

  it.each([
    ['PUT', '/devices/known'],
    ['POST', '/devices/known/messages/events'],
    ['PUT', '/subscriptions'],
  ])('over the limit are refused with 413, and the connection is used again: %s %s', async (method, path) => {
    const alone = new https.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await send(method, path, 'x'.repeat(2_500_000), alone)).status).toBe(413);
    const answer = await send('POST', '/devices/query', '{"query":"SELECT * FROM devices"}', alone);
    expect(answer.status).toBe(200);
    alone.destroy();
  });

  it('that a client does not finish are not logged as errors of the hub', async () => {
    const group = groupPathOf(hub.endpoints, 'bodies');
    for (const [method, path] of [
      ['PUT', '/devices/known'],
      ['POST', '/devices/known/messages/events'],
      ['PUT', group],
    ] as const) {
      const request = https.request({
        ...{
          host: 'localhost',
          port: hub.endpoints.httpsPort,
          ca: hub.ca,
          method,
          path: `${path}?${version}`,
        },
        headers: { 'content-length': 100, authorization: ownerToken() },
      });
      const closed = new Promise((resolve) => request.on('error', resolve).on('close', resolve));
      request.write('{', () => request.destroy());
      await closed;
    }
    const answer = await send('POST', '/devices/query', '{"query":"SELECT * FROM devices"}');
    expect(answer.status).toBe(200);
    expect(hub.logLines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
