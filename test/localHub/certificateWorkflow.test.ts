import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHubCertificates } from '../../src/azure/management/index';
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { AuthorityFolders } from '../../src/certificates/authorityFolders';
import { type HubCertificates } from '../../src/core/certificate/hubCertificates';
import { rollThumbprints } from '../../src/core/certificate/deviceCertificate';
import { readCertificateInfo, parseCertificate } from '../../src/core/certificate/certificate';
import { ensureUploaded, provePossession, uploadProof } from '../../src/core/certificate/possessionProof';
import { findBlocking, preflight } from '../../src/core/certificate/preflight/index';
import { type DeviceRegistry } from '../../src/core/device/deviceRegistry';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { mosquittoPubCommand } from '../../src/core/mqtt/mosquittoPub';
import { mqttSettings, type CertificateFiles } from '../../src/core/mqtt/mqttSettings';
import { engine, OpenSsl } from '../unit/certificates/support/openssl';
import { readEvents, startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';
import { publishOne } from './support/session';

let hub: TestHub;
let connection: HubConnection;
let certificates: HubCertificates;
let registry: DeviceRegistry;
let store: AuthorityFolders;
const ssl = new OpenSsl();
const now = () => Date.now();

beforeAll(async () => {
  hub = await startTestHub();
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  certificates = await openHubCertificates(connection);
  registry = await openDeviceRegistry(connection);
  store = new AuthorityFolders({
    defaultFolder: () => path.join(ssl.folder, 'authorities'),
    registryFile: path.join(ssl.folder, 'folders.json'),
  });
});
afterAll(async () => {
  registry.dispose();
  await hub.close();
  ssl.dispose();
});

const inFolder = (name: string) => path.join(ssl.folder, name);

async function publish(deviceId: string, certificate: CertificateFiles, passphrase?: string): Promise<void> {
  const device = await registry.get(deviceId);
  const settings = mqttSettings({
    hub: connection,
    device,
    bag: [],
    tokenSeconds: 1,
    now: now(),
    certificate,
  });
  await publishOne(settings, `from ${deviceId}`, passphrase);
}

/** Runs the command that the extension copies. */
async function mosquitto(deviceId: string, certificate: CertificateFiles): Promise<number | null> {
  const device = await registry.get(deviceId);
  const settings = mqttSettings({
    hub: connection,
    device,
    bag: [],
    tokenSeconds: 1,
    now: now(),
    certificate,
  });
  return (await run('sh', ['-c', mosquittoPubCommand(settings, `from ${deviceId}`, 'sh')])).code;
}

/** Waits for the message at the hub, and checks how its sender was authenticated. */
async function arrivedFrom(deviceId: string): Promise<void> {
  const found = (await readEvents(hub.endpoints, ++published)).find(
    ({ systemProperties }) => systemProperties?.['iothub-connection-device-id'] === deviceId,
  );
  expect(String(found?.systemProperties?.['iothub-connection-auth-method'])).toContain('"type":"x509"');
}
let published = 0;

describe('A CA created with openssl', () => {
  const pass = 'opensesame';
  it.each([
    [
      'RSA, traditional and encrypted',
      ['genrsa -traditional -des3 -passout pass:opensesame -out ca.key 2048'],
    ],
    [
      'EC, PKCS#8 and encrypted',
      [
        'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:opensesame -out ca.key',
      ],
    ],
    ['EC, SEC1, unencrypted', ['ecparam -name prime256v1 -genkey -noout -out ca.key']],
  ])('is verified by the extension, and its devices publish: %s', async (_, commands) => {
    const deviceId = `by-openssl-${(await certificates.list()).length}`;
    for (const command of commands) ssl.line(command);
    ssl.run(
      'req',
      '-x509',
      '-new',
      '-key',
      'ca.key',
      '-passin',
      `pass:${pass}`,
      '-subj',
      `/CN=CA of ${deviceId}`,
      '-days',
      '99',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-out',
      'ca.pem',
    );
    const files = ['ca.pem', 'ca.key'].map((name) => ({ name, bytes: ssl.read(name) }));
    const bundle = await engine.readFiles(files, pass);
    const key = { pem: bundle.key ?? '' };
    const authority = await store.add({
      name: `CA of ${deviceId}`,
      certificate: bundle.certificate,
      chain: bundle.chain,
      key: await engine.lockKey(key.pem, pass),
      isKeyEncrypted: true,
    });
    expect(ssl.run('pkey', '-in', authority.keyFile ?? '', '-passin', `pass:${pass}`, '-noout')).toBe('');
    const issuer = {
      certificate: bundle.certificate,
      key: { pem: await store.read(authority.keyFile ?? ''), passphrase: pass },
    };
    const uploaded = await ensureUploaded(certificates, { name: deviceId, pem: bundle.certificate });
    const proved = await provePossession(certificates, uploaded.name, (code) =>
      engine.issueVerification({ code, issuer, now: now() }),
    );
    expect(proved.isVerified).toBe(true);

    const passphrase = 'device secret';
    const made = await engine.issueDevice({
      deviceId,
      keyType: 'ec-p256',
      days: 60,
      now: now(),
      passphrase,
      issuer,
    });
    expect(ssl.verify(made.certificate, [bundle.certificate])).toMatch(/OK$/);
    const issued = await store.addIssued({
      authorityId: authority.id,
      deviceId,
      certificate: made.certificate,
      key: made.key,
      isKeyEncrypted: true,
    });
    const device = await registry.create(deviceId, { kind: 'certificateAuthority' });
    const certificateFiles = {
      certificateFile: issued.certificateFile,
      keyFile: issued.keyFile ?? '',
      isKeyEncrypted: true,
    };
    expect(
      preflight({
        device,
        certificate: made.certificate,
        hubCertificates: await certificates.list(),
        now: now(),
      }),
    ).toEqual([]);
    await expect(publish(deviceId, certificateFiles, 'wrong')).rejects.toMatchObject({
      code: 'wrongPassphrase',
    });
    await publish(deviceId, certificateFiles, passphrase);
    await arrivedFrom(deviceId);
  });
});

describe('A CA created by the extension', () => {
  it.each(['rsa-2048', 'ec-p256', 'ec-p384'] as const)(
    'is verified and used with openssl only, and mosquitto_pub publishes with the certificate it signed: %s',
    async (keyType) => {
      const deviceId = `by-extension-${keyType}`;
      const passphrase = 'let me in';
      const ca = await engine.createAuthority({
        subject: { commonName: `CA ${keyType}` },
        keyType,
        days: 99,
        now: now(),
        passphrase,
      });
      ssl.write('own.pem', ca.certificate);
      ssl.write('own.key', ca.key);
      const sign = (commonName: string, name: string) => {
        ssl.run(
          'req',
          '-new',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-keyout',
          `${name}.key`,
          '-subj',
          `/CN=${commonName}`,
          '-out',
          `${name}.csr`,
        );
        ssl.run(
          'x509',
          '-req',
          '-in',
          `${name}.csr`,
          '-CA',
          'own.pem',
          '-CAkey',
          'own.key',
          '-passin',
          `pass:${passphrase}`,
          '-CAcreateserial',
          '-days',
          '9',
          '-sha256',
          '-out',
          `${name}.pem`,
        );
      };
      const { name, etag } = await ensureUploaded(certificates, { name: deviceId, pem: ca.certificate });
      const { code } = await certificates.generateVerificationCode(name, etag);
      sign(code, 'proof');
      expect((await uploadProof(certificates, name, ssl.text('proof.pem'))).isVerified).toBe(true);
      sign(deviceId, 'device');
      await registry.create(deviceId, { kind: 'certificateAuthority' });
      const files = {
        certificateFile: inFolder('device.pem'),
        keyFile: inFolder('device.key'),
        isKeyEncrypted: false,
      };
      expect(await mosquitto(deviceId, files)).toBe(0);
      await arrivedFrom(deviceId);
    },
  );

  it('can be an intermediate of an openssl root if the hub has only the root', async () => {
    const deviceId = 'below-openssl';
    ssl.line('req -x509 -newkey rsa:2048 -nodes -keyout root.key -subj /CN=Far-root -days 99 -out root.pem');
    const root = { certificate: ssl.text('root.pem'), key: { pem: ssl.text('root.key') } };
    const middle = await engine.createAuthority({
      subject: { commonName: 'Line 1' },
      keyType: 'ec-p256',
      days: 50,
      now: now(),
      issuer: root,
    });
    await certificates.upload('far-root', root.certificate, { isVerified: true });
    const issuer = { certificate: middle.certificate, key: { pem: middle.key } };
    const made = await engine.issueDevice({ deviceId, keyType: 'ec-p256', days: 60, now: now(), issuer });
    const device = await registry.create(deviceId, { kind: 'certificateAuthority' });
    const verdict = async (certificate: string) =>
      findBlocking(preflight({ device, certificate, hubCertificates: await certificates.list(), now: now() }))
        ?.code;
    ssl.write('full.pem', made.certificate + middle.certificate);
    ssl.write('alone.pem', made.certificate);
    ssl.write('leaf.key', made.key);
    const files = (name: string) => ({
      certificateFile: inFolder(name),
      keyFile: inFolder('leaf.key'),
      isKeyEncrypted: false,
    });
    expect(await verdict(ssl.text('full.pem'))).toBeUndefined();
    expect(await mosquitto(deviceId, files('full.pem'))).toBe(0);
    // The check of the extension agrees with the hub.
    expect(await verdict(ssl.text('alone.pem'))).toBe('chainIncomplete');
    expect(await mosquitto(deviceId, files('alone.pem'))).toBe(5);
    await expect(publish(deviceId, files('alone.pem'))).rejects.toThrow(
      'The hub rejected the certificate of "below-openssl"',
    );
  });
});

describe('A device with certificate thumbprints', () => {
  it('can always connect while its certificates are renewed', async () => {
    const deviceId = 'pinned';
    const issue = async (name: string) => {
      const { certificate, key } = await engine.issueDevice({
        deviceId,
        keyType: 'ec-p256',
        days: 60,
        now: now(),
      });
      ssl.write(`${name}.pem`, certificate);
      ssl.write(`${name}.key`, key);
      const files = {
        certificateFile: inFolder(`${name}.pem`),
        keyFile: inFolder(`${name}.key`),
        isKeyEncrypted: false,
      };
      return { files, sha256: readCertificateInfo(parseCertificate(certificate)).sha256 };
    };
    const [first, second, third] = [await issue('first'), await issue('second'), await issue('third')];
    const created = await registry.create(deviceId, {
      kind: 'selfSigned',
      primaryThumbprint: first.sha256,
      secondaryThumbprint: second.sha256,
    });
    await publish(deviceId, first.files);
    await publish(deviceId, second.files);
    const rolled = rollThumbprints(
      { primary: first.sha256, secondary: second.sha256 },
      third.sha256,
      first.sha256,
    );
    await registry.setThumbprints(deviceId, rolled, created.etag);
    await publish(deviceId, first.files);
    await publish(deviceId, third.files);
    await expect(publish(deviceId, second.files)).rejects.toMatchObject({ code: 'refused' });
    await expect(registry.setThumbprints(deviceId, rolled, created.etag)).rejects.toMatchObject({
      code: 'changedMeanwhile',
    });
  });
});

describe('Managing certificates on a hub', () => {
  const make = async (commonName: string) =>
    engine.createAuthority({ subject: { commonName }, keyType: 'ec-p256', days: 9, now: now() });

  it('reports what is wrong and continues where it stopped', async () => {
    const [one, other] = [await make('One'), await make('Other')];
    const issuer = (of: typeof one) => ({ certificate: of.certificate, key: { pem: of.key } });
    const sign = (of: typeof one) => (code: string) =>
      engine.issueVerification({ code, issuer: issuer(of), now: now() });
    await ensureUploaded(certificates, { name: 'words', pem: one.certificate });
    await expect(ensureUploaded(certificates, { name: 'words', pem: other.certificate })).rejects.toThrow(
      'Enter another name',
    );
    await expect(certificates.delete('words', 'stale')).rejects.toMatchObject({ code: 'changedMeanwhile' });
    await expect(provePossession(certificates, 'words', sign(other))).rejects.toThrow('issued by "CN=Other"');
    const controller = new AbortController();
    const stopping = provePossession(
      certificates,
      'words',
      (code) => {
        controller.abort();
        return sign(one)(code);
      },
      { signal: controller.signal },
    );
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
    let isChanged = false;
    const disturbed = await provePossession(certificates, 'words', async (code) => {
      const again = await openHubCertificates(connection);
      const current = await again.find('words');
      if (!isChanged) await again.generateVerificationCode('words', current?.etag ?? '');
      isChanged = true;
      return sign(one)(code);
    });
    expect(disturbed.isVerified).toBe(true);
  });

  it('reports that the hub is full, does not exist, or refuses the token', async () => {
    const spare = await make('Spare');
    let failure: unknown;
    for (let n = 0; n < 30 && !failure; n++) {
      await certificates
        .upload(`full-${n}`, spare.certificate, { isVerified: false })
        .catch((error: unknown) => {
          failure = error;
        });
    }
    expect(failure).toMatchObject({ code: 'quotaExceeded' });
    const management = connection.management;
    if (!management) throw new Error('The workbench connection string contains no management endpoint.');
    ssl.write('token', 'wrong');
    const stranger = await openHubCertificates({
      ...connection,
      management: { ...management, credential: { tokenFile: inFolder('token') } },
    });
    await expect(stranger.list()).rejects.toMatchObject({ code: 'unauthorized' });
    const gone = await openHubCertificates({
      ...connection,
      management: { ...management, endpoint: 'https://localhost:9' },
    });
    await expect(gone.list()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
