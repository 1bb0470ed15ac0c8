import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../smoke/managementChecks';
import { withoutSecrets } from '../smoke/report';
import { smoke, type SmokeOptions } from '../smoke/smoke';
import { hubPathOf, rest, tokenOf } from './support/arm';
import { makeTemporaryFolder, registryOf, startTestHub, type TestHub } from './support/hub';

describe('The check of a real hub', () => {
  let hub: TestHub;
  let hubId: string;
  let fixtures: string;
  const lines: string[] = [];
  beforeAll(async () => {
    hub = await startTestHub();
    hubId = hubPathOf(hub.endpoints, hub.endpoints.resourceGroup, hub.endpoints.hubName).split('?')[0] ?? '';
    fixtures = makeTemporaryFolder();
  });
  afterAll(async () => {
    await hub.close();
    fs.rmSync(fixtures, { recursive: true, force: true });
  });

  const run = (change: Partial<SmokeOptions> = {}) =>
    smoke({
      environment: {
        AZURE_HUB_CONNECTION_STRING: hub.endpoints.workbenchConnectionString,
        AZURE_ARM_TOKEN: tokenOf(hub.endpoints),
        AZURE_HUB_ID: hubId,
        AZURE_ARM_ENDPOINT: hub.endpoints.armEndpoint,
      },
      isWriting: false,
      isCreating: false,
      watchSeconds: 0,
      burst: 20,
      print: (line) => lines.push(line),
      ...change,
    });
  const tag = (tags: object) =>
    rest(hub.endpoints, `${hubId}?api-version=2023-06-30`, {
      method: 'PATCH',
      body: { tags },
      headers: { Authorization: `Bearer ${tokenOf(hub.endpoints)}`, 'Content-Type': 'application/json' },
    });
  const names = async () => {
    const { responseBody } = await registryOf(hub.endpoints).list();
    return (responseBody as { deviceId: string }[]).map(({ deviceId }) => deviceId);
  };
  const lineOf = (name: string) => lines.find((line) => line.includes(name)) ?? '';

  it('passes on the local hub, leaves nothing behind, and prints no secret', async () => {
    await tag({ smoke: '' });
    lines.length = 0;
    const before = await rest(hub.endpoints, `${hubId}?api-version=2023-06-30`);
    const { failed } = await run({ isWriting: true, isCreating: true, fixtures });
    const output = lines.join('\n');
    expect(failed, output).toBe(0);
    for (const name of [
      'REST at the classic name',
      'redirect to the event endpoint, amqp',
      'query finds the new device',
      'publish with SAS token, 8883',
      'publish with SAS token, 443',
      'publish with thumbprint, 443',
      'delete thumbprint device',
      'verification code with a stale ETag',
      'delete the consumer group',
      'the hub is as before',
      'the first minutes of the hub',
      'delete the hub',
    ])
      expect(lineOf(name)).toMatch(/^ok /);
    expect(lineOf('certificate of an unknown CA, 8883')).toContain('refused as expected');
    expect(lineOf('stale ETag')).toContain(' 412 ');
    expect(await names()).toEqual([]);
    const after = await rest(hub.endpoints, `${hubId}?api-version=2023-06-30`);
    expect(differences(before.body, after.body)).toEqual(['etag']);
    const keys = /SharedAccessKey=([^;]+)/.exec(hub.endpoints.serviceConnectionString)?.[1] ?? '';
    const saved = fs.readdirSync(fixtures).map((name) => fs.readFileSync(path.join(fixtures, name), 'utf8'));
    expect(saved.length).toBeGreaterThan(10);
    for (const text of [output, ...saved]) {
      for (const secret of [keys, tokenOf(hub.endpoints)]) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/"(primaryKey|secondaryKey|verificationCode)": "(?!\*\*\*")/);
    }
  });

  it('changes nothing without permission, without the tag, and reports what it cannot check', async () => {
    await tag({});
    lines.length = 0;
    expect(await run()).toEqual({ failed: 0 });
    expect(lineOf('require --write')).toMatch(/^skip/);
    lines.length = 0;
    const environment = { AZURE_ARM_TOKEN: tokenOf(hub.endpoints), AZURE_HUB_ID: hubId };
    const management = {
      ...environment,
      AZURE_ARM_ENDPOINT: hub.endpoints.armEndpoint,
      AZURE_CA_FILE: hub.endpoints.caFile,
    };
    expect(await run({ environment: management, isWriting: true })).toEqual({ failed: 0 });
    expect(lineOf('the tag "smoke"')).toMatch(/^skip/);
    expect(lineOf('level A')).toMatch(/^skip/);
    expect(await run({ environment: {} })).toEqual({ failed: 1 });
    expect(lines.at(-1)).toContain('Nothing was checked.');
  });

  it('reports a wrong key as failed checks, and nothing of it', async () => {
    lines.length = 0;
    const wrong = Buffer.from('another key').toString('base64');
    const text = hub.endpoints.workbenchConnectionString.replace(/(SharedAccessKey=)[^;]+/, `$1${wrong}`);
    const { failed } = await run({ environment: { AZURE_HUB_CONNECTION_STRING: text } });
    expect(failed).toBeGreaterThan(3);
    expect(lineOf('REST at the classic name')).toMatch(/^FAIL .*401/);
    expect(lines.join('\n')).not.toContain(wrong);
  });

  it('removes secrets and IDs at any depth of a saved answer', () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const body = [
      { id: `/subscriptions/${id.toUpperCase()}`, keys: { primaryKey: 'a2V5', refresh_token: 'abc' } },
    ];
    expect(withoutSecrets({ body, text: 'SharedAccessKey=a2V5' }, [id])).toEqual({
      body: [
        {
          id: '/subscriptions/00000000-0000-0000-0000-000000000000',
          keys: { primaryKey: '***', refresh_token: '***' },
        },
      ],
      text: 'SharedAccessKey=***',
    });
  });
});
