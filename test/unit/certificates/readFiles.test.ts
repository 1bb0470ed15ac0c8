import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CertificateWithKey } from '../../../src/core/certificate/certificateWork';
import { type KeyType } from '../../../src/core/certificate/keyType';
import { certificateEngine } from '../../../src/core/x509/index';
import type * as Keys from '../../../src/core/x509/keys';
import { nextTestKey } from '../../support/keys';
import { engine, issuerOf, OpenSsl } from './support/openssl';

// Certificates are the point here; keys.test.ts makes real ones of every kind.
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

describe.each(['rsa-2048', 'ec-p256'])('The files of a certificate of %s', (keyType) => {
  it('are put in order, in whatever order they come', async () => {
    const { certificate, key } = leafOf(keyType);
    const chain = file('chain.pem', root.certificate + middle.certificate);
    const own = file('own.pem', `Bag Attributes\r\n  friendlyName: x\r\n${certificate}`);
    expect(await engine.readFiles([chain, file('key', key), own])).toEqual(whole(keyType));
    expect(await read(root.certificate + certificate + key + middle.certificate)).toEqual(whole(keyType));
    // Twice the same does no harm.
    expect(await engine.readFiles([chain, own, file('key', key), chain, file('key2', key)])).toEqual(
      whole(keyType),
    );
  });

  it.each([
    ['PKCS#8', 'pkcs8 -topk8 -nocrypt -outform DER'],
    ['encrypted PKCS#8', 'pkcs8 -topk8 -v2 aes256 -passout pass:secret -outform DER'],
    ['its traditional form', 'pkey -traditional -outform DER'],
  ])('may have the key in DER as %s', async (_, command) => {
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
    ['modern', ''],
    ['old, with RC2', '-legacy'],
    ['old, with 3DES', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'],
    ['with open certificates', '-certpbe NONE'],
    ['with RC2 of 128 bits', '-legacy -certpbe PBE-SHA1-RC2-128'],
    ['with SHA-512', '-macalg sha512'],
    ['without a MAC', '-nomac'],
  ])('may be in PKCS#12, %s', async (_, options) => {
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
      message: 'The passphrase does not open "some.file".',
    });
  });

  it('may be in PKCS#12 without a passphrase', async () => {
    openssl.line(
      `pkcs12 -export -in ${keyType}.pem -inkey ${keyType}.key -certfile chain.pem -out empty.p12 -passout pass:`,
    );
    expect(await read(openssl.read('empty.p12'))).toEqual(whole(keyType));
  });

  it('go to PKCS#12 for openssl, whole', async () => {
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

describe('What cannot be used', () => {
  it('is a key of something else', async () => {
    await expect(read(leafOf('ec-p256').certificate + root.key)).rejects.toMatchObject({
      code: 'invalidInput',
      message:
        'The private key in "some.file" does not belong to the certificate. Choose the key it was made with.',
    });
    await expect(read(root.certificate + middle.certificate + leafOf('ec-p256').key)).rejects.toThrow(
      /any of the/,
    );
    await expect(read(root.certificate + root.key + middle.key)).rejects.toThrow(/more than one private key/);
  });

  it('is a key without a certificate, or nothing', async () => {
    await expect(read(root.key)).rejects.toThrow(
      'There is no certificate in "some.file". Choose the certificate file too.',
    );
    await expect(engine.readFiles([])).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(read('')).rejects.toThrow('"some.file" is empty.');
  });

  it('are certificates that do not belong together', async () => {
    const other = await engine.createAuthority({
      subject: { commonName: 'O' },
      keyType: 'ec-p256',
      days: 1,
      now,
    });
    await expect(read(root.certificate + other.certificate)).rejects.toThrow(/nothing to do with each other/);
    expect(await read(leafOf('ec-p256').certificate + root.certificate + middle.certificate)).toEqual({
      certificate: leafOf('ec-p256').certificate,
      chain: [middle.certificate, root.certificate],
    });
  });

  it('is a file of more than 1 MB, or of too many parts', async () => {
    await expect(read(Buffer.alloc(1024 * 1024 + 1))).rejects.toThrow(/larger than 1 MB/);
    await expect(read('-----BEGIN CERTIFICATE-----\n'.repeat(30_000))).rejects.toThrow(
      /more than 1000 parts/,
    );
  });

  it('is a damaged file; each says so in one sentence', async () => {
    const der = Buffer.from(root.certificate.replace(/-----[^-]+-----/g, ''), 'base64');
    // Of one round: it is opened hundreds of times.
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
      // Bits that fell over, anywhere.
      ...Array.from({ length: 400 }, (_, i) => {
        const copy = Buffer.from(i % 2 ? p12 : der);
        const at = Math.floor((copy.length * i) / 400);
        copy[at] = (copy[at] ?? 0) ^ 0x15;
        return copy;
      }),
    ];
    let refused = 0;
    for (const content of cases) {
      try {
        await read(content, 'secret');
      } catch (error) {
        expect(error).toMatchObject({ name: 'IotError' });
        expect((error as Error).message).toMatch(/^[^\n]+\.$/);
        expect((error as Error).message).not.toMatch(/undefined|TypeError|forge| at /);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(400);
  });
});
