import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Uri } from 'vscode';
import { readCredentials } from '../../../src/azure/mqtt/credentials';
import { readCa } from '../../../src/azure/trust';
import { type CertificateWithKey, type CertificateWork } from '../../../src/core/certificate/certificateWork';
import { parseCertificate, readCertificateInfo } from '../../../src/core/certificate/certificate';
import { type Hub } from '../../../src/core/hub/hub';
import { pickCertificateFiles } from '../../../src/explorer/deviceAuthentication';
import { askCredentials } from '../../../src/features/devices/askCredentials';
import { pickCertificate } from '../../../src/features/certificates/lazy/pickFile';
import { type Services } from '../../../src/services';
import { readCertificateFiles } from '../../../src/workbench/certificateFiles';
import { fake } from '../../support/fakeVscode';
import { engine, OpenSsl, writeDevice } from '../certificates/support/openssl';

const work = engine as unknown as CertificateWork;
const openssl = new OpenSsl();
let folder: string;
let device: CertificateWithKey;

beforeAll(async () => {
  device = await writeDevice(openssl);
});
afterAll(() => openssl.dispose());
beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(path.join(os.tmpdir(), 'certificate-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string | Uint8Array) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
/** The certificate in each form that people have it in, and the passphrase to enter. */
const forms = (): Readonly<
  Record<string, { readonly content: string | Uint8Array; readonly passphrase?: string }>
> => {
  openssl.line('x509 -in d.pem -outform der -out d.der');
  openssl.line('crl2pkcs7 -nocrl -certfile d.pem -out d.p7b');
  openssl.line('pkcs12 -export -in d.pem -inkey d.key -out d.p12 -passout pass:secret');
  return {
    'UTF-16': { content: utf16(device.certificate) },
    DER: { content: openssl.read('d.der') },
    'PKCS#7': { content: openssl.read('d.p7b') },
    'PKCS#12': { content: openssl.read('d.p12'), passphrase: 'secret' },
    'line ends of old Macs': { content: device.certificate.replaceAll('\n', '\r') },
    'a key after it': { content: device.certificate + device.key },
  };
};
const kinds = ['UTF-16', 'DER', 'PKCS#7', 'PKCS#12', 'line ends of old Macs', 'a key after it'];
const formOf = (kind: string) => forms()[kind] ?? { content: '' };

describe('A certificate file', () => {
  it.each(kinds)('provides the thumbprints of a new device: %s', async (kind) => {
    const { content, passphrase } = formOf(kind);
    fake.openFile = write('some.crt', content);
    const steps = ['Select a certificate file', ...(passphrase === undefined ? [] : [passphrase])];
    fake.answers = ['X.509 thumbprint', ...steps, 'No secondary'];
    const { sha256 } = readCertificateInfo(parseCertificate(device.certificate));
    expect(await askCredentials(work, 'Register', 1, 1)).toEqual({
      kind: 'selfSigned',
      primaryThumbprint: sha256,
    });
  });

  it.each(kinds)('can be uploaded as verification certificate: %s', async (kind) => {
    const { content, passphrase } = formOf(kind);
    fake.openFile = write('some.crt', content);
    fake.answers = passphrase === undefined ? [] : ['wrong', passphrase];
    expect(await pickCertificate(work, 'Select')).toEqual({ name: 'some.crt', pem: device.certificate });
  });

  it('of another kind is named where a thumbprint is wanted', async () => {
    openssl.line('req -new -key d.key -subj /CN=x -out d.csr');
    fake.openFile = write('d.csr', openssl.read('d.csr'));
    fake.answers = ['X.509 thumbprint', 'Select a certificate file'];
    await expect(askCredentials(work, 'Register', 1, 1)).rejects.toThrow(
      '"d.csr" is a certificate signing request (CSR).',
    );
  });
});

describe('A file that cannot be read', () => {
  const read = (file: string) => readCertificateFiles([Uri.file(file)]);

  it('is named with the reason', async () => {
    mkdirSync(path.join(folder, 'some.pem'));
    await expect(read(path.join(folder, 'some.pem'))).rejects.toThrow(
      '"some.pem" is a folder. Select a file.',
    );
    await expect(read(path.join(folder, 'gone.pem'))).rejects.toThrow('"gone.pem" no longer exists.');
  });

  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
    'for lack of permission is named',
    async () => {
      const file = write('secret.pem', 'x');
      chmodSync(file, 0);
      await expect(read(file)).rejects.toThrow('"secret.pem" cannot be read: you do not have permission.');
    },
  );

  it('because of its size is not loaded', async () => {
    const file = write('huge.pem', '');
    truncateSync(file, 8 * 1024 ** 3);
    const files = await read(file);
    expect(files[0]?.bytes).toHaveLength(1024 * 1024 + 1);
    await expect(engine.readFiles(files)).rejects.toThrow('"huge.pem" is larger than 1 MB');
  });
});

describe('Certificate files of a device that publishes', () => {
  const pick = (certificate: string | Uint8Array, key: string | Uint8Array) => {
    // One file for both dialogs: with certificate and key.
    const files = [write('d.crt', certificate), write('d.key', key)];
    Object.defineProperty(fake, 'openFile', {
      get: () => files.shift(),
      set: () => undefined,
      configurable: true,
    });
    const chosenCertificates: Services['chosenCertificates'] = new Map();
    return pickCertificateFiles({ chosenCertificates, certificateWork: work }, { id: 'h' } as Hub, {
      deviceId: 'd',
    });
  };
  afterEach(() => {
    Object.defineProperty(fake, 'openFile', { value: undefined, writable: true, configurable: true });
  });
  const connect = (files: Awaited<ReturnType<typeof pick>>, passphrase?: string) =>
    readCredentials({ credentials: { kind: 'certificate', ...files } as never }, passphrase);

  it('are read as all tools write them', async () => {
    const files = await pick(utf16(device.certificate), device.key.replaceAll('\n', '\r'));
    expect(files.isKeyEncrypted).toBe(false);
    expect(await connect(files)).toEqual({ cert: device.certificate, key: device.key });
    const locked = await pick(
      `\uFEFF${device.certificate}`,
      utf16(await engine.lockKey(device.key, 'secret')),
    );
    expect(locked.isKeyEncrypted).toBe(true);
    expect(await connect(locked, 'secret')).toMatchObject({ key: device.key });
    await expect(connect(locked, 'wrong')).rejects.toMatchObject({ code: 'wrongPassphrase' });
  });

  it('are refused with the reason when they are selected', async () => {
    const openSsh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';
    await expect(pick(device.certificate, openSsh)).rejects.toThrow('in "d.key" is in OpenSSH format');
    await expect(pick(device.certificate, device.certificate)).rejects.toThrow(
      'd.key does not contain a private key.',
    );
    const other = await engine.issueDevice({ deviceId: 'x', keyType: 'ec-p256', days: 9, now: Date.now() });
    await expect(pick(device.certificate, other.key)).rejects.toThrow(
      '"d.key" does not belong to the certificate',
    );
    openssl.line('x509 -in d.pem -outform der -out d.der');
    await expect(pick(openssl.read('d.der'), device.key)).rejects.toThrow(
      '"d.crt" is not in PEM format, which devices need. Convert a copy of it with openssl.',
    );
  });
});

it('The CA file of a hub is read in UTF-16', async () => {
  expect(await readCa(write('ca.pem', utf16(device.certificate)))).toBe(device.certificate);
});
