import { createPrivateKey, generateKeyPairSync, getCiphers, type KeyObject } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { type PrivateKey } from '../certificate/certificateWork';
import { type KeyType } from '../certificate/keyType';
import { IotError, isIotError } from '../errors';
import {
  type Asn1,
  bytesOf,
  child,
  children,
  isInteger,
  isOctets,
  isOid,
  isSequence,
  octets,
  parseDer,
  sequence,
  toDer,
} from './asn1';
import {
  decrypt,
  encrypt,
  type RoundBudget,
  missingPassphrase,
  unsupportedCipher,
  wrongPassphrase,
} from './pbe';

/**
 * Synchronous, because it runs on a worker thread. The asynchronous version uses threads of the pool that file
 * access and name resolution of the whole extension host share.
 */
export function newPrivateKey(type: KeyType): KeyObject {
  switch (type) {
    case 'ec-p256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    case 'ec-p384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
    case 'rsa-2048':
    case 'rsa-3072':
    case 'rsa-4096':
      return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(4)) }).privateKey;
  }
}

/** PEM, PKCS#8; encrypted if there is a passphrase. */
export function keyPem(key: KeyObject, passphrase: string | undefined, rounds: number): string {
  if (passphrase === undefined) return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return encryptedPem(key, passphrase, rounds);
}

/** PEM, PKCS#8, encrypted. @throws IotError for an empty passphrase */
export function encryptedPem(key: KeyObject, passphrase: string, rounds: number): string {
  if (passphrase === '') throw new IotError('invalidInput', l10n.t('The passphrase is empty. Enter one.'));
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  return pem('ENCRYPTED PRIVATE KEY', encryptedKeyInfo(plain, passphrase, rounds));
}

/** DER of an EncryptedPrivateKeyInfo (RFC 5958). */
export function encryptedKeyInfo(plain: Uint8Array, passphrase: string, rounds: number): Buffer {
  const { algorithm, data } = encrypt(plain, passphrase, rounds);
  return toDer(sequence(algorithm, octets(data)));
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Opens PKCS#1, PKCS#8 and SEC1, encrypted or not.
 * @param source the file or certificate authority that messages name: `"ca.key"`
 * @throws IotError `wrongPassphrase`, also if it is missing; `invalidInput` if the key cannot be used
 */
export function openKey(
  { pem: text, passphrase }: PrivateKey,
  source?: string,
  budget?: RoundBudget,
): KeyObject {
  const block = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[\s\S]+?-----END \1-----/.exec(text);
  if (!block) {
    throw invalidKey(source, l10n.t('No private key in PEM format was found.'));
  }
  if (block[1] === 'ENCRYPTED PRIVATE KEY') {
    return openKeyDer(
      Buffer.from(block[0].replace(/-----[^-]+-----/g, ''), 'base64'),
      passphrase,
      source,
      budget,
    );
  }
  if (/^Proc-Type:.*ENCRYPTED/m.test(block[0])) return openTraditional(block[0], passphrase, source);
  try {
    return requireUsableKey(createPrivateKey(block[0]), source);
  } catch (error) {
    throw isIotError(error) ? error : unreadableKey(source, error);
  }
}

/** The format of `openssl genrsa -traditional -des3`, which only OpenSSL supports. */
function openTraditional(
  text: string,
  passphrase: string | undefined,
  source: string | undefined,
): KeyObject {
  const cipher = /^DEK-Info:\s*([^\s,]+)/m.exec(text)?.[1] ?? '';
  if (!getCiphers().includes(cipher.toLowerCase())) throw unsupportedCipher(cipher);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, passphrase: passphrase ?? '' });
  } catch (error) {
    if (passphrase === undefined) throw missingPassphrase();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A wrong passphrase can produce bytes with valid padding, so only errors in the format of the file mean damage.
    if (/PEM_|BASE64|UNSUPPORTED_(CIPHER|ENCRYPTION)/.test(code)) throw unreadableKey(source, error);
    throw wrongPassphrase(error);
  }
  return requireUsableKey(key, source);
}

