import {
  createCipheriv,
  createDecipheriv,
  createHash,
  getCiphers,
  pbkdf2Sync,
  randomBytes,
  scryptSync,
} from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { IotError } from '../errors';
import {
  type Asn1,
  binary,
  bytesOf,
  child,
  children,
  integer,
  isInteger,
  nullValue,
  numberOf,
  octets,
  oid,
  oidOf,
  sequence,
} from './asn1';
import forge from './forge';
import { iterateHash } from './iteratedHash';

/** OWASP recommendation of 2023 for PBKDF2-HMAC-SHA256; openssl uses 2048. */
export const defaultRounds = 600_000;
/** Of all keys in a file. */
const maxRounds = 20_000_000;
const maxPassphraseBytes = 1000;

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
const scrypt = '1.3.6.1.4.1.11591.4.11';
const hmacSha1 = '1.2.840.113549.2.7';
const hmacSha256 = '1.2.840.113549.2.9';
const aes256 = '2.16.840.1.101.3.4.1.42';
const rc2 = '1.2.840.113549.3.2';

const hashes: Readonly<Record<string, string>> = {
  [hmacSha1]: 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [hmacSha256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

interface Cipher {
  readonly name: string;
  readonly keyBytes: number;
  /** For RC2 only. */
  readonly effectiveBits?: number;
}

/** Whether they are available depends on the crypto library of VS Code. */
const ciphers: Readonly<Record<string, Cipher>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  [aes256]: { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.392.200011.61.1.1.1.2': { name: 'camellia-128-cbc', keyBytes: 16 },
  '1.2.392.200011.61.1.1.1.3': { name: 'camellia-192-cbc', keyBytes: 24 },
  '1.2.392.200011.61.1.1.1.4': { name: 'camellia-256-cbc', keyBytes: 32 },
  '1.2.410.200046.1.1.2': { name: 'aria-128-cbc', keyBytes: 16 },
  '1.2.410.200046.1.1.7': { name: 'aria-192-cbc', keyBytes: 24 },
  '1.2.410.200046.1.1.12': { name: 'aria-256-cbc', keyBytes: 32 },
  '1.2.156.10197.1.104.2': { name: 'sm4-cbc', keyBytes: 16 },
};

/** Known, but not supported; by object identifier. */
const otherNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.1.6': 'AES-128-GCM',
  '2.16.840.1.101.3.4.1.26': 'AES-192-GCM',
  '2.16.840.1.101.3.4.1.46': 'AES-256-GCM',
  '1.2.410.200004.1.4': 'SEED-CBC',
  '1.3.6.1.4.1.188.7.1.1.2': 'IDEA-CBC',
  '1.3.6.1.4.1.3029.1.2': 'Blowfish-CBC',
  '1.2.840.113533.7.66.10': 'CAST5-CBC',
  '1.3.14.3.2.7': 'DES-CBC',
  [rc2]: 'RC2-CBC',
  [scrypt]: 'scrypt',
  '1.2.840.113549.1.5.1': 'PBE-MD2-DES',
  '1.2.840.113549.1.5.3': 'PBE-MD5-DES',
  '1.2.840.113549.1.5.6': 'PBE-MD5-RC2-64',
  '1.2.840.113549.1.5.10': 'PBE-SHA1-DES',
  '1.2.840.113549.1.5.11': 'PBE-SHA1-RC2-64',
  '1.2.840.113549.1.12.1.1': 'PBE-SHA1-RC4-128',
  '1.2.840.113549.1.12.1.2': 'PBE-SHA1-RC4-40',
  '1.2.840.113549.1.12.1.4': 'PBE-SHA1-2DES',
};

/** Older encryption of PKCS#12 (RFC 7292, appendix C). openssl and Windows never used RC4. */
const pkcs12Ciphers: Readonly<Record<string, Cipher>> = {
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16, effectiveBits: 128 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5, effectiveBits: 40 },
};

export interface Encrypted {
  readonly algorithm: Asn1;
  readonly data: Buffer;
}

