import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateWithKey } from '../../../src/core/certificate/certificateWork';
import { iterateHash } from '../../../src/core/x509/iteratedHash';
import { parseDer } from '../../../src/core/x509/asn1';
import { bmpPassword, pkcs12Key, RoundBudget } from '../../../src/core/x509/pbe';
import { readPkcs12 } from '../../../src/core/x509/pkcs12/read';
import { engine, OpenSsl, writeDevice } from './support/openssl';

const openssl = new OpenSsl();
let device: CertificateWithKey;
beforeAll(async () => {
  device = await writeDevice(openssl);
});
afterAll(() => openssl.dispose());
const read = (name: string, passphrase: string) =>
  engine.readFiles([{ name, bytes: openssl.read(name) }], passphrase);

describe('Repeated hashing', () => {
  it.each([
    ['sha1', 20],
    ['sha224', 28],
    ['sha256', 32],
    ['sha384', 48],
    ['sha512', 64],
  ])('with %s is that of node:crypto', (name, length) => {
    for (const rounds of [0, 1, 2, 3, 500]) {
      for (const digest of [randomBytes(length), Buffer.alloc(length), Buffer.alloc(length, 0xff)]) {
        let expected = digest;
        for (let round = 0; round < rounds; round++) expected = createHash(name).update(expected).digest();
        expect(iterateHash(name, digest, rounds)).toEqual(expected);
      }
    }
  });

  // RFC 7292 has no test vectors; these are those of Bouncy Castle, GnuTLS and node-forge.
  it.each([
    ['smeg', '0A58CF64530D823F', 1, 24, 1, '8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3'],
    ['smeg', '0A58CF64530D823F', 1, 8, 2, '79993DFE048D3B76'],
    ['smeg', '3D83C0E4546AC140', 1, 20, 3, '8D967D88F6CAA9D714800AB3D48051D63F73A312'],
    ['queeg', '05DEC959ACFF72F7', 1000, 24, 1, 'ED2034E36328830FF09DF1E1A07DD357185DAC0D4F9EB3D4'],
    ['queeg', '05DEC959ACFF72F7', 1000, 8, 2, '11DEDAD7758D4860'],
    ['queeg', '263216FCC2FAB31C', 1000, 20, 3, '5EC4C7A80DF652294C3925B6489A7AB857C83476'],
  ])('derives the known key for %s, %s, %i', (password, salt, rounds, length, id, expected) => {
    const key = pkcs12Key('sha1', bmpPassword(password), Buffer.from(salt, 'hex'), rounds, id, length);
    expect(key.toString('hex').toUpperCase()).toBe(expected);
  });
});

describe('A PKCS#12 file with many iterations', () => {
  it.each([
    ['SHA-256', ''],
    ['SHA-1 and 3DES', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'],
    ['SHA-512', '-macalg sha512'],
  ])('of openssl is read: %s', async (_, options) => {
    openssl.line(
      `pkcs12 -export -in d.pem -inkey d.key -iter 100000 ${options} -passout pass:secret -out a.p12`.replace(
        / +/g,
        ' ',
      ),
    );
    expect(await read('a.p12', 'secret')).toEqual({ ...device, chain: [] });
    await expect(read('a.p12', 'wrong')).rejects.toMatchObject({ code: 'wrongPassphrase' });
  });
});

describe('A hostile number of iterations', () => {
  const refusal = {
    code: 'invalidInput',
    message: expect.stringContaining('key derivation iterations, which is too many.') as string,
  };

  it('is limited for a file as a whole', () => {
    const budget = new RoundBudget();
    expect(budget.take(10_000_000, 2)).toBe(10_000_000);
    expect(() => budget.take(1)).toThrow(expect.objectContaining(refusal) as Error);
    expect(() => new RoundBudget().take(0)).toThrow('a number that is not valid');
    expect(() => new RoundBudget().take(-1)).toThrow('a number that is not valid');
  });

  it.each(['-certpbe NONE -nomac', '-nomac', '-certpbe NONE -keypbe NONE', '-legacy -nomac'])(
    'is limited for each part of a PKCS#12 file: %s',
    (options) => {
      openssl.line(`pkcs12 -export -in d.pem -inkey d.key ${options} -passout pass:secret -out b.p12`);
      const budget = new RoundBudget();
      budget.take(20_000_000);
      expect(() =>
        readPkcs12(parseDer(openssl.read('b.p12')), 'secret', '"b.p12"', { withKeys: true, budget }),
      ).toThrow(expect.objectContaining(refusal) as Error);
    },
  );

  it('of a key names it', async () => {
    openssl.line(
      'pkcs8 -topk8 -in d.key -v2 aes256 -iter 100001 -passout pass:secret -outform der -out a.key',
    );
    const der = openssl.read('a.key');
    const at = der.indexOf(Buffer.from([2, 3, 0x01, 0x86, 0xa1]));
    // The length of the salt before it becomes shorter by one, the number longer: 2,000,000,000.
    const salt = der.lastIndexOf(Buffer.from([4, 16]), at) < 0 ? 8 : 16;
    const changed = Buffer.concat([
      der.subarray(0, at - salt - 2),
      Buffer.from([4, salt - 1]),
      der.subarray(at - salt + 1, at),
      Buffer.from([2, 4, 0x77, 0x35, 0x94, 0x00]),
      der.subarray(at + 5),
    ]);
    const files = [{ name: 'a.key', bytes: changed }];
    await expect(engine.readFiles(files, 'secret')).rejects.toMatchObject({
      code: 'invalidInput',
      message: '"a.key": This file uses 2,000,000,000 key derivation iterations, which is too many.',
    });
    expect(() =>
      createPrivateKey({ key: der, format: 'der', type: 'pkcs8', passphrase: 'secret' }),
    ).not.toThrow();
  });
});
