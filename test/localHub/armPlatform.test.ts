import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { pageSize } from '../../src/localHub/arm/paging';
import { RequestLimit } from '../../src/localHub/arm/requestLimit';
import { delay } from '../../src/core/base/abort';
import {
  allOf,
  armClients,
  groupPathOf,
  hubPathOf,
  rest,
  tokenOf,
  version,
  type ArmClients,
} from './support/arm';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let arm: ArmClients;
const others: TestHub[] = [];

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 100 });
  arm = armClients(hub.endpoints);
});
afterAll(() => hub.close());
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});

async function startAnother(options: Parameters<typeof startTestHub>[0]): Promise<TestHub> {
  const other = await startTestHub(options);
  others.push(other);
  return other;
}

const subscription = () => `/subscriptions/${hub.endpoints.subscriptionId}`;
const ask = (where: string, method = 'GET', body?: unknown) => rest(hub.endpoints, where, { method, body });
const s1 = { location: 'local', sku: { name: 'S1', capacity: 1 } } as const;

describe('The account in ARM', () => {
  it('has a tenant, a subscription, and locations, some without hubs', async () => {
    const tenants = await allOf(arm.subscriptions.tenants.list());
    expect(tenants).toMatchObject([{ tenantId: hub.endpoints.tenantId, displayName: 'Local Hub' }]);
    const [one, ...more] = await allOf(arm.subscriptions.subscriptions.list());
    expect(more).toEqual([]);
    expect(one).toMatchObject({ subscriptionId: hub.endpoints.subscriptionId, state: 'Enabled' });
    expect(await arm.subscriptions.subscriptions.get(hub.endpoints.subscriptionId)).toMatchObject({
      displayName: 'Local Hub',
    });
    const places = await allOf(arm.subscriptions.subscriptions.listLocations(hub.endpoints.subscriptionId));
    expect(places[0]).toMatchObject({
      name: 'local',
      displayName: 'Local',
      metadata: { regionType: 'Physical' },
    });
    const provider = await arm.resources.providers.get('Microsoft.Devices');
    expect(provider.registrationState).toBe('Registered');
    const offered =
      provider.resourceTypes?.find(({ resourceType }) => resourceType === 'IotHubs')?.locations ?? [];
    const names = places.map(({ displayName }) => displayName ?? '');
    expect(offered.every((name) => names.includes(name))).toBe(true);
    expect(names.filter((name) => !offered.includes(name))).toEqual(['No Hubs Local', 'Anywhere Local']);
  });

  it('returns only its endpoints without a token', async () => {
    const bare = (where: string) => rest(hub.endpoints, where, { headers: {} });
    const { status, text } = await bare(`/metadata/endpoints?api-version=2022-09-01`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject([{ resourceManager: `${hub.endpoints.armEndpoint}/` }]);
    // Clients join paths with an endpoint that ends with a slash.
    expect((await bare('//metadata/endpoints?api-version=2015-01-01')).status).toBe(200);
    expect((await bare(`//subscriptions?${version}`)).status).toBe(401);
    for (const where of ['/subscriptions', '/tenants', `${subscription()}/resourcegroups`, '/providers/x']) {
      expect(await bare(`${where}?${version}`)).toMatchObject({
        status: 401,
        body: { error: { code: 'AuthenticationFailed' } },
      });
    }
  });

  it('requires an api-version and existing names', async () => {
    const wrong = [
      ['/subscriptions', 400, 'MissingApiVersionParameter'],
      ['/subscriptions?api-version=new', 400, 'InvalidApiVersionParameter'],
      [`/subscriptions/11111111-0000-0000-0000-000000000000?${version}`, 404, 'SubscriptionNotFound'],
      [`${subscription()}/resourcegroups/none?${version}`, 404, 'ResourceGroupNotFound'],
      [`${subscription()}/resourcegroups/none/resources?${version}`, 404, 'ResourceGroupNotFound'],
      [`${subscription()}/providers/Microsoft.Nothing?${version}`, 404, 'InvalidResourceNamespace'],
      [`${hubPathOf(hub.endpoints, 'local', 'none')}?${version}`, 404, 'ResourceNotFound'],
      [
        `${hubPathOf(hub.endpoints, 'local', 'local-hub')}/operationResults/x?${version}`,
        404,
        'OperationNotFound',
      ],
      [`/subscriptions/a/b/c?${version}`, 400, 'InvalidSubscriptionId'],
      [`${subscription()}/tagNames?${version}`, 501, 'NotImplemented'],
      [`${hubPathOf(hub.endpoints, 'local', 'local-hub')}/nonsense?${version}`, 404, 'InvalidResourceType'],
      [`/subscriptions/%zz?${version}`, 400, 'InvalidRequestContent'],
      [`${subscription()}/resourcegroups?${version}&$top=0`, 400, 'InvalidTopParameter'],
      [`${subscription()}/resourcegroups?${version}&$skiptoken=xx`, 400, 'InvalidSkipToken'],
      [
        `${subscription()}/resourcegroups?${version}&$filter=${encodeURIComponent('name ne 1')}`,
        400,
        'InvalidFilterInQueryString',
      ],
    ] as const;
    for (const [where, status, code] of wrong) {
      expect([where, await ask(where)]).toMatchObject([where, { status, body: { error: { code } } }]);
    }
    expect(await ask(`/subscriptions?${version}`, 'DELETE')).toMatchObject({ status: 405 });
    const known = await ask(`/subscriptions?${version}`);
    expect(known.headers).toMatchObject({ 'x-ms-request-id': expect.any(String) as string });
  });
});

describe('Resource groups in ARM', () => {
  it('are created, filtered by tags, updated and deleted', async () => {
    const { resourceGroups } = arm.resources;
    const made = await ask(`${groupPathOf(hub.endpoints, 'g1')}?${version}`, 'PUT', {
      location: 'West Local',
      tags: { madeBy: 'test' },
    });
    expect(made).toMatchObject({ status: 201, body: { location: 'westlocal' } });
    expect(
      await resourceGroups.createOrUpdate('G1', { location: 'westlocal', tags: { madeBy: 'tests' } }),
    ).toMatchObject({ name: 'g1' });
    const found = await allOf(resourceGroups.list({ filter: "tagName eq 'madeby' and tagValue eq 'tests'" }));
    expect(found.map(({ name }) => name)).toEqual(['g1']);
    expect(await resourceGroups.checkExistence('g1')).toMatchObject({ body: true });
    const wrong = [
      ['g1', { location: 'eastlocal' }, 409, 'InvalidResourceGroupLocation'],
      ['g2', { location: 'atlantis' }, 400, 'LocationNotAvailableForResourceGroup'],
      ['g2', {}, 400, 'LocationRequired'],
      ['g2.', { location: 'local' }, 400, 'InvalidResourceGroup'],
      ['g!', { location: 'local' }, 400, 'InvalidResourceGroup'],
    ] as const;
    for (const [name, body, status, code] of wrong) {
      const answer = await ask(`${groupPathOf(hub.endpoints, name)}?${version}`, 'PUT', body);
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    }
    await resourceGroups.beginDeleteAndWait('g1', { updateIntervalInMs: 50 });
    expect(await resourceGroups.checkExistence('g1')).toMatchObject({ body: false });
    await expect(resourceGroups.beginDeleteAndWait('g1')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceGroupNotFound',
    });
  });

  it('are returned in pages that contain all of them, even if one is deleted meanwhile', async () => {
    const { resourceGroups } = arm.resources;
    const names = Array.from({ length: pageSize * 2 + 1 }, (_, n) => `page-${String(n).padStart(2, '0')}`);
    for (const name of names) await resourceGroups.createOrUpdate(name, { location: 'local' });
    expect((await allOf(resourceGroups.list())).map(({ name }) => name)).toEqual(['local', ...names]);
    const first = await ask(`${subscription()}/resourcegroups?${version}&$top=2`);
    expect((first.body.value as unknown[]).length).toBe(2);
    const next = new URL(String(first.body.nextLink));
    expect(next.origin).toBe(hub.endpoints.armEndpoint);
    await resourceGroups.beginDeleteAndWait('page-00', { updateIntervalInMs: 50 });
    const second = await ask(`${next.pathname}${next.search}`);
    expect((second.body.value as { name: string }[]).map(({ name }) => name)).toEqual(['page-01', 'page-02']);
    for (const name of names.slice(1))
      await resourceGroups.beginDeleteAndWait(name, { updateIntervalInMs: 10 });
  });

  it('and hubs are returned in pages, for a group and for the subscription', async () => {
    const names = Array.from({ length: pageSize + 1 }, (_, n) => `paged-hub-${n}`);
    await arm.resources.resourceGroups.createOrUpdate('paged', { location: 'local' });
    await Promise.all(
      names.map((name) => arm.hubs.iotHubResource.beginCreateOrUpdateAndWait('paged', name, s1)),
    );
    const byGroup = await allOf(arm.hubs.iotHubResource.listByResourceGroup('paged'));
    expect(byGroup.map(({ name }) => name)).toEqual(names);
    const all = await allOf(arm.hubs.iotHubResource.listBySubscription());
    expect(all.map(({ name }) => name)).toEqual(['local-hub', ...names]);
    expect(await allOf(arm.resources.resources.list())).toHaveLength(names.length + 1);
    await arm.resources.resourceGroups.beginDeleteAndWait('paged', { updateIntervalInMs: 50 });
    expect(await allOf(arm.hubs.iotHubResource.listBySubscription())).toHaveLength(1);
  });
});

