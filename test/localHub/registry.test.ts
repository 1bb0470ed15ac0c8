import https from 'node:https';
import type { Registry } from 'azure-iothub/dist/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryOf, sasToken, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let registry: Registry;

beforeAll(async () => {
  hub = await startTestHub();
  registry = registryOf(hub.endpoints);
});

afterAll(async () => {
  await hub.close();
});

interface DeviceBody {
  readonly deviceId: string;
  readonly etag: string;
  readonly generationId: string;
  readonly status: string;
  readonly authentication: {
    readonly type: string;
    readonly symmetricKey: { readonly primaryKey: string; readonly secondaryKey: string };
    readonly x509Thumbprint: {
      readonly primaryThumbprint: string | null;
      readonly secondaryThumbprint: string | null;
    };
  };
}

const bodyOf = (result: { responseBody: unknown }): DeviceBody => result.responseBody as DeviceBody;

async function rest(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      { host: 'localhost', port: hub.endpoints.httpsPort, ca: hub.ca, method, path, headers, agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const ownerKey = (): string =>
  /SharedAccessKey=([^;]+)/.exec(hub.endpoints.serviceConnectionString)?.[1] ?? '';
const ownerToken = (): string =>
  sasToken({ resource: 'localhost', key: ownerKey(), policyName: 'iothubowner', raw: true });

describe('the azure-iothub Registry', () => {
  it('creates a device with generated keys, reads, updates and deletes it', async () => {
    const created = bodyOf(await registry.create({ deviceId: 'a1' }));
    expect(created.authentication.type).toBe('sas');
    expect(Buffer.from(created.authentication.symmetricKey.primaryKey, 'base64')).toHaveLength(32);
    expect(created.authentication.symmetricKey.primaryKey).not.toBe(
      created.authentication.symmetricKey.secondaryKey,
    );
    expect(bodyOf(await registry.get('a1'))).toEqual(created);
    const updated = bodyOf(
      await registry.update({ deviceId: 'a1', status: 'disabled', statusReason: 'repair' }),
    );
    expect(updated).toMatchObject({
      status: 'disabled',
      statusReason: 'repair',
      generationId: created.generationId,
    });
    expect(updated.etag).not.toBe(created.etag);
    // The SDK sends empty keys with an update that names none.
    expect(updated.authentication.symmetricKey).toEqual(created.authentication.symmetricKey);
    await registry.delete('a1');
    await expect(registry.get('a1')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('keeps given keys', async () => {
    const symmetricKey = {
      primaryKey: Buffer.alloc(32, 1).toString('base64'),
      secondaryKey: Buffer.alloc(32, 2).toString('base64'),
    };
    const created = bodyOf(await registry.create({ deviceId: 'a2', authentication: { symmetricKey } }));
    expect(created.authentication.symmetricKey).toEqual(symmetricKey);
  });

  it('registers devices with thumbprints and with a CA', async () => {
    const x509Thumbprint = { primaryThumbprint: 'A'.repeat(64), secondaryThumbprint: 'b'.repeat(40) };
    const self = bodyOf(
      await registry.create({ deviceId: 'x1', authentication: { type: 'selfSigned', x509Thumbprint } }),
    );
    expect(self.authentication).toMatchObject({
      type: 'selfSigned',
      x509Thumbprint,
      symmetricKey: { primaryKey: null },
    });
    const signed = bodyOf(
      await registry.create({ deviceId: 'x2', authentication: { type: 'certificateAuthority' } }),
    );
    expect(signed.authentication.type).toBe('certificateAuthority');
  });

  it('refuses a duplicate with DeviceAlreadyExists', async () => {
    await registry.create({ deviceId: 'twice' });
    await expect(registry.create({ deviceId: 'twice' })).rejects.toMatchObject({
      name: 'DeviceAlreadyExistsError',
    });
  });

  it.each([['bad/id'], ['a'.repeat(129)], ['süß'], ['with space']])(
    'refuses the device ID %s',
    async (deviceId) => {
      await expect(registry.create({ deviceId })).rejects.toMatchObject({ name: 'ArgumentError' });
    },
  );

  it('refuses invalid keys and thumbprints', async () => {
    const symmetricKey = { primaryKey: 'not base64', secondaryKey: '' };
    await expect(registry.create({ deviceId: 'b1', authentication: { symmetricKey } })).rejects.toMatchObject(
      { name: 'ArgumentError' },
    );
    const x509Thumbprint = { primaryThumbprint: 'xyz', secondaryThumbprint: '' };
    await expect(
      registry.create({ deviceId: 'b1', authentication: { type: 'selfSigned', x509Thumbprint } }),
    ).rejects.toMatchObject({ name: 'ArgumentError' });
  });

  it('adds and removes devices in bulk and reports failures', async () => {
    const devices = Array.from({ length: 100 }, (_, i) => ({ deviceId: `bulk-${i}` }));
    const added = (await registry.addDevices(devices)).responseBody as unknown as { isSuccessful: boolean };
    expect(added.isSuccessful).toBe(true);
    await expect(registry.addDevices([{ deviceId: 'bulk-1' }])).rejects.toThrow(/bulk-1/);
    await registry.removeDevices(
      devices.map((each) => ({ ...each, etag: '*' })),
      true,
    );
    await expect(registry.get('bulk-5')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('pages through query results', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `page-${String(i).padStart(2, '0')}`);
    await registry.addDevices(ids.map((deviceId) => ({ deviceId })));
    const query = registry.createQuery("SELECT * FROM devices WHERE STARTSWITH(deviceId, 'page-')", 10);
    const pages: string[][] = [];
    while (query.hasMoreResults) {
      const { result } = await query.nextAsTwin();
      pages.push((result as { deviceId: string }[]).map((twin) => twin.deviceId));
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(ids);
  });

  it('lists and counts devices', async () => {
    const list = (await registry.list()).responseBody;
    const statistics = (await registry.getRegistryStatistics()).responseBody as unknown as {
      totalDeviceCount: number;
    };
    expect(list.length).toBe(statistics.totalDeviceCount);
  });

  it('is refused with a wrong key', async () => {
    const wrong = hub.endpoints.serviceConnectionString.replace(
      /SharedAccessKey=.*/,
      `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
    );
    await expect(registryOf(hub.endpoints, wrong).get('x1')).rejects.toMatchObject({
      name: 'UnauthorizedError',
    });
  });
});

describe('the service REST API', () => {
  it('respects If-Match', async () => {
    const headers = { Authorization: ownerToken(), 'Content-Type': 'application/json' };
    const path = '/devices/tagged?api-version=2021-04-12';
    const created = await rest('PUT', path, headers, '{"deviceId":"tagged"}');
    expect(created.status).toBe(200);
    const { etag } = JSON.parse(created.text) as DeviceBody;
    expect((await rest('PUT', path, headers, '{"deviceId":"tagged"}')).status).toBe(409);
    const stale = await rest('PUT', path, { ...headers, 'If-Match': '"c3RhbGU="' }, '{"deviceId":"tagged"}');
    expect(stale.status).toBe(412);
    expect(JSON.parse(stale.text)).toMatchObject({
      Message: expect.stringMatching(/^ErrorCode:PreconditionFailed;/) as string,
    });
    expect(
      (await rest('PUT', path, { ...headers, 'If-Match': `"${etag}"` }, '{"deviceId":"tagged"}')).status,
    ).toBe(200);
    expect((await rest('DELETE', path, { ...headers, 'If-Match': `"${etag}"` })).status).toBe(412);
    expect((await rest('DELETE', path, { ...headers, 'If-Match': '*' })).status).toBe(204);
    expect((await rest('DELETE', path, headers)).status).toBe(404);
  });

  it('requires a token, a right and an api-version', async () => {
    expect((await rest('GET', '/devices/?api-version=2021-04-12')).status).toBe(401);
    const service = /SharedAccessKey=([^;]+)/.exec(hub.endpoints.eventHubConnectionString)?.[1] ?? '';
    const weak = sasToken({ resource: 'localhost', key: service, policyName: 'service' });
    const refused = await rest('GET', '/devices/?api-version=2021-04-12', { Authorization: weak });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain("does not allow access for 'RegistryRead'");
    expect((await rest('GET', '/devices/', { Authorization: ownerToken() })).status).toBe(400);
    const old = sasToken({
      resource: 'localhost',
      key: ownerKey(),
      policyName: 'iothubowner',
      expiresInSeconds: -1,
    });
    expect((await rest('GET', '/devices/?api-version=2021-04-12', { Authorization: old })).status).toBe(401);
  });

  it('answers invalid requests with 400, 404, 405 and 413, never with a stack trace', async () => {
    const headers = { Authorization: ownerToken() };
    const v = '?api-version=2021-04-12';
    expect((await rest('PUT', `/devices/x${v}`, headers, '{')).status).toBe(400);
    expect((await rest('PUT', `/devices/x${v}`, headers, '[]')).status).toBe(400);
    expect((await rest('GET', `/nowhere${v}`, headers)).status).toBe(404);
    for (const path of ['/twins/x', '/twins/x/methods', '/jobs/v2/j', '/devices/x/modules/m']) {
      expect(await rest('GET', `${path}${v}`, headers)).toMatchObject({
        status: 501,
        text: expect.stringContaining(`The local hub does not support ${path}`) as string,
      });
    }
    const deep = `{"deviceId":"x","tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await rest('PUT', `/devices/x${v}`, headers, deep)).status).toBe(400);
    expect((await rest('PATCH', `/devices/x${v}`, headers)).status).toBe(405);
    expect((await rest('GET', `/devices/%zz${v}`, headers)).status).toBe(400);
    for (const top of ['abc', '0', '-1', '1.5', ''])
      expect((await rest('GET', `/devices/${v}&top=${top}`, headers)).status).toBe(400);
    expect((await rest('GET', `/devices/${v}&top=5000`, headers)).status).toBe(200);
    expect((await rest('PUT', `/devices/x${v}`, headers, 'x'.repeat(3 * 1024 * 1024))).status).toBe(413);
    const query = await rest('POST', `/devices/query${v}`, headers, '{"query":"DROP TABLE devices"}');
    expect(query.status).toBe(400);
    expect(query.text).not.toContain(' at ');
  });

  it('finds all devices in pages, also when those of each page are deleted before the next', async () => {
    const v = '?api-version=2021-04-12';
    const authorization = { Authorization: ownerToken() };
    const ids = Array.from({ length: 7 }, (_, n) => `paged-${n}`);
    for (const deviceId of ids) await registry.create({ deviceId });
    const query = JSON.stringify({
      query: "SELECT deviceId FROM devices WHERE STARTSWITH(deviceId, 'paged-')",
    });
    const ask = (headers: Record<string, string>) =>
      rest('POST', `/devices/query${v}`, { ...authorization, ...headers }, query);
    const found: string[] = [];
    let continuation = '';
    do {
      const page = await ask({ 'x-ms-max-item-count': '2', 'x-ms-continuation': continuation });
      const rows = JSON.parse(page.text) as { deviceId: string }[];
      for (const { deviceId } of rows) await registry.delete(deviceId);
      found.push(...rows.map(({ deviceId }) => deviceId));
      const next = page.headers['x-ms-continuation'];
      continuation = typeof next === 'string' ? next : '';
    } while (continuation !== '');
    expect(found).toEqual(ids);
    for (const size of ['0', '-1', 'abc', '1.5'])
      expect((await ask({ 'x-ms-max-item-count': size })).status).toBe(400);
    expect((await ask({ 'x-ms-continuation': 'MTAw' })).status).toBe(400);
  });

  it('reports its health', async () => {
    expect(await rest('GET', '/health')).toMatchObject({
      status: 200,
      text: expect.stringContaining('"ready"') as string,
    });
  });

  it('is described in ARM only with the bearer token', async () => {
    const fs = await import('node:fs');
    const path =
      '/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Devices/IotHubs?api-version=2023-06-30';
    expect((await rest('GET', path)).status).toBe(401);
    const token = fs.readFileSync(hub.endpoints.armTokenFile, 'utf8');
    expect(fs.statSync(hub.endpoints.armTokenFile).mode & 0o777).toBe(0o600);
    const { status, text } = await rest('GET', path, { Authorization: `Bearer ${token}` });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      value: [
        {
          name: 'local-hub',
          resourcegroup: 'local',
          properties: { hostName: `localhost:${hub.endpoints.httpsPort}` },
        },
      ],
    });
  });
});
