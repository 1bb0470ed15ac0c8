import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CertificateWithKey } from '../../../src/core/certificate/certificateWork';
import { type KeyType } from '../../../src/core/certificate/keyType';
import { certificateEngine } from '../../../src/core/x509/index';
import type * as Keys from '../../../src/core/x509/keys';
import { nextTestKey } from '../../support/keys';
import { engine, issuerOf, OpenSsl } from './support/openssl';

// Prepared keys save time; keys.test.ts generates keys of every type.
vi.mock('../../../src/core/x509/keys', async (original) => {
  const actual = await original<typeof Keys>();
  const newPrivateKey = (type: KeyType) => nextTestKey(type) ?? actual.newPrivateKey(type);
  return { ...actual, newPrivateKey };
});

const openssl = new OpenSsl();
afterAll(() => openssl.dispose());

const now = Date.now();
let root: CertificateWithKey;
let middle: CertificateWithKey;
const leaves: Record<string, CertificateWithKey> = {};

beforeAll(async () => {
  const subject = { commonName: 'Root' };
  root = await engine.createAuthority({ subject, keyType: 'ec-p256', days: 100, now });
  middle = await engine.createAuthority({
    subject: { commonName: 'Middle' },
    keyType: 'rsa-2048',
    days: 90,
    now,
    issuer: issuerOf(root),
  });
  for (const keyType of ['rsa-2048', 'ec-p256'] as const) {
    const leaf = await engine.issueDevice({
      deviceId: keyType,
      keyType,
      days: 9,
      now,
      issuer: issuerOf(middle),
    });
    leaves[keyType] = leaf;
    openssl.write(`${keyType}.pem`, leaf.certificate);
    openssl.write(`${keyType}.key`, leaf.key);
  }
  openssl.write('root.pem', root.certificate);
  openssl.write('chain.pem', middle.certificate + root.certificate);
});

const leafOf = (keyType: string): CertificateWithKey => leaves[keyType] ?? root;
const whole = (keyType: string) => {
  const { certificate, key } = leafOf(keyType);
  return { certificate, key, chain: [middle.certificate, root.certificate] };
};
const file = (name: string, content: string | Uint8Array) => ({
  name,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
});
const read = (content: string | Uint8Array, passphrase?: string) =>
  engine.readFiles([file('some.file', content)], passphrase);

describe.each(['rsa-2048', 'ec-p256'])('Certificate files with a %s key', (keyType) => {
  it('sorts the certificates of PEM files in any order into a chain', async () => {
    const { certificate, key } = leafOf(keyType);
    const chain = file('chain.pem', root.certificate + middle.certificate);
    const own = file('own.pem', `Bag Attributes\r\n  friendlyName: x\r\n${certificate}`);
    expect(await engine.readFiles([chain, file('key', key), own])).toEqual(whole(keyType));
    expect(await read(root.certificate + certificate + key + middle.certificate)).toEqual(whole(keyType));
    // Duplicates are ignored.
    expect(await engine.readFiles([chain, own, file('key', key), chain, file('key2', key)])).toEqual(
      whole(keyType),
    );
  });

  it.each([
    ['PKCS#8', 'pkcs8 -topk8 -nocrypt -outform DER'],
    ['encrypted PKCS#8', 'pkcs8 -topk8 -v2 aes256 -passout pass:secret -outform DER'],
    ['PKCS#1 or SEC1', 'pkey -traditional -outform DER'],
  ])('reads a DER key as %s', async (_, command) => {
    openssl.line(`${command} -in ${keyType}.key -out key.der`);
    openssl.line(`x509 -in ${keyType}.pem -outform DER -out own.der`);
    const files = [file('own.der', openssl.read('own.der')), file('key.der', openssl.read('key.der'))];
    const { certificate, key } = leafOf(keyType);
    expect(await engine.readFiles(files, 'secret')).toEqual({ certificate, key, chain: [] });
    if (command.includes('pass:')) {
      await expect(engine.readFiles(files)).rejects.toMatchObject({ code: 'wrongPassphrase' });
      await expect(engine.readFiles(files, 'wrong')).rejects.toMatchObject({ code: 'wrongPassphrase' });
    }
  });

  it.each([
    ['current encryption', ''],
    ['legacy RC2', '-legacy'],
    ['legacy 3DES', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'],
    ['unencrypted certificates', '-certpbe NONE'],
    ['128-bit RC2', '-legacy -certpbe PBE-SHA1-RC2-128'],
    ['a SHA-512 MAC', '-macalg sha512'],
    ['no MAC', '-nomac'],
  ])('reads a PKCS#12 file with %s', async (_, options) => {
    const command = `pkcs12 -export -in ${keyType}.pem -inkey ${keyType}.key -certfile chain.pem -out a.p12 -name x`;
    openssl.run(...`${command} ${options}`.trim().split(' '), '-passout', 'pass:gehä€im');
    const bytes = openssl.read('a.p12');
    expect(await read(bytes, 'gehä€im')).toEqual(whole(keyType));
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'wrongPassphrase',
      message: '"some.file" is protected by a passphrase.',
    });
    await expect(read(bytes, 'wrong')).rejects.toMatchObject({
      code: 'wrongPassphrase',
      message: 'The passphrase for "some.file" is incorrect.',
    });
  });

  it('reads a PKCS#12 file without a passphrase', async () => {
    openssl.line(
      `pkcs12 -export -in ${keyType}.pem -inkey ${keyType}.key -certfile chain.pem -out empty.p12 -passout pass:`,
    );
    expect(await read(openssl.read('empty.p12'))).toEqual(whole(keyType));
  });

  it('exports a PKCS#12 file that openssl reads completely', async () => {
    const { certificate, key, chain } = whole(keyType);
    const passphrase = 'gehä€im';
    const request = { certificate, chain, passphrase, friendlyName: 'Device 1' };
    const locked = { pem: await engine.lockKey(key, 'own'), passphrase: 'own' };
    const bytes = await engine.exportPkcs12({ ...request, key: locked });
    openssl.write('ours.p12', bytes);
    const text = openssl.run(...'pkcs12 -in ours.p12 -nodes -passin'.split(' '), `pass:${passphrase}`);
    expect(text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/g)).toEqual([
      certificate,
      ...chain,
    ]);
    expect(/-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n/.exec(text)?.[0]).toBe(key);
    expect(text.match(/friendlyName: Device 1/g)).toHaveLength(2);
    const ids = [...text.matchAll(/localKeyID: (.+)/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    expect(() => openssl.line('pkcs12 -in ours.p12 -nodes -passin pass:wrong')).toThrow(/invalid password/);
    expect(await read(bytes, passphrase)).toEqual(whole(keyType));
    await expect(engine.exportPkcs12({ ...request, key: { pem: root.key } })).rejects.toThrow(
      /does not belong/,
    );
  });
});

