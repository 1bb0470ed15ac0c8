import { createHmac, timingSafeEqual } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { IotError, isIotError } from '../../errors';
import { type Asn1, bytesOf, child, children, isSequence, numberOf, oidOf, parseDer, toDer } from '../asn1';
import { bmpPassword, decrypt, pkcs12Key, type RoundBudget } from '../pbe';
import { ids, macHashes } from './parts';

export interface Pkcs12Content {
  /** DER. */
  readonly certificates: Buffer[];
  /** DER, PKCS#8, plain. */
  readonly keys: Buffer[];
}

export interface Pkcs12Options {
  /** Whether keys are opened too. */
  readonly withKeys: boolean;
  readonly budget: RoundBudget;
}

/**
 * Opens a PKCS#12 file with PBES2, or with 3DES or RC2 as in older files.
 * @throws IotError `wrongPassphrase` if it is missing or incorrect, `invalidInput` for a damaged file
 */
export function readPkcs12(
  pfx: Asn1,
  passphrase: string | undefined,
  source: string,
  options: Pkcs12Options,
): Pkcs12Content {
  try {
    const { budget } = options;
    const password = passphrase ?? '';
    const authenticated = contentOf(child(pfx, 1));
    checkMac(children(pfx)[2], authenticated, password, budget);
    const content: Pkcs12Content = { certificates: [], keys: [] };
    for (const part of children(parseDer(authenticated))) {
      for (const bag of children(parseDer(safeContents(part, password, budget))))
        readBag(bag, password, content, options);
    }
    return content;
  } catch (error) {
    if (!isIotError(error)) {
      throw new IotError(
        'invalidInput',
        l10n.t('The PKCS#12 file {0} cannot be read. It may be damaged.', source),
        {
          cause: error,
        },
      );
    }
    if (error.code === 'wrongPassphrase') throw wrongFilePassphrase(source, passphrase);
    throw error;
  }
}

/** Content of a ContentInfo of type data. */
function contentOf(info: Asn1): Buffer {
  if (oidOf(child(info, 0)) !== ids.data) {
    throw new IotError(
      'unsupported',
      l10n.t('This PKCS#12 file is protected with a public key. Export it with a passphrase instead.'),
    );
  }
  return bytesOf(child(child(info, 1), 0));
}

function checkMac(mac: Asn1 | undefined, authenticated: Buffer, password: string, budget: RoundBudget): void {
  if (!mac || !isSequence(mac)) return;
  const digest = child(mac, 0);
  const hash = macHashes[oidOf(child(child(digest, 0), 0))];
  if (!hash)
    throw new IotError('unsupported', l10n.t('This PKCS#12 file uses an unsupported MAC algorithm.'));
  const expected = bytesOf(child(digest, 1));
  const salt = bytesOf(child(mac, 1));
  const roundsPart = children(mac)[2];
  const rounds = budget.take(roundsPart ? numberOf(roundsPart) : 1);
  // No passphrase is encoded in two ways: as an empty text, or as no bytes.
  const passwords = password === '' ? [bmpPassword(''), Buffer.alloc(0)] : [bmpPassword(password)];
  const isMatch = passwords.some((bytes) => {
    const key = pkcs12Key(hash, bytes, salt, rounds, 3, expected.length);
    const actual = createHmac(hash, key).update(authenticated).digest();
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  });
  if (!isMatch) throw new IotError('wrongPassphrase', '');
}

function safeContents(part: Asn1, password: string, budget: RoundBudget): Buffer {
  if (oidOf(child(part, 0)) !== ids.encryptedData) return contentOf(part);
  const info = child(child(child(part, 1), 0), 1);
  const plain = decrypt({ algorithm: child(info, 1), data: bytesOf(child(info, 2)) }, password, budget);
  return plain;
}

function readBag(bag: Asn1, password: string, content: Pkcs12Content, options: Pkcs12Options): void {
  const value = child(child(bag, 1), 0);
  switch (oidOf(child(bag, 0))) {
    case ids.certificateBag:
      if (oidOf(child(value, 0)) === ids.x509Certificate) {
        content.certificates.push(bytesOf(child(child(value, 1), 0)));
      }
      return;
    case ids.keyBag:
      if (options.withKeys) content.keys.push(toDer(value));
      return;
    case ids.shroudedKeyBag:
      if (!options.withKeys) return;
      content.keys.push(
        decrypt({ algorithm: child(value, 0), data: bytesOf(child(value, 1)) }, password, options.budget),
      );
      return;
    case ids.nestedBag:
      for (const inner of children(value)) readBag(inner, password, content, options);
      return;
    default:
    // CRLs and secrets are ignored.
  }
}

const wrongFilePassphrase = (source: string, passphrase: string | undefined) =>
  new IotError(
    'wrongPassphrase',
    passphrase === undefined
      ? l10n.t('{0} is protected by a passphrase.', source)
      : l10n.t('The passphrase for {0} is incorrect.', source),
  );
