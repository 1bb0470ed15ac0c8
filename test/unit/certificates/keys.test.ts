import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyType, keyTypes } from '../../../src/core/certificate/keyType';
import { certificateEngine } from '../../../src/core/x509/index';
import { newPrivateKey } from '../../../src/core/x509/keys';
import { engine, OpenSsl } from './support/openssl';

const openssl = new OpenSsl();
afterAll(() => openssl.dispose());

/** Key types, and the openssl command that generates each. */
const kinds: readonly (readonly [string, string])[] = [
  ['rsa', 'genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048'],
  ['p256', 'genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256'],
  ['p384', 'genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-384'],
  ['p521', 'genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-521'],
];
beforeAll(() => {
  for (const [name, command] of kinds) openssl.line(`${command} -out ${name}.pem`);
});

const plainOf = (name: string) =>
  createPrivateKey(openssl.read(`${name}.pem`))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

describe('Key generation', () => {
  const details: Readonly<Record<KeyType, object>> = {
    'ec-p256': { namedCurve: 'prime256v1' },
    'ec-p384': { namedCurve: 'secp384r1' },
    'rsa-2048': { modulusLength: 2048, publicExponent: 65_537n },
    'rsa-3072': { modulusLength: 3072, publicExponent: 65_537n },
    'rsa-4096': { modulusLength: 4096, publicExponent: 65_537n },
  };
  it.each(keyTypes)('generates a key of type %s', (keyType) => {
    const key = newPrivateKey(keyType);
    expect(key.type).toBe('private');
    expect(key.asymmetricKeyType).toBe(keyType.split('-')[0]);
    expect(key.asymmetricKeyDetails).toMatchObject(details[keyType]);
  });

  it.each(['ec-p256', 'rsa-2048'] as const)('generates a different %s key each time', (keyType) => {
    expect(newPrivateKey(keyType).equals(newPrivateKey(keyType))).toBe(false);
  });
});

describe('Encrypted key', () => {
  it.each(kinds)('encrypts a %s key so that openssl and the engine can decrypt it', async (name) => {
    const plain = plainOf(name);
    const locked = await engine.lockKey(plain, 'pä$$ "wörd"');
    expect(locked).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(openssl.publicKeyOf(locked, 'pä$$ "wörd"')).toBe(openssl.publicKeyOf(plain));
    expect(() => openssl.publicKeyOf(locked, 'other')).toThrow();
    expect(await engine.unlockKey({ pem: locked, passphrase: 'pä$$ "wörd"' })).toBe(plain);
    expect(createPrivateKey({ key: locked, passphrase: 'pä$$ "wörd"' }).equals(createPrivateKey(plain))).toBe(
      true,
    );
  });

  it('encrypts a key with 600,000 iterations of PBKDF2-HMAC-SHA256 and AES-256', async () => {
    const locked = await certificateEngine().lockKey(plainOf('p256'), 'secret');
    openssl.write('locked.pem', locked);
    const dump = openssl.line('asn1parse -in locked.pem');
    expect(dump).toContain('hmacWithSHA256');
    expect(dump).toContain('aes-256-cbc');
    expect(dump).toMatch(new RegExp(`INTEGER +:${(600_000).toString(16).padStart(6, '0')}\\n`, 'i'));
    expect(openssl.publicKeyOf(locked, 'secret')).toBe(openssl.publicKeyOf(plainOf('p256')));
  });

  it('rejects a passphrase that is empty or longer than openssl supports', async () => {
    await expect(engine.lockKey(plainOf('p256'), '')).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(engine.lockKey(plainOf('p256'), 'x'.repeat(1001))).rejects.toMatchObject({
      code: 'invalidInput',
    });
    const locked = await engine.lockKey(plainOf('p256'), 'x'.repeat(1000));
    expect(await engine.unlockKey({ pem: locked, passphrase: 'x'.repeat(1000) })).toBe(plainOf('p256'));
  });

  it('distinguishes a missing passphrase from an incorrect one', async () => {
    const plain = plainOf('p256');
    const pem = await engine.lockKey(plain, 'secret');
    await expect(engine.unlockKey({ pem })).rejects.toMatchObject({
      code: 'wrongPassphrase',
      message: 'This private key is protected by a passphrase.',
    });
    // One in 256 incorrect passphrases produces valid padding.
    for (let i = 0; i < 600; i++) {
      await expect(engine.unlockKey({ pem, passphrase: `wrong ${i}` })).rejects.toMatchObject({
        code: 'wrongPassphrase',
        message: 'The passphrase is incorrect.',
      });
    }
  });
});