describe('Unusable certificate files', () => {
  it('rejects a key that does not belong to the certificate', async () => {
    await expect(read(leafOf('ec-p256').certificate + root.key)).rejects.toMatchObject({
      code: 'invalidInput',
      message:
        'The private key in "some.file" does not belong to the certificate. Select the key of the certificate.',
    });
    await expect(read(root.certificate + middle.certificate + leafOf('ec-p256').key)).rejects.toThrow(
      /any of the/,
    );
    await expect(read(root.certificate + root.key + middle.key)).rejects.toThrow(/more than one private key/);
  });

  it('rejects a key without a certificate, an empty file, and no file', async () => {
    await expect(read(root.key)).rejects.toThrow(
      'No certificate was found in "some.file". Select the certificate file as well.',
    );
    await expect(engine.readFiles([])).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(read('')).rejects.toThrow('"some.file" is empty.');
  });

  it('rejects certificates that are not of one chain', async () => {
    const other = await engine.createAuthority({
      subject: { commonName: 'O' },
      keyType: 'ec-p256',
      days: 1,
      now,
    });
    await expect(read(root.certificate + other.certificate)).rejects.toThrow(/unrelated certificates/);
    expect(await read(leafOf('ec-p256').certificate + root.certificate + middle.certificate)).toEqual({
      certificate: leafOf('ec-p256').certificate,
      chain: [middle.certificate, root.certificate],
    });
  });

  it('rejects a file of more than 1 MB or with too many parts', async () => {
    await expect(read(Buffer.alloc(1024 * 1024 + 1))).rejects.toThrow(/larger than 1 MB/);
    await expect(read('-----BEGIN CERTIFICATE-----\n'.repeat(30_000))).rejects.toThrow(
      /more than 1,000 parts/,
    );
  });

  it('rejects damaged files with a single-line message', async () => {
    const der = Buffer.from(root.certificate.replace(/-----[^-]+-----/g, ''), 'base64');
    // One iteration, because it is opened hundreds of times.
    const p12 = Buffer.from(
      await certificateEngine(1).exportPkcs12({
        certificate: root.certificate,
        chain: [],
        key: { pem: root.key },
        passphrase: 'secret',
        friendlyName: '',
      }),
    );
    const cases: (string | Uint8Array)[] = [
      'hello',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
      '-----BEGIN CERTIFICATE-----\n',
      der.subarray(0, 100),
      Buffer.from([0x30, 0x00]),
      Buffer.alloc(500_000, Buffer.from([0x30, 0x80])),
      randomBytes(2000),
      ...Array.from({ length: 200 }, (_, i) => p12.subarray(0, Math.floor((p12.length * i) / 200))),
      // Flipped bits at any position.
      ...Array.from({ length: 400 }, (_, i) => {
        const copy = Buffer.from(i % 2 ? p12 : der);
        const at = Math.floor((copy.length * i) / 400);
        copy[at] = (copy[at] ?? 0) ^ 0x15;
        return copy;
      }),
    ];
    let rejected = 0;
    for (const content of cases) {
      try {
        await read(content, 'secret');
      } catch (error) {
        expect(error).toMatchObject({ name: 'IotError' });
        expect((error as Error).message).toMatch(/^[^\n]+\.$/);
        expect((error as Error).message).not.toMatch(/undefined|TypeError|forge| at /);
        rejected++;
      }
    }
    expect(rejected).toBeGreaterThan(400);
  });
});
