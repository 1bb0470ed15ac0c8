import fs from 'node:fs';
import path from 'node:path';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allOf,
  armClients,
  createHub,
  deviceOf,
  groupPathOf,
  hubOf,
  hubPathOf,
  readBodies,
  rest,
  version,
  type ArmClients,
} from './support/arm';
import { startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let arm: ArmClients;

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 300 });
  arm = armClients(hub.endpoints);
});
afterAll(() => hub.close());

const f1 = { location: 'eastlocal', sku: { name: 'F1', capacity: 1 }, properties: {} } as const;
const put = (group: string, name: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  rest(hub.endpoints, `${hubPathOf(hub.endpoints, group, name)}?${version}`, {
    method: 'PUT',
    body,
    headers: { Authorization: `Bearer ${fs.readFileSync(hub.endpoints.armTokenFile, 'utf8')}`, ...headers },
  });
const s1 = (name: string, more: object = {}) => ({ location: 'local', sku: { name, capacity: 1 }, ...more });

async function publish(connectionString: string, body: object): Promise<void> {
  const client = Client.fromConnectionString(connectionString, Mqtt);
  await client.setOptions({ ca: hub.ca });
  await client.open();
  await client.sendEvent(new Message(JSON.stringify(body)));
  await client.close();
}

describe('A free hub managed with the Azure SDKs', () => {
  it('is created in a resource group and deleted with it', async () => {
    const { hubs, resources } = arm;
    const group = await resources.resourceGroups.createOrUpdate('trial', {
      location: 'eastlocal',
      tags: { by: 'me' },
    });
    expect(group).toMatchObject({
      name: 'trial',
      location: 'eastlocal',
      properties: { provisioningState: 'Succeeded' },
    });
    expect(await hubs.iotHubResource.checkNameAvailability({ name: 'trial-hub' })).toMatchObject({
      nameAvailable: true,
    });

    const states = new Set<string | undefined>();
    const poller = await hubs.iotHubResource.beginCreateOrUpdate('trial', 'trial-hub', {
      ...f1,
      tags: { a: '1' },
    });
    while (!poller.isDone()) {
      states.add((await hubs.iotHubResource.get('trial', 'trial-hub')).properties?.provisioningState);
      await poller.poll();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(states).toContain('Activating');
    expect(poller.getResult()).toMatchObject({
      name: 'trial-hub',
      location: 'eastlocal',
      tags: { a: '1' },
      sku: { name: 'F1', tier: 'Free', capacity: 1 },
      properties: {
        provisioningState: 'Succeeded',
        state: 'Active',
        hostName: expect.stringMatching(/^localhost:\d+$/) as string,
        eventHubEndpoints: {
          events: { partitionCount: 2, retentionTimeInDays: 1, partitionIds: ['0', '1'] },
        },
        publicNetworkAccess: 'Enabled',
        disableLocalAuth: false,
      },
    });
    expect(await hubs.iotHubResource.checkNameAvailability({ name: 'TRIAL-hub' })).toMatchObject({
      nameAvailable: false,
      reason: 'AlreadyExists',
    });
    const inside = await allOf(resources.resources.listByResourceGroup('trial'));
    expect(inside.map(({ name, type }) => [name, type])).toEqual([
      ['trial-hub', 'Microsoft.Devices/IotHubs'],
    ]);

    const made = await createHub(hub.endpoints, 'trial-two', { group: 'trial', location: 'eastlocal' });
    const device = await deviceOf(made, 'd1');
    await publish(device.text, { n: 1 });
    expect(await readBodies(hub.endpoints, made, 1)).toEqual([{ n: 1 }]);

    await resources.resourceGroups.beginDeleteAndWait('trial', { updateIntervalInMs: 100 });
    expect(await resources.resourceGroups.checkExistence('trial')).toMatchObject({ body: false });
    await expect(hubs.iotHubResource.get('trial', 'trial-hub')).rejects.toMatchObject({ statusCode: 404 });
    await expect(publish(device.text, { n: 2 })).rejects.toThrow();
    const left = path.join(hub.dataFolder, 'hubs');
    expect(fs.existsSync(left) ? fs.readdirSync(left) : []).toEqual([]);
  });
});

describe('Two hubs', () => {
  it('can have devices with the same ID without sharing messages or keys', async () => {
    const [first, second] = await Promise.all(
      ['twin-a', 'twin-b'].map((name) => createHub(hub.endpoints, name, { group: 'twins' })),
    );
    if (!first || !second) throw new Error('expected two hubs');
    const [a, b] = await Promise.all([deviceOf(first, 'same'), deviceOf(second, 'same')]);
    await Promise.all([publish(a.text, { of: 'a' }), publish(b.text, { of: 'b' })]);
    await publish(b.text, { of: 'b' });
    expect(await readBodies(hub.endpoints, first, 1)).toEqual([{ of: 'a' }]);
    expect(await readBodies(hub.endpoints, second, 2)).toEqual([{ of: 'b' }, { of: 'b' }]);
    await expect(publish(a.text.replace(first.hostName, second.hostName), {})).rejects.toThrow();

    const { iotHubResource, certificates } = arm.hubs;
    await iotHubResource.createEventHubConsumerGroup('twins', 'twin-a', 'events', 'own', {
      properties: { name: 'own' },
    });
    const groupsOf = async (name: string) =>
      (await allOf(iotHubResource.listEventHubConsumerGroups('twins', name, 'events'))).map(
        (one) => one.name,
      );
    expect([await groupsOf('twin-a'), await groupsOf('twin-b')]).toEqual([['$Default', 'own'], ['$Default']]);
    expect((await certificates.listByIotHub('twins', 'twin-b')).value).toEqual([]);
    expect(await iotHubResource.getStats('twins', 'twin-a')).toMatchObject({ totalDeviceCount: 1 });

    await iotHubResource.beginDeleteAndWait('twins', 'twin-a', { updateIntervalInMs: 100 });
    await expect(publish(a.text, {})).rejects.toThrow();
    await publish(b.text, { of: 'b' });
    await iotHubResource.beginDeleteAndWait('twins', 'twin-b', { updateIntervalInMs: 100 });
  });
});

describe('A hub that cannot be created', () => {
  it.each([
    ['ab', 'Invalid'],
    ['a'.repeat(51), 'Invalid'],
    ['under_score', 'Invalid'],
    ['ends-', 'Invalid'],
    ['-begins', 'Invalid'],
    ['local-hub', 'AlreadyExists'],
  ])('is refused because its name is not available: %s', async (name, reason) => {
    const answer = await arm.hubs.iotHubResource.checkNameAvailability({ name });
    expect(answer).toMatchObject({ nameAvailable: false, reason, message: expect.any(String) as string });
  });

  it.each([
    [
      'PartitionCount',
      s1('S1', { properties: { eventHubEndpoints: { events: { partitionCount: 33 } } } }),
      /400016|PartitionCount 33 - value must be between 2 and 32/,
    ],
    [
      'four partitions on F1',
      s1('F1', { properties: { eventHubEndpoints: { events: { partitionCount: 4 } } } }),
      /PartitionCount 4 - value must be between 2 and 2/,
    ],
    [
      'units',
      { location: 'local', sku: { name: 'B3', capacity: 11 } },
      /Units 11 - value must be between 1 and 10/,
    ],
    [
      'retention',
      s1('S1', { properties: { eventHubEndpoints: { events: { retentionTimeInDays: 8 } } } }),
      /RetentionTimeInDays 8 - value must be between 1 and 7/,
    ],
    ['tier', s1('S9'), /Invalid Sku 'S9'/],
    ['no tier', { location: 'local' }, /sku property is required/],
    ['flag', s1('S1', { properties: { disableLocalAuth: 'yes' } }), /disableLocalAuth/],
  ])('is refused by the resource provider with a numeric code: %s', async (_, body, message) => {
    const { status, body: answer } = await put('local', 'never', body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ httpStatusCode: 'BadRequest', code: expect.any(Number) as number });
    expect(answer.message).toMatch(message);
    expect(answer.message).toMatch(/errorcode: IH\d{6}\.$/);
  });

  it('is refused by the platform in an unknown location and without a location', async () => {
    const wrong = [
      [
        await put('local', 'never', { ...s1('S1'), location: 'nohubslocal' }),
        'LocationNotAvailableForResourceType',
      ],
      [
        await put('local', 'never', { ...s1('S1'), location: 'atlantis' }),
        'LocationNotAvailableForResourceType',
      ],
      [await put('local', 'never', { sku: { name: 'S1', capacity: 1 } }), 'LocationRequired'],
      [await put('nowhere', 'never', s1('S1')), 'ResourceGroupNotFound'],
    ] as const;
    expect(wrong.map(([{ body }]) => (body.error as { code: string }).code)).toEqual(
      wrong.map(([, code]) => code),
    );
    const broken = await put('local', 'never', '{');
    expect(broken).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequestContent' } } });
  });

  it('is refused if the subscription already has a free hub', async () => {
    await createHub(hub.endpoints, 'free-one', { sku: 'F1' });
    const failure = await arm.hubs.iotHubResource
      .beginCreateOrUpdateAndWait('made', 'free-two', f1)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      statusCode: 400,
      code: 400019,
      message: expect.stringMatching(
        /^Max number of Iot Hubs exceeded for sku = Free, Max Allowed = 1, Current = 2 in the subscription Id: 0{8}-.* errorcode: IH400019\.$/,
      ) as string,
    });
    // 500 devices, and 8,000 messages of half a kilobyte.
    const metrics = await allOf(arm.hubs.iotHubResource.listQuotaMetrics('made', 'free-one'));
    expect(metrics).toMatchObject([
      { name: 'TotalMessages', currentValue: 0, maxValue: 8_000 },
      { name: 'TotalDeviceCount', maxValue: 500 },
    ]);
    const free = await hubOf(hub.endpoints, 'made', 'free-one');
    const registry = free.registry();
    for (let hundred = 0; hundred < 5; hundred++) {
      await registry.addDevices(
        Array.from({ length: 100 }, (_, n) => ({ deviceId: `d${hundred * 100 + n}` })),
      );
    }
    await expect(registry.create({ deviceId: 'one-too-many' })).rejects.toMatchObject({
      name: 'TooManyDevicesError',
    });
    const { responseBody } = await registry.get('d0');
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    await publish(`HostName=${free.hostName};DeviceId=d0;SharedAccessKey=${key}`, { x: 'x'.repeat(1_100) });
    const [used] = await allOf(arm.hubs.iotHubResource.listQuotaMetrics('made', 'free-one'));
    expect(used?.currentValue).toBe(3);
    const skus = await allOf(arm.hubs.iotHubResource.listValidSkus('made', 'free-one'));
    expect(skus.map(({ sku }) => sku.name)).toEqual(['F1']);
    await arm.hubs.iotHubResource.beginDeleteAndWait('made', 'free-one');
  });

  it('fails to activate in a region at capacity and can be deleted', async () => {
    const full = { location: 'nocapacitylocal', sku: { name: 'S1', capacity: 1 } } as const;
    await expect(
      arm.hubs.iotHubResource.beginCreateOrUpdateAndWait('local', 'crowded', full, {
        updateIntervalInMs: 100,
      }),
    ).rejects.toThrow(/IotHubActivationFailed.*'No Capacity Local' is at capacity/);
    expect((await arm.hubs.iotHubResource.get('local', 'crowded')).properties?.provisioningState).toBe(
      'Failed',
    );
    await arm.hubs.iotHubResource.beginDeleteAndWait('local', 'crowded');
    expect((await put('local', 'x', undefined)).status).toBe(400);
  });
});

