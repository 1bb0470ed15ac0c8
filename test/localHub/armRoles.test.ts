import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  armClients,
  createHub,
  deviceOf,
  groupPathOf,
  hubPathOf,
  partitionsOf,
  readBodies,
  rest,
  tokenOf,
  version,
  type MadeHub,
} from './support/arm';
import { sasToken, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let made: MadeHub;
let other: MadeHub;

const roles = {
  reader: 'b447c946-2db7-41ec-983d-d8bf3b1c77e3',
  registry: '4ea46cd5-c1b2-4a8e-910b-273211f9ce47',
  twin: '494bdba2-168f-4f31-a0a1-191d2f7c028c',
  contributor: '4fc6c259-987e-4a07-842e-c321cc9d413f',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
};

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 50, armTokenSeconds: 3_600 });
  [made, other] = (await Promise.all(
    ['roles-a', 'roles-b'].map((name) => createHub(hub.endpoints, name, { group: 'roles' })),
  )) as [MadeHub, MadeHub];
});
afterAll(() => hub.close());

const service = (
  method: string,
  path: string,
  { to = made, body, token = tokenOf(hub.endpoints) }: { to?: MadeHub; body?: object; token?: string } = {},
) =>
  rest(hub.endpoints, `${path}?api-version=2021-04-12`, {
    method,
    port: to.port,
    headers: { Authorization: `Bearer ${token}` },
    ...(body ? { body } : {}),
  });
const assignmentPath = (scope: string, name: string) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?${version}`;
const assign = (
  scope: string,
  role: string,
  { name = String(randomUUID()), principalId = hub.endpoints.principalId } = {},
) =>
  rest(hub.endpoints, assignmentPath(scope, name), {
    method: 'PUT',
    body: {
      properties: {
        roleDefinitionId: `/subscriptions/${hub.endpoints.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId,
        principalType: 'User',
      },
    },
  });
const withdraw = (id: unknown) => rest(hub.endpoints, `${String(id)}?${version}`, { method: 'DELETE' });
const scopeOfHub = (of = made) => hubPathOf(hub.endpoints, of.group, of.name);

/** Operations that the token's owner may perform, by status code. */
async function rights(to = made): Promise<Readonly<Record<string, boolean>>> {
  const calls: Readonly<Record<string, readonly [string, string, object?]>> = {
    read: ['GET', '/devices'],
    write: ['PUT', '/devices/by-entra', { deviceId: 'by-entra' }],
    bulk: ['POST', '/devices', []],
    delete: ['DELETE', '/devices/by-entra'],
    query: ['POST', '/devices/query', { query: 'SELECT * FROM devices' }],
    statistics: ['GET', '/statistics/service'],
  };
  const found: Record<string, boolean> = {};
  for (const [name, [method, path, body]] of Object.entries(calls)) {
    const { status } = await service(method, path, { to, ...(body ? { body } : {}) });
    found[name] = status !== 401;
  }
  return found;
}