/** As {@link openKey}, for DER. */
export function openKeyDer(
  der: Buffer,
  passphrase: string | undefined,
  source: string | undefined,
  budget?: RoundBudget,
): KeyObject {
  let parsed: Asn1;
  try {
    parsed = parseDer(der);
  } catch (cause) {
    throw unreadableKey(source, cause);
  }
  if (!isEncryptedKeyInfo(parsed)) return openPlainDer(der, source);
  // Without a passphrase, it may be encrypted with an empty one.
  const plain = decryptKeyInfo(parsed, passphrase, budget);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    // One in 256 wrong passphrases produces valid padding.
    if (isKeyInfo(plain)) throw unreadableKey(source, cause);
    throw passphrase === undefined ? missingPassphrase() : wrongPassphrase(cause);
  }
  return requireUsableKey(key, source);
}

function decryptKeyInfo(info: Asn1, passphrase: string | undefined, budget?: RoundBudget): Buffer {
  try {
    return decrypt({ algorithm: child(info, 0), data: bytesOf(child(info, 1)) }, passphrase ?? '', budget);
  } catch (error) {
    const isMissing = passphrase === undefined && isIotError(error) && error.code === 'wrongPassphrase';
    throw isMissing ? missingPassphrase() : error;
  }
}

function openPlainDer(der: Buffer, source: string | undefined): KeyObject {
  let first: unknown;
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    let key: KeyObject;
    try {
      key = createPrivateKey({ key: der, format: 'der', type });
    } catch (error) {
      first ??= error;
      continue;
    }
    return requireUsableKey(key, source);
  }
  throw unreadableKey(source, first);
}

/** SEQUENCE { SEQUENCE { OID … }, OCTET STRING } */
export const isEncryptedKeyInfo = (value: Asn1): boolean =>
  isSequence(value) &&
  children(value).length === 2 &&
  isSequence(children(value)[0]) &&
  isOid(children(child(value, 0))[0]) &&
  isOctets(children(value)[1]);

/** Whether it has the structure of a plain key in DER: SEQUENCE { INTEGER, … } */
export function isPlainKey(value: Asn1): boolean {
  const [version, second] = children(value);
  return isInteger(version) && (isSequence(second) || isInteger(second) || isOctets(second)) && !isPfx(value);
}

/** SEQUENCE { INTEGER 3, SEQUENCE { OID pkcs7-…, [0] … }, … } */
export function isPfx(value: Asn1): boolean {
  const [version, content] = children(value);
  return (
    isInteger(version) &&
    bytesOf(version).equals(Buffer.from([3])) &&
    isSequence(content) &&
    isOid(children(content)[0])
  );
}

function isKeyInfo(der: Buffer): boolean {
  try {
    return isPlainKey(parseDer(der));
  } catch {
    return false;
  }
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];
const typeNames: Readonly<Record<string, string>> = {
  ed25519: 'Ed25519',
  ed448: 'Ed448',
  x25519: 'X25519',
  x448: 'X448',
  dsa: 'DSA',
  dh: 'Diffie-Hellman',
  'rsa-pss': 'RSA-PSS',
};

/** @throws IotError for a key that Azure IoT Hub does not accept */
export function requireUsableKey(key: KeyObject, source: string | undefined): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return key;
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'unknown';
    if (curves.includes(curve)) return key;
    throw invalidKey(
      source,
      l10n.t(
        'EC keys on the curve {0} are not supported. Use an RSA key, or an EC key on P-256, P-384, or P-521.',
        curve,
      ),
    );
  }
  throw invalidKey(
    source,
    l10n.t(
      'Keys of type {0} are not supported. Use an RSA key, or an EC key on P-256, P-384, or P-521.',
      typeNames[type ?? ''] ?? type ?? 'unknown',
    ),
  );
}

const unreadableKey = (source: string | undefined, cause: unknown) =>
  invalidKey(source, l10n.t('The private key cannot be read. It may be damaged.'), cause);

const invalidKey = (source: string | undefined, sentence: string, cause?: unknown) =>
  new IotError('invalidInput', source === undefined ? sentence : l10n.t('{0}: {1}', source, sentence), {
    cause,
  });
