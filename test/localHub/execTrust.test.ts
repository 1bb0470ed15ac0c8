import 'reflect-metadata';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trustEnvironment } from '../../src/localHub/cli/trustEnvironment';
import { makeCertificate } from '../support/x509';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let other: https.Server;
const folder = makeTemporaryFolder();
/** A CA that programs trust by their environment, such as that of a company. */
const otherCa = path.join(folder, 'other.pem');

beforeAll(async () => {
  hub = await startTestHub();
  const { pem, keyPem } = await makeCertificate({
    commonName: 'other',
    isAuthority: true,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  fs.writeFileSync(otherCa, pem);
  other = https.createServer({ cert: pem, key: keyPem }, (_, response) => response.end('other'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  other.close();
  await hub.close();
  fs.rmSync(folder, { recursive: true });
});

const withoutTrust = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/CERT|_CA_|CAINFO/.test(name)));

/** Runs a program with an environment of exec. @returns `trusted`, or its output */
async function reach(
  server: 'hub' | 'other',
  [program, ...args]: readonly [string, ...string[]],
  existing: Readonly<Record<string, string>>,
): Promise<string> {
  const environment = { ...withoutTrust(), ...existing };
  const bundles = fs.mkdtempSync(path.join(folder, 'bundles-'));
  const trust = trustEnvironment({
    caFile: hub.endpoints.caFile,
    folder: bundles,
    environment,
    warn: (text) => expect.fail(text),
  });
  const port = server === 'hub' ? hub.endpoints.httpsPort : (other.address() as AddressInfo).port;
  const env = {
    ...environment,
    ...trust,
    URL: `https://localhost:${port}/health`,
    ADDRESS: `localhost:${port}`,
  };
  return new Promise((resolve) => {
    const child = execFile(program, args, { env }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}${error.message}` : 'trusted');
    });
    child.stdin?.end();
  });
}

type Command = readonly [string, ...string[]];
const python = (text: string): Command => [
  '/usr/bin/python3',
  '-c',
  `import os; url = os.environ["URL"]\n${text}`,
];

/** A program, a test that it exists, and the variable that it reads. */
const programs: readonly (readonly [name: string, variable: string, command: Command, probe: Command])[] = [
  [
    'Node.js (fetch)',
    'NODE_EXTRA_CA_CERTS',
    [
      process.execPath,
      '-e',
      'fetch(process.env.URL).catch((e) => { console.log(e.cause); process.exit(1); })',
    ],
    [process.execPath, '--version'],
  ],
  ['curl', 'CURL_CA_BUNDLE', ['sh', '-c', 'curl -sS "$URL"'], ['curl', '--version']],
  ['curl', 'SSL_CERT_FILE', ['sh', '-c', 'curl -sS "$URL"'], ['curl', '--version']],
  [
    'OpenSSL',
    'SSL_CERT_FILE',
    ['sh', '-c', 'openssl s_client -connect "$ADDRESS" -servername localhost -verify_return_error'],
    ['openssl', 'version'],
  ],
  [
    'Python (ssl)',
    'SSL_CERT_FILE',
    python('import urllib.request; urllib.request.urlopen(url)'),
    python('import ssl, sys; sys.exit(not url)'),
  ],
  [
    'Python (requests)',
    'REQUESTS_CA_BUNDLE',
    python('import requests; requests.get(url)'),
    python('import requests'),
  ],
  [
    'Python (requests)',
    'CURL_CA_BUNDLE',
    python('import requests; requests.get(url)'),
    python('import requests'),
  ],
];

describe('A program that exec runs', () => {
  describe.each(programs)('%s with an existing %s', (_, variable, command, [probe, ...args]) => {
    const isMissing = spawnSync(probe, args, { env: { ...process.env, URL: 'x' } }).status !== 0;

    it.skipIf(isMissing)('trusts the hub and the existing CA', async () => {
      const existing = { [variable]: otherCa };
      expect(await reach('hub', command, existing)).toBe('trusted');
      expect(await reach('other', command, existing)).toBe('trusted');
    });

    it.skipIf(isMissing)('trusts the hub beside SSL_CERT_DIR', async () => {
      const certificates = path.join(folder, 'certificates');
      fs.mkdirSync(certificates, { recursive: true });
      expect(await reach('hub', command, { SSL_CERT_DIR: certificates, [variable]: otherCa })).toBe(
        'trusted',
      );
    });

    it.skipIf(isMissing)('trusts the hub without it, and no other server', async () => {
      expect(await reach('hub', command, {})).toBe('trusted');
      expect(await reach('other', command, {})).toMatch(/certificate|SSL/i);
    });
  });
});