describe('A change of a hub', () => {
  it('applies to tags, units and policies unless the ETag is stale', async () => {
    const { iotHubResource } = arm.hubs;
    const made = await createHub(hub.endpoints, 'change-me', { group: 'changes' });
    const tagged = await iotHubResource.beginUpdateAndWait('changes', 'change-me', { tags: { x: 'y' } });
    expect(tagged).toMatchObject({ tags: { x: 'y' } });
    expect(tagged.etag).not.toBe(made.description.etag);
    await expect(
      iotHubResource.beginCreateOrUpdateAndWait('changes', 'change-me', tagged, {
        ifMatch: made.description.etag ?? '',
      }),
    ).rejects.toMatchObject({
      statusCode: 412,
      code: 412001,
      message: expect.stringContaining('Invalid ETag') as string,
    });

    const keys = await allOf(iotHubResource.listKeys('changes', 'change-me'));
    const changed = await iotHubResource.beginCreateOrUpdateAndWait(
      'changes',
      'change-me',
      {
        ...tagged,
        sku: { name: 'S2', capacity: 3 },
        properties: {
          ...tagged.properties,
          authorizationPolicies: [
            ...keys.filter(({ keyName }) => keyName !== 'registryRead'),
            { keyName: 'reader', rights: 'RegistryRead, ServiceConnect' },
          ],
        },
      },
      { ifMatch: tagged.etag ?? '' },
    );
    expect(changed).toMatchObject({ sku: { name: 'S2', capacity: 3 } });
    expect(changed.properties?.authorizationPolicies ?? null).toBeNull();
    const [total] = await allOf(iotHubResource.listQuotaMetrics('changes', 'change-me'));
    expect(total?.maxValue).toBe(18_000_000);
    const after = await allOf(iotHubResource.listKeys('changes', 'change-me'));
    expect(after.map(({ keyName, rights }) => `${keyName}: ${rights}`)).toEqual([
      'iothubowner: RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect',
      'service: ServiceConnect',
      'device: DeviceConnect',
      'registryReadWrite: RegistryRead, RegistryWrite',
      'reader: RegistryRead, ServiceConnect',
    ]);
    expect(after[0]?.primaryKey).toBe(keys[0]?.primaryKey);
    expect(await iotHubResource.getKeysForKeyName('changes', 'change-me', 'READER')).toMatchObject({
      keyName: 'reader',
    });

    const wrong = [
      [{ ...s1('S1'), location: 'eastlocal' }, 409],
      [s1('F1'), 400],
      [s1('B1'), 400],
      [s1('S2', { properties: { eventHubEndpoints: { events: { partitionCount: 8 } } } }), 400],
      [s1('S2', { properties: { authorizationPolicies: [{ keyName: 'p', rights: 'Everything' }] } }), 400],
    ] as const;
    for (const [body, status] of wrong)
      expect(await put('changes', 'change-me', body)).toMatchObject({ status });
    // The name is unique across the account.
    expect(await put('local', 'change-me', s1('S1'))).toMatchObject({
      status: 409,
      body: { httpStatusCode: 'Conflict' },
    });
    await arm.resources.resourceGroups.beginDeleteAndWait('changes');
  });

  it('is refused while the hub is being created or deleted', async () => {
    await arm.resources.resourceGroups.createOrUpdate('busy', { location: 'local' });
    const path = hubPathOf(hub.endpoints, 'busy', 'busy-hub');
    const created = await put('busy', 'busy-hub', s1('S1'));
    expect(created).toMatchObject({
      status: 201,
      body: { properties: { provisioningState: 'Activating', state: 'Activating' } },
      headers: {
        'retry-after': '1',
        'azure-asyncoperation': expect.stringContaining('&asyncinfo') as string,
      },
    });
    const busy = { status: 409, body: { httpStatusCode: 'Conflict' } };
    expect(await put('busy', 'busy-hub', s1('S1'))).toMatchObject(busy);
    expect(await rest(hub.endpoints, `${path}/listkeys?${version}`, { method: 'POST' })).toMatchObject(busy);
    // Deleting the group waits for the hub that is being created in it.
    const gone = await rest(hub.endpoints, `${groupPathOf(hub.endpoints, 'busy')}?${version}`, {
      method: 'DELETE',
    });
    expect(gone).toMatchObject({ status: 202 });
    expect(await put('busy', 'other', s1('S1'))).toMatchObject({
      status: 409,
      body: { error: { code: 'ResourceGroupBeingDeleted' } },
    });
    const location = new URL(String(gone.headers.location));
    const poll = () => rest(hub.endpoints, `${location.pathname}${location.search}`);
    expect((await poll()).status).toBe(202);
    await expect.poll(async () => (await poll()).status).toBe(200);
    expect((await rest(hub.endpoints, `${path}?${version}`)).status).toBe(404);
  });
});
