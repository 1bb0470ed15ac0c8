import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityEnvironment } from '../../src/localHub/cli/identityEnvironment';
import { rest, tokenOf } from './support/arm';
import { clientEnvironment } from './support/azureCli';
import { startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.close());

const resource = 'https://management.azure.com/';
const query = (version: string) => `?resource=${encodeURIComponent(resource)}&api-version=${version}`;
const pathOf = (url: string | undefined) => new URL(url ?? '').pathname;
const ask = (path: string, headers: Readonly<Record<string, string>>, body?: string) =>
  rest(hub.endpoints, path, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body ? { body } : {}),
  });

describe('The managed identity', () => {
  it('returns the bearer token to App Service clients of 2019, with the expiry in seconds', async () => {
    const { identityEndpoint, identityHeader } = hub.endpoints;
    const { status, body, headers } = await ask(`${pathOf(identityEndpoint)}${query('2019-08-01')}`, {
      'X-IDENTITY-HEADER': identityHeader,
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(body).toMatchObject({ access_token: tokenOf(hub.endpoints), resource, token_type: 'Bearer' });
    expect(Number(body.expires_on)).toBeGreaterThan(Date.now() / 1000 + 60);
  });

  it('returns it to App Service clients of 2017, with the expiry as a date', async () => {
    const { MSI_ENDPOINT: url, MSI_SECRET: secret = '' } = identityEnvironment(hub.endpoints);
    // As msrestazure does, with a slash at the end.
    const { body } = await ask(`${pathOf(url)}/${query('2017-09-01')}`, { secret });
    expect(body.access_token).toBe(tokenOf(hub.endpoints));
    expect(body.expires_on).toMatch(/^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d \+00:00$/);
    expect(Date.parse(String(body.expires_on))).toBeGreaterThan(Date.now());
  });

  it('returns it to Cloud Shell clients, whose only secret is the path', async () => {
    const path = pathOf(identityEnvironment(hub.endpoints).MSI_ENDPOINT);
    const form = `resource=${encodeURIComponent(resource)}`;
    expect(await ask(path, { Metadata: 'true' }, form)).toMatchObject({
      status: 200,
      body: { access_token: tokenOf(hub.endpoints), resource },
    });
    expect(await ask(path, {}, form)).toMatchObject({ status: 401 });
  });

  it('refuses requests without the secret, without a resource, and of other paths', async () => {
    const path = pathOf(hub.endpoints.identityEndpoint);
    const good = { 'X-IDENTITY-HEADER': hub.endpoints.identityHeader };
    const wrong = [
      [`${path}${query('2019-08-01')}`, {}, 401],
      [`${path}${query('2019-08-01')}`, { 'X-IDENTITY-HEADER': 'wrong' }, 401],
      [`${path}${query('2019-08-01')}`, { Metadata: 'true' }, 401],
      [path, good, 400],
      [`/msi/a/b/token${query('2019-08-01')}`, good, 404],
    ] as const;
    for (const [where, headers, status] of wrong) {
      const answer = await ask(where, headers);
      expect([where, answer.status]).toEqual([where, status]);
      expect(answer.text).not.toContain(tokenOf(hub.endpoints));
    }
  });

  it('has the same secret after a restart', async () => {
    const { dataFolder } = hub;
    const again = async () => {
      const other = await startTestHub({ dataFolder: `${dataFolder}/other` });
      await other.close();
      return other.endpoints.identityHeader;
    };
    expect(await again()).toBe(await again());
    expect(await again()).not.toBe(hub.endpoints.identityHeader);
  });

  it('lets DefaultAzureCredential list subscriptions', async () => {
    const program = path.resolve(__dirname, 'support/identityProgram.mjs');
    const { code, output } = await run(process.execPath, [program], undefined, 60_000, {
      ...clientEnvironment(hub.endpoints),
      NODE_EXTRA_CA_CERTS: hub.endpoints.caFile,
      LOCAL_HUB_ARM_ENDPOINT: hub.endpoints.armEndpoint,
    });
    expect([code, output.trim()]).toEqual([0, '200 true true']);
  });
});