describe('openssl key', () => {
  it.each([
    ['genrsa -traditional 2048', 'BEGIN RSA PRIVATE KEY'],
    ['genrsa 2048', 'BEGIN PRIVATE KEY'],
    ['ecparam -genkey -name prime256v1', 'BEGIN EC PRIVATE KEY'],
    ['ecparam -genkey -noout -name secp521r1', 'BEGIN EC PRIVATE KEY'],
  ])('reads the key of openssl %s', async (command, header) => {
    const pem = openssl.line(command);
    expect(pem).toContain(header);
    expect(openssl.publicKeyOf(await engine.unlockKey({ pem }))).toBe(openssl.publicKeyOf(pem));
  });

  it.each([
    ['PKCS#1 with 3DES', 'rsa -in rsa.pem -traditional -des3 -passout pass:secret'],
    ['PKCS#1 with AES', 'rsa -in rsa.pem -traditional -aes256 -passout pass:secret'],
    ['SEC1 with 3DES', 'ec -in p256.pem -des3 -passout pass:secret'],
    ['SEC1 of P-521 with AES', 'ec -in p521.pem -aes128 -passout pass:secret'],
    ['PKCS#8 with AES-256', 'pkcs8 -topk8 -in rsa.pem -v2 aes-256-cbc -passout pass:secret'],
    [
      'PKCS#8 with AES-128 and SHA-1',
      'pkcs8 -topk8 -in p384.pem -v2 aes128 -v2prf hmacWithSHA1 -passout pass:secret',
    ],
    [
      'PKCS#8 with AES-192 and SHA-512',
      'pkcs8 -topk8 -in p384.pem -v2 aes-192-cbc -v2prf hmacWithSHA512 -passout pass:secret',
    ],
    ['PKCS#8 with 3DES', 'pkcs8 -topk8 -in p256.pem -v2 des3 -passout pass:secret'],
    ['PKCS#8 by scrypt', 'pkcs8 -topk8 -in p521.pem -scrypt -passout pass:secret'],
    ['PKCS#8 with 3DES of PKCS#12', 'pkcs8 -topk8 -in rsa.pem -v1 PBE-SHA1-3DES -passout pass:secret'],
  ])('decrypts %s with the correct passphrase only', async (_, command) => {
    const pem = openssl.line(command);
    const file = /in (\w+)\.pem/.exec(command)?.[1] ?? '';
    expect(await engine.unlockKey({ pem, passphrase: 'secret' })).toBe(plainOf(file));
    for (const passphrase of [undefined, 'wrong', 'Secret', '']) {
      await expect(engine.unlockKey({ pem, passphrase })).rejects.toMatchObject({ code: 'wrongPassphrase' });
    }
  });

  it.each([
    ['genpkey -algorithm ed25519', 'Ed25519'],
    ['genpkey -algorithm rsa-pss -pkeyopt rsa_keygen_bits:2048', 'RSA-PSS'],
    ['genpkey -algorithm ec -pkeyopt ec_paramgen_curve:secp256k1', 'secp256k1'],
  ])('rejects the key of openssl %s and names its type', async (command, kind) => {
    const pem = openssl.line(command);
    await expect(engine.unlockKey({ pem })).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining(kind) as string,
    });
  });

  it('does not report a damaged key as an incorrect passphrase', async () => {
    const locked = await engine.lockKey(plainOf('p256'), 'secret');
    for (const pem of [
      plainOf('p256').split('\n').toSpliced(2, 1).join('\n'),
      locked.split('\n').toSpliced(1, 2).join('\n'),
      '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
      'no key',
      openssl.line('pkey -in p256.pem -pubout'),
    ]) {
      await expect(engine.unlockKey({ pem, passphrase: 'secret' })).rejects.toMatchObject({
        code: 'invalidInput',
      });
    }
  });
});