/**
 * PBES2 of RFC 8018: PBKDF2-HMAC-SHA256, AES-256-CBC. Node's `KeyObject.export` uses only 2048 iterations.
 * Synchronous, because it runs on a worker thread, and Node's pool is shared with the extension host.
 */
export function encrypt(plain: Uint8Array, passphrase: string, rounds: number): Encrypted {
  checkNewPassphrase(passphrase);
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(passphrase, salt, rounds, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const derivation = sequence(octets(salt), integer(rounds), sequence(oid(hmacSha256), nullValue()));
  return {
    algorithm: sequence(
      oid(pbes2),
      sequence(sequence(oid(pbkdf2), derivation), sequence(oid(aes256), octets(iv))),
    ),
    data,
  };
}

/** openssl reads at most 1024 bytes of a passphrase and could not open a file with a longer one. */
function checkNewPassphrase(passphrase: string): void {
  if (Buffer.byteLength(passphrase) > maxPassphraseBytes) {
    throw new IotError(
      'invalidInput',
      l10n.t('The passphrase cannot be longer than {0} bytes.', formatCount(maxPassphraseBytes)),
    );
  }
}

/**
 * Decrypts PBES2 and the older encryption of PKCS#12.
 * @throws IotError `wrongPassphrase`; `unsupported` for an unknown cipher; `invalidInput` for damaged data
 */
export function decrypt(
  { algorithm, data }: Encrypted,
  passphrase: string,
  budget: RoundBudget = new RoundBudget(),
): Buffer {
  const id = oidOf(child(algorithm, 0));
  const parameters = child(algorithm, 1);
  if (id === pbes2) return decryptPbes2(parameters, data, passphrase, budget);
  const cipher = pkcs12Ciphers[id];
  if (!cipher) throw unsupportedEncryption(id);
  const salt = bytesOf(child(parameters, 0));
  // Two blocks for a key of 3DES, and one for the vector.
  const rounds = budget.take(numberOf(child(parameters, 1)), 3);
  const password = bmpPassword(passphrase);
  const key = pkcs12Key('sha1', password, salt, rounds, 1, cipher.keyBytes);
  const iv = pkcs12Key('sha1', password, salt, rounds, 2, 8);
  return decipherData(cipher, key, iv, data);
}

function decryptPbes2(parameters: Asn1, data: Buffer, passphrase: string, budget: RoundBudget): Buffer {
  const derivation = child(parameters, 0);
  const scheme = child(parameters, 1);
  const { cipher, iv } = schemeOf(scheme);
  const key = deriveKey(derivation, passphrase, cipher.keyBytes, budget);
  return decipherData(cipher, key, iv, data);
}

function schemeOf(scheme: Asn1): { readonly cipher: Cipher; readonly iv: Buffer } {
  const id = oidOf(child(scheme, 0));
  const parameters = child(scheme, 1);
  if (id === rc2) {
    // The version encodes the effective bits (RFC 2268, section 6).
    const bits = ({ 160: 40, 120: 64, 58: 128 } as Readonly<Record<number, number>>)[
      numberOf(child(parameters, 0))
    ];
    if (bits === undefined) throw unsupportedEncryption(id);
    return {
      cipher: { name: 'rc2', keyBytes: bits / 8, effectiveBits: bits },
      iv: bytesOf(child(parameters, 1)),
    };
  }
  const cipher = ciphers[id];
  if (!cipher || !getCiphers().includes(cipher.name)) throw unsupportedEncryption(id);
  return { cipher, iv: bytesOf(parameters) };
}

function deriveKey(derivation: Asn1, passphrase: string, length: number, budget: RoundBudget): Buffer {
  const id = oidOf(child(derivation, 0));
  const parameters = child(derivation, 1);
  const salt = bytesOf(child(parameters, 0));
  if (id === scrypt) {
    const [N, r, p] = [1, 2, 3].map((at) => numberOf(child(parameters, at)));
    if (!N || !r || !p || 128 * N * r > 512 * 1024 * 1024) throw unsupportedEncryption(id);
    // A round of scrypt takes about as long as one of PBKDF2.
    budget.take(N, r * p);
    return scryptSync(passphrase, salt, length, { N, r, p, maxmem: 129 * N * r + 128 * r * p + 1024 });
  }
  if (id !== pbkdf2) throw unsupportedEncryption(id);
  const rounds = budget.take(numberOf(child(parameters, 1)));
  const prf = children(parameters)
    .slice(2)
    .find((part) => !isInteger(part));
  const prfId = prf ? oidOf(child(prf, 0)) : hmacSha1;
  const hash = hashes[prfId];
  if (!hash) throw unsupportedEncryption(prfId);
  return pbkdf2Sync(passphrase, salt, rounds, length, hash);
}

function decipherData(cipher: Cipher, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  try {
    if (cipher.effectiveBits !== undefined) return decipherRc2(cipher.effectiveBits, key, iv, data);
    const decipher = createDecipheriv(cipher.name, key, iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (cause) {
    throw wrongPassphrase(cause);
  }
}

/** OpenSSL 3 has RC2 in a module that VS Code does not load. */
function decipherRc2(bits: number, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const decipher = forge.rc2.createDecryptionCipher(binary(key), bits);
  decipher.start(binary(iv));
  decipher.update(forge.util.createBuffer(binary(data)));
  if (!decipher.finish()) throw new Error('Bad padding.');
  return Buffer.from(decipher.output.getBytes(), 'latin1');
}

/** Limits the iterations of a file: an untrusted one must not keep a thread busy for hours. */
export class RoundBudget {
  private used = 0;

  /** @param times how often the rounds are run */
  take(rounds: number, times = 1): number {
    if (rounds < 1) {
      throw new IotError(
        'invalidInput',
        l10n.t('This file contains a number that is not valid. It may be damaged.'),
      );
    }
    this.used += rounds * times;
    if (this.used <= maxRounds) return rounds;
    throw new IotError(
      'invalidInput',
      l10n.t('This file uses {0} key derivation iterations, which is too many.', formatCount(this.used)),
    );
  }
}

/** The passphrase as PKCS#12 encodes it: two bytes per character, big endian, with a trailing zero. */
export function bmpPassword(passphrase: string): Buffer {
  return Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
}

/**
 * Key derivation of PKCS#12 (RFC 7292, appendix B.2).
 * @param id 1 for a key, 2 for an initialization vector, 3 for a MAC key
 */
export function pkcs12Key(
  hash: string,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  id: number,
  length: number,
): Buffer {
  const block = /512|384/.test(hash) ? 128 : 64;
  const filled = (bytes: Uint8Array) =>
    bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
  const diversifier = Buffer.alloc(block, id);
  const input = Buffer.concat([filled(salt), filled(password)]);
  const parts: Buffer[] = [];
  let made = 0;
  for (;;) {
    const first = createHash(hash).update(diversifier).update(input).digest();
    const digest = iterateHash(hash, first, rounds - 1);
    parts.push(digest);
    made += digest.length;
    if (made >= length) return Buffer.concat(parts).subarray(0, length);
    addToBlocks(input, Buffer.alloc(block, digest));
  }
}

/** Each block of `input` becomes itself + `step` + 1, modulo its size. */
function addToBlocks(input: Buffer, step: Buffer): void {
  for (let start = 0; start < input.length; start += step.length) {
    let carry = 1;
    for (let at = step.length - 1; at >= 0; at--) {
      const sum = (input[start + at] ?? 0) + (step[at] ?? 0) + carry;
      input[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}

const unsupportedEncryption = (id: string) =>
  unsupportedCipher(ciphers[id]?.name.toUpperCase() ?? otherNames[id] ?? id);

/** @param name of a cipher or key derivation */
export const unsupportedCipher = (name: string) =>
  new IotError(
    'unsupported',
    l10n.t(
      'It is encrypted with {0}, which is not supported. Convert a copy of it with openssl, for example to AES-256-CBC.',
      name,
    ),
  );

export const wrongPassphrase = (cause?: unknown) =>
  new IotError('wrongPassphrase', l10n.t('The passphrase is incorrect.'), { cause });
export const missingPassphrase = () =>
  new IotError('wrongPassphrase', l10n.t('This private key is protected by a passphrase.'));
