import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTlsIdentity } from '../../src/localHub/tlsIdentity';
import { makeTemporaryFolder } from './support/hub';
import { run } from './support/mosquitto';

const dayMs = 24 * 60 * 60 * 1000;
const names = { dns: ['localhost'], addresses: ['127.0.0.1', '::1'] };
let folder: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the certificates of the hub', () => {
  it('are created once, with private files, and are accepted by openssl', async () => {
    const now = Date.now();
    const first = await loadTlsIdentity(folder, names, now);
    const second = await loadTlsIdentity(folder, names, now + dayMs);
    expect(second).toEqual(first);
    for (const name of ['ca.key', 'server.key']) {
      expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    }
    const server = path.join(folder, 'server.pem');
    const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'localhost'];
    expect((await run('openssl', [...strict, '-CAfile', first.caFile, server])).output).toContain(
      'server.pem: OK',
    );
    const authority = new X509Certificate(first.caCertificate);
    expect(authority.ca).toBe(true);
    expect(Buffer.from(authority.serialNumber, 'hex').length).toBeLessThanOrEqual(20);
  });

  it('are renewed before they expire under the same CA', async () => {
    const now = Date.now();
    const first = await loadTlsIdentity(folder, names, now);
    expect(first.renewAtMs).toBeLessThan(Date.parse(new X509Certificate(first.server.certificate).validTo));
    const later = first.renewAtMs + 1_000;
    const renewed = await loadTlsIdentity(folder, names, later);
    expect(renewed.server.certificate).not.toBe(first.server.certificate);
    expect(renewed.caCertificate).toBe(first.caCertificate);
    expect(Date.parse(new X509Certificate(renewed.server.certificate).validTo)).toBeGreaterThan(
      later + 80 * dayMs,
    );
  });

  it('get a new CA at the same path before the old one expires', async () => {
    const now = Date.now();
    const first = await loadTlsIdentity(folder, names, now);
    const late = await loadTlsIdentity(folder, names, now + 3600 * dayMs);
    expect(late.caFile).toBe(first.caFile);
    expect(late.caCertificate).not.toBe(first.caCertificate);
  });

  it('are reissued for a missing name', async () => {
    const first = await loadTlsIdentity(folder, names, Date.now());
    const wider = await loadTlsIdentity(
      folder,
      { ...names, addresses: [...names.addresses, '192.0.2.1'] },
      Date.now(),
    );
    expect(wider.server.certificate).not.toBe(first.server.certificate);
    expect(new X509Certificate(wider.server.certificate).checkIP('192.0.2.1')).toBe('192.0.2.1');
  });
});
