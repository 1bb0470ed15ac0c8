import 'reflect-metadata';
import dns from 'node:dns';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isHubServing } from '../../../src/azure/management/hubReadiness';
import { makeCertificate } from '../../support/x509';

describe('A new hub', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-readiness-'));
  const caFile = path.join(folder, 'ca.pem');
  let server: https.Server;
  let answer: { status: number; headers?: Record<string, string>; text?: string };
  let hostName = '';

  beforeAll(async () => {
    const { pem, keyPem } = await makeCertificate({
      commonName: 'localhost',
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    });
    fs.writeFileSync(caFile, pem);
    server = https.createServer({ cert: pem, key: keyPem }, (_, response) => {
      response.writeHead(answer.status, answer.headers);
      response.end(answer.text);
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    hostName = `localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [
      'an unauthorized request',
      { status: 401, text: '{"Message":"ErrorCode:IotHubUnauthorizedAccess"}' },
      true,
    ],
    ['an unknown hub in the body', { status: 401, text: '{"Message":"ErrorCode:IotHubNotFound;x"}' }, false],
    ['an unknown hub in a header', { status: 404, headers: { 'iothub-errorcode': 'IotHubNotFound' } }, false],
    ['a closed network', { status: 403, text: '{}' }, true],
  ])('is judged by the answer: %s', async (_, given, isServing) => {
    answer = given;
    expect(await isHubServing({ hostName }, caFile)).toBe(isServing);
  });

  it('does not serve while its name is not resolved, and other network failures are not its own', async () => {
    const lookup = vi
      .spyOn(dns, 'lookup')
      .mockImplementation(((_: string, __: object, done: (e: Error) => void) =>
        done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))) as never);
    expect(await isHubServing({ hostName: 'new-hub.azure-devices.net' })).toBe(false);
    lookup.mockRestore();
    answer = { status: 401 };
    expect(await isHubServing({ hostName })).toBe(true);
    expect(await isHubServing({ hostName: '' })).toBe(false);
  });
});