describe("The process's own hub and its group", () => {
  it('are protected by locks', async () => {
    const locked = {
      statusCode: 409,
      code: 'ScopeLocked',
      message: expect.stringMatching(
        /cannot perform delete operation because following scope\(s\) are locked: '\/subscriptions\/.*'\. Please remove the lock/,
      ) as string,
    };
    await expect(arm.hubs.iotHubResource.beginDeleteAndWait('local', 'local-hub')).rejects.toMatchObject(
      locked,
    );
    await expect(arm.resources.resourceGroups.beginDeleteAndWait('local')).rejects.toMatchObject(locked);
    expect(
      (
        await ask(
          `${hubPathOf(hub.endpoints, 'local', 'local-hub')}/providers/Microsoft.Authorization/locks?${version}`,
        )
      ).body,
    ).toMatchObject({
      value: [{ properties: { level: 'CanNotDelete' } }, { properties: { level: 'CanNotDelete' } }],
    });
    const own = await arm.hubs.iotHubResource.get('local', 'local-hub');
    await expect(
      arm.hubs.iotHubResource.beginCreateOrUpdateAndWait('local', 'local-hub', {
        ...own,
        sku: { name: 'S2', capacity: 1 },
      }),
    ).rejects.toThrow(/process's own hub/);
  });
});

describe('ARM options', () => {
  it('--arm-unregistered requires the provider to be registered first', async () => {
    const { endpoints } = await startAnother({ armUnregistered: true });
    const { hubs, resources } = armClients(endpoints);
    expect((await resources.providers.get('Microsoft.Devices')).registrationState).toBe('NotRegistered');
    const refused = { statusCode: 409, code: 'MissingSubscriptionRegistration' };
    await expect(hubs.iotHubResource.checkNameAvailability({ name: 'abc' })).rejects.toMatchObject(refused);
    await expect(hubs.iotHubResource.beginCreateOrUpdateAndWait('local', 'abc', s1)).rejects.toMatchObject(
      refused,
    );
    expect((await resources.providers.register('Microsoft.Devices')).registrationState).toBe('Registering');
    await expect
      .poll(async () => (await resources.providers.get('Microsoft.Devices')).registrationState)
      .toBe('Registered');
    expect(await hubs.iotHubResource.checkNameAvailability({ name: 'abc' })).toMatchObject({
      nameAvailable: true,
    });
  });

  it('--arm-throttle accepts a number of requests immediately, then reports how long to wait', async () => {
    const { endpoints } = await startAnother({ armThrottle: 3 });
    const where = `/subscriptions?${version}`;
    for (let n = 0; n < 3; n++) expect((await rest(endpoints, where)).status).toBe(200);
    const { status, body, headers } = await rest(endpoints, where);
    expect({ status, body }).toMatchObject({
      status: 429,
      body: { error: { code: 'SubscriptionRequestsThrottled' } },
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    // The rate is three per minute.
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(20);
    // Requests without a token are refused with 401 and do not count.
    expect((await rest(endpoints, where, { headers: {} })).status).toBe(401);
  });

  it('--arm-throttle accepts requests after the reported time and is fully reset after a minute', () => {
    vi.useFakeTimers();
    try {
      const limit = new RequestLimit(4);
      const some = (count: number) => Array.from({ length: count }, () => limit.take());
      expect(some(5)).toEqual([undefined, undefined, undefined, undefined, 15]);
      vi.advanceTimersByTime(14_000);
      expect(limit.take()).toBe(1);
      vi.advanceTimersByTime(1_000);
      expect(some(2)).toEqual([undefined, 15]);
      vi.advanceTimersByTime(600_000);
      expect(some(5)).toEqual([undefined, undefined, undefined, undefined, 15]);
      expect(new RequestLimit(0).take()).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  it('--arm-read-only reports the missing action and scope', async () => {
    const { endpoints } = await startAnother({ armReadOnly: true });
    const { hubs, resources } = armClients(endpoints);
    expect(await allOf(hubs.iotHubResource.listBySubscription())).toHaveLength(1);
    const scope = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local';
    const wrong: [() => Promise<unknown>, string, string][] = [
      [
        () => hubs.iotHubResource.beginDeleteAndWait('local', 'local-hub'),
        'Microsoft.Devices/IotHubs/delete',
        `${scope}/providers/Microsoft.Devices/IotHubs/local-hub`,
      ],
      [
        () => allOf(hubs.iotHubResource.listKeys('local', 'local-hub')),
        'Microsoft.Devices/IotHubs/listkeys/action',
        `${scope}/providers/Microsoft.Devices/IotHubs/local-hub`,
      ],
      [
        () => hubs.certificates.delete('local', 'local-hub', 'c', '*'),
        'Microsoft.Devices/IotHubs/certificates/delete',
        `${scope}/providers/Microsoft.Devices/IotHubs/local-hub/certificates/c`,
      ],
      [
        () => resources.resourceGroups.createOrUpdate('local', { location: 'local' }),
        'Microsoft.Resources/subscriptions/resourcegroups/write',
        scope,
      ],
    ];
    for (const [call, action, on] of wrong) {
      const failure = (await call().catch((error: unknown) => error)) as { code: string; message: string };
      expect(failure).toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' });
      expect(failure.message.toLowerCase()).toContain(
        `perform action '${action}' over scope '${on}'`.toLowerCase(),
      );
    }
  });

  it('--arm-log writes requests without secrets', async () => {
    const folder = makeTemporaryFolder();
    const file = path.join(folder, 'arm.jsonl');
    const { endpoints } = await startAnother({ armLogFile: file });
    await allOf(armClients(endpoints).hubs.iotHubResource.listBySubscription());
    await rest(endpoints, `/subscriptions?${version}&secret=s3cret`, {
      headers: { Authorization: 'Bearer guessed' },
    });
    const text = fs.readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      {
        method: 'GET',
        path: `/subscriptions/${endpoints.subscriptionId}/providers/Microsoft.Devices/IotHubs`,
        apiVersion: '2023-06-30',
        status: 200,
      },
      { method: 'GET', path: '/subscriptions', status: 401 },
    ]);
    expect(text).not.toMatch(/s3cret|guessed|Bearer/);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    fs.rmSync(folder, { recursive: true, force: true });
  });
});

describe('The bearer token of ARM', () => {
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  it('has the format of Microsoft Entra ID, is renewed, and is reported as expired afterwards', async () => {
    const { endpoints } = await startAnother({ armTokenSeconds: 4 });
    const first = tokenOf(endpoints);
    const claims = claimsOf(first);
    expect(claims).toMatchObject({
      oid: endpoints.principalId,
      tid: endpoints.tenantId,
      aud: endpoints.armEndpoint,
      upn: 'local-user@localhost',
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(4);
    const ask = (token: string) =>
      rest(endpoints, `/subscriptions?${version}`, { headers: { Authorization: `Bearer ${token}` } });
    expect((await ask(first)).status).toBe(200);
    await expect.poll(() => tokenOf(endpoints)).not.toBe(first);
    const second = tokenOf(endpoints);
    expect((await ask(second)).status).toBe(200);
    await delay(Number(claims.exp) * 1000 - Date.now() + 20);
    const refused = await ask(first);
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'ExpiredAuthenticationToken' } } });
    expect(refused.headers['www-authenticate']).toMatch(
      /^Bearer authorization_uri="https:\/\/localhost:\d+\/[0-9a-f-]{36}", error="invalid_token"/,
    );
    expect((await ask(tokenOf(endpoints))).status).toBe(200);
  });

  it('is not valid with a changed signature', async () => {
    const forged = `${tokenOf(hub.endpoints).slice(0, -4)}AAAA`;
    const answer = await rest(hub.endpoints, `/subscriptions?${version}`, {
      headers: { Authorization: `Bearer ${forged}` },
    });
    expect(answer).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
  });

  it('is still valid after a restart', async () => {
    const dataFolder = makeTemporaryFolder();
    const first = await startTestHub({ dataFolder });
    const token = tokenOf(first.endpoints);
    await first.close();
    const second = await startTestHub({ dataFolder });
    expect(tokenOf(second.endpoints)).toBe(token);
    expect((await rest(second.endpoints, `/subscriptions?${version}`)).status).toBe(200);
    await second.close();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  });
});