describe('A Microsoft Entra ID token at the service API', () => {
  it('is refused without a role, with the missing permission', async () => {
    const { status, body } = await service('GET', '/devices');
    expect(status).toBe(401);
    expect(body.Message).toBe(
      'ErrorCode:IotHubUnauthorized;Principal local-user@localhost is not authorized for GET on /devices due to no assigned permissions (Microsoft.Devices/IotHubs/devices/read)',
    );
    // The Owner role does not include data-plane access.
    const { body: assignment } = await assign(`/subscriptions/${hub.endpoints.subscriptionId}`, roles.owner);
    expect((await service('GET', '/devices')).status).toBe(401);
    await withdraw(assignment.id);
  });

  it.each([
    ['reader', { read: true, write: false, bulk: false, delete: false, query: true, statistics: true }],
    ['registry', { read: true, write: true, bulk: true, delete: true, query: false, statistics: false }],
    ['twin', { read: false, write: false, bulk: false, delete: false, query: true, statistics: false }],
    ['contributor', { read: true, write: true, bulk: true, delete: true, query: true, statistics: true }],
  ] as const)('allows the operations of its role: %s', async (role, expected) => {
    const { status, body } = await assign(scopeOfHub(), roles[role]);
    expect(status).toBe(201);
    expect(await rights()).toEqual(expected);
    expect(Object.values(await rights(other)).some(Boolean)).toBe(false);
    expect((await withdraw(body.id)).status).toBe(200);
    expect((await service('GET', '/devices')).status).toBe(401);
  });

  it('includes roles assigned at the group and the subscription', async () => {
    for (const scope of [
      groupPathOf(hub.endpoints, 'ROLES'),
      `/subscriptions/${hub.endpoints.subscriptionId}`,
    ]) {
      const { body } = await assign(scope, roles.reader);
      expect([(await rights()).read, (await rights(other)).read]).toEqual([true, true]);
      await withdraw(body.id);
    }
    // Ignored: roles at a group whose name only has this prefix, and roles of other principals.
    await armClients(hub.endpoints).resources.resourceGroups.createOrUpdate('rol', { location: 'local' });
    await assign(groupPathOf(hub.endpoints, 'rol'), roles.reader);
    await assign(scopeOfHub(), roles.reader, { principalId: randomUUID() });
    expect((await rights()).read).toBe(false);
  });

  it('is refused if it is expired or from another issuer', async () => {
    await assign(scopeOfHub(other), roles.contributor);
    expect((await service('GET', '/devices', { to: other })).status).toBe(200);
    const messageOf = async (token: string) =>
      (await service('GET', '/devices', { to: other, token })).body.Message;
    const [head = '', claims = '', last = ''] = tokenOf(hub.endpoints).split('.');
    const old = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), exp: 1_000 };
    expect(
      await messageOf(`${head}.${Buffer.from(JSON.stringify(old)).toString('base64url')}.${last}`),
    ).toMatch(/access token has expired/);
    for (const token of ['x', 'a.b.c', `${head}.${claims}.AAAA`])
      expect(await messageOf(token)).toMatch(/IotHubUnauthorized;.*not valid/);
  });
});

describe('Role assignments in ARM', () => {
  it('require a GUID and a known role, are unique and listed, and are deleted with their hub', async () => {
    const third = await createHub(hub.endpoints, 'roles-c', { group: 'roles' });
    const scope = scopeOfHub(third);
    const name = randomUUID();
    expect(await assign(scope, roles.reader, { name })).toMatchObject({
      status: 201,
      body: { name, properties: { scope } },
    });
    expect((await assign(scope, roles.reader, { name })).status).toBe(200);
    const wrong = [
      [await assign(scope, roles.reader), 409, 'RoleAssignmentExists'],
      [await assign(scope, roles.twin, { name }), 409, 'RoleAssignmentUpdateNotPermitted'],
      [await assign(scope, randomUUID()), 400, 'RoleDefinitionDoesNotExist'],
      [await assign(scope, roles.twin, { name: 'mine' }), 400, 'InvalidRoleAssignmentId'],
      [await assign(scope, roles.twin, { principalId: 'me' }), 400, 'InvalidPrincipalId'],
      [await assign(`${scope}x`, roles.twin), 404, 'ResourceNotFound'],
      [await rest(hub.endpoints, assignmentPath(scope, randomUUID())), 404, 'RoleAssignmentNotFound'],
    ] as const;
    for (const [{ status, body }, wanted, code] of wrong)
      expect([status, body.error]).toMatchObject([wanted, { code }]);
    const list = async (where: string, filter = '') =>
      (
        (
          await rest(
            hub.endpoints,
            `${where}/providers/Microsoft.Authorization/roleAssignments?${version}${filter}`,
          )
        ).body.value as { name: string }[]
      ).map((one) => one.name);
    expect(await list(scope)).toEqual([name]);
    expect(await list(scope, `&$filter=${encodeURIComponent(`principalId eq '${randomUUID()}'`)}`)).toEqual(
      [],
    );
    const { body } = await rest(
      hub.endpoints,
      `${scope}/providers/Microsoft.Authorization/roleDefinitions?${version}&$filter=${encodeURIComponent("roleName eq 'IoT Hub Data Reader'")}`,
    );
    expect(body.value).toMatchObject([
      { name: roles.reader, properties: { roleName: 'IoT Hub Data Reader' } },
    ]);
    await armClients(hub.endpoints).hubs.iotHubResource.beginDeleteAndWait('roles', 'roles-c');
    expect(await list(`/subscriptions/${hub.endpoints.subscriptionId}`)).not.toContain(name);
  });
});

