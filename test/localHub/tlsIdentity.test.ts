import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadTlsIdentity } from '../../src/localHub/tlsIdentity';
import { createHub } from './support/arm';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';
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
    for (const name of ['ca.key', 'server.key', 'server-rsa.key']) {
      expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    }
    const servers = ['server.pem', 'server-rsa.pem'].map((name) => path.join(folder, name));
    const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'localhost'];
    const { output } = await run('openssl', [...strict, '-CAfile', first.caFile, ...servers]);
    expect(output).toContain('server.pem: OK');
    expect(output).toContain('server-rsa.pem: OK');
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
    expect(renewed.rsaServer.certificate).not.toBe(first.rsaServer.certificate);
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
    for (const { certificate } of [wider.server, wider.rsaServer]) {
      expect(new X509Certificate(certificate).checkIP('192.0.2.1')).toBe('192.0.2.1');
    }
  });

  it('include one with RSA in a folder of an earlier version, whose other files stay as they are', async () => {
    const now = Date.now();
    const first = await loadTlsIdentity(folder, names, now);
    for (const name of ['server-rsa.pem', 'server-rsa.key']) fs.rmSync(path.join(folder, name));
    const second = await loadTlsIdentity(folder, names, now + 30 * dayMs);
    expect(second).toEqual({ ...first, rsaServer: second.rsaServer });
    expect(new X509Certificate(second.rsaServer.certificate).publicKey.asymmetricKeyType).toBe('rsa');
    // Later ones are renewed together.
    const third = await loadTlsIdentity(folder, names, second.renewAtMs + 1);
    expect(third.server.certificate).not.toBe(second.server.certificate);
    expect(third.rsaServer.certificate).not.toBe(second.rsaServer.certificate);
    expect(third.caCertificate).toBe(first.caCertificate);
  });
});

describe('The TLS ports', () => {
  let hub: TestHub;
  let ports: Record<string, number>;
  beforeAll(async () => {
    hub = await startTestHub({ armPhaseMs: 10 });
    const { mqttPort, httpsPort, amqpPort } = hub.endpoints;
    const { port } = await createHub(hub.endpoints, 'one-port');
    ports = { MQTT: mqttPort, HTTPS: httpsPort, AMQP: amqpPort, 'all protocols': port };
  });
  afterAll(() => hub.close());

  /** Type of the server's key in a connection that trusts the CA of the hub. */
  async function keyTypeOf(port: number, options: tls.ConnectionOptions): Promise<string | undefined> {
    const socket = tls.connect({ host: '127.0.0.1', port, ca: hub.ca, servername: 'localhost', ...options });
    try {
      await new Promise((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
      });
      return socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType;
    } finally {
      socket.destroy();
    }
  }

  it.each(['MQTT', 'HTTPS', 'AMQP', 'all protocols'])(
    'for %s present the certificate that the client supports, and ECDSA to a client that supports both',
    async (name) => {
      const port = ports[name] ?? 0;
      const tls12 = { maxVersion: 'TLSv1.2' } as const;
      for (const ciphers of ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'])
        expect(await keyTypeOf(port, { ...tls12, ciphers })).toBe('rsa');
      expect(await keyTypeOf(port, { ...tls12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBe('ec');
      expect(await keyTypeOf(port, tls12)).toBe('ec');
      expect(await keyTypeOf(port, { minVersion: 'TLSv1.3' })).toBe('ec');
      expect(await keyTypeOf(port, { minVersion: 'TLSv1.3', sigalgs: 'RSA-PSS+SHA256:ECDSA+SHA256' })).toBe(
        'ec',
      );
    },
  );
});