describe('Access rules of a hub', () => {
  const connect = ({ key }: { key: string }, deviceId: string, policyName?: string) =>
    mqtt.connectAsync(`mqtts://localhost:${made.port}`, {
      ca: hub.ca,
      protocolVersion: 4,
      clientId: deviceId,
      username: `${made.hostName}/${deviceId}/?api-version=2021-04-12`,
      password: sasToken({
        resource: `${made.hostName}/devices/${deviceId}`,
        key,
        ...(policyName === undefined ? {} : { policyName }),
      }),
      reconnectPeriod: 0,
    });
  const change = async (properties: object) => {
    const { iotHubResource } = armClients(hub.endpoints).hubs;
    const now = await iotHubResource.get(made.group, made.name);
    return iotHubResource.beginCreateOrUpdateAndWait(made.group, made.name, {
      ...now,
      properties: { ...now.properties, ...properties },
    });
  };

  it('refuse policy keys but accept Microsoft Entra ID tokens if local authentication is disabled', async () => {
    const device = await deviceOf(made, 'd1');
    const session = await connect(device, 'd1');
    await session.publishAsync('devices/d1/messages/events/', '1', { qos: 1 });
    expect(await change({ disableLocalAuth: true })).toMatchObject({
      properties: { disableLocalAuth: true },
    });
    const [failed] = await Promise.allSettled([made.registry().list()]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { name: 'UnauthorizedError' } });
    await expect(partitionsOf(hub.endpoints, made)).rejects.toThrow();
    expect(hub.logLines.join('\n')).toMatch(/Local authentication is disabled for this hub/);
    // Devices use their own keys, which do not depend on roles.
    await session.publishAsync('devices/d1/messages/events/', '2', { qos: 1 });
    const { body } = await assign(scopeOfHub(), roles.reader);
    expect((await service('GET', '/devices')).status).toBe(200);
    await withdraw(body.id);

    await change({ disableDeviceSAS: true });
    await expect.poll(() => session.connected).toBe(false);
    await expect(connect(device, 'd1')).rejects.toMatchObject({ code: 5 });
    expect(hub.logLines.join('\n')).toMatch(/Device keys are disabled for this hub/);
    await change({ disableLocalAuth: false, disableDeviceSAS: false });
    expect((await readBodies(hub.endpoints, made, 2)).sort()).toEqual([1, 2]);
  });

  it('close device connections authenticated by a policy token, and no others, if local authentication is disabled', async () => {
    const own = await connect(await deviceOf(made, 'own'), 'own');
    await deviceOf(made, 'lent');
    const policy = { key: made.keyOf('device') };
    const lent = await connect(policy, 'lent', 'device');
    await change({ disableDeviceSAS: true });
    await expect.poll(() => own.connected).toBe(false);
    await lent.publishAsync('devices/lent/messages/events/', '3', { qos: 1 });
    await change({ disableLocalAuth: true });
    await expect.poll(() => lent.connected).toBe(false);
    expect(hub.logLines.join('\n')).toMatch(/device lent.*shared access policies were disabled/);
    await expect(connect(policy, 'lent', 'device')).rejects.toMatchObject({ code: 5 });
    await change({ disableLocalAuth: false, disableDeviceSAS: false });
  });

  it('refuse every connection if public network access is disabled', async () => {
    const device = await deviceOf(made, 'd2');
    const session = await connect(device, 'd2');
    await change({ publicNetworkAccess: 'Disabled' });
    await expect.poll(() => session.connected).toBe(false);
    await expect(connect(device, 'd2')).rejects.toMatchObject({ code: 5 });
    const answer = await service('GET', '/devices');
    expect(answer).toMatchObject({
      status: 401,
      body: { Message: expect.stringMatching(/IotHubUnauthorizedAccess;Unauthorized/) as string },
    });
    await expect(partitionsOf(hub.endpoints, made)).rejects.toThrow();
    await change({ publicNetworkAccess: 'Enabled' });
    expect((await made.registry().list()).responseBody.length).toBeGreaterThan(0);
  });
});
