import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { readCertificateInfo, isIssuedBy } from '../certificate/certificate';
import { listText } from '../base/lists';
import { formatCount } from '../base/numbers';
import { type CertificateBundle } from '../certificate/certificateWork';
import { begin, derOf, pemBlocks, pemText } from '../certificate/pemText';
import { IotError, isIotError } from '../errors';
import { parseDer } from './asn1';
import { isEncryptedKeyInfo, isPfx, isPlainKey, openKey, openKeyDer, requireUsableKey } from './keys';
import { openSshText, otherDerLabel, otherFormat, otherPemText } from './otherFormats';
import { RoundBudget } from './pbe';
import { readPkcs12 } from './pkcs12/read';
import { certificatesOfPkcs7 } from './pkcs7';

export interface CertificateFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const maxFileBytes = 1024 * 1024;
/** In a PEM file: more than any list of certificate authorities has. */
const maxParts = 1000;

interface Found {
  readonly certificates: Map<string, X509Certificate>;
  /** `undefined` if only certificates are wanted; keys are then not opened. */
  readonly keys: { readonly key: KeyObject; readonly name: string }[] | undefined;
  readonly budget: RoundBudget;
}

/** @see CertificateWork.readFiles, CertificateWork.readCertificates */
export function readBundle(
  files: readonly CertificateFile[],
  passphrase: string | undefined,
  wanted: 'all' | 'certificates' = 'all',
): CertificateBundle {
  if (files.length === 0) throw invalid(l10n.t('No files were selected.'));
  const found: Found = {
    certificates: new Map(),
    keys: wanted === 'all' ? [] : undefined,
    budget: new RoundBudget(),
  };
  for (const file of files) readFile(file, passphrase, found);
  const key = onlyKey(found);
  const certificates = [...found.certificates.values()];
  if (certificates.length === 0) {
    throw invalid(
      l10n.t('No certificate was found in {0}. Select the certificate file as well.', listOf(files)),
    );
  }
  const certificate = key ? ownerOf(key, certificates) : onlyLeaf(certificates);
  return {
    certificate: pemOf(certificate),
    chain: chainOf(certificate, certificates).map(pemOf),
    ...(key ? { key: key.key.export({ type: 'pkcs8', format: 'pem' }).toString() } : {}),
  };
}

function readFile({ name, bytes }: CertificateFile, passphrase: string | undefined, found: Found): void {
  const source = `"${name}"`;
  if (bytes.length > maxFileBytes) {
    throw invalid(l10n.t('{0} is larger than 1 MB, so it cannot be a certificate or key.', source));
  }
  if (bytes.length === 0) throw invalid(l10n.t('{0} is empty.', source));
  try {
    readContent(bytes, passphrase, source, found);
  } catch (error) {
    if (!isIotError(error) || error.code === 'wrongPassphrase' || error.message.includes(source)) throw error;
    throw new IotError(error.code, l10n.t('{0}: {1}', source, error.message), {
      cause: error.cause,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}

function readContent(bytes: Uint8Array, passphrase: string | undefined, source: string, found: Found): void {
  const text = pemText(bytes);
  if (text.includes(begin)) return readPem(text, passphrase, source, found);
  const other = otherFormat(bytes, text, source);
  if (other !== undefined) throw invalid(other);
  // The content of a PEM file without its first and last line.
  const der = /^MI[\w+/\s]+={0,2}$/.test(text.trim()) ? Buffer.from(text, 'base64') : Buffer.from(bytes);
  if (!readDer(der, passphrase, source, found)) {
    throw invalid(l10n.t('{0} is not a readable certificate, private key, or PKCS#12 file.', source));
  }
}

function readPem(text: string, passphrase: string | undefined, source: string, found: Found): void {
  if (text.split(begin).length > maxParts) {
    throw invalid(l10n.t('{0} has more than {1} parts.', source, formatCount(maxParts)));
  }
  const blocks = pemBlocks(text);
  const others: string[] = [];
  for (const block of blocks) {
    const { label } = block;
    if (/^((X509|TRUSTED) )?CERTIFICATE$/.test(label)) {
      // A trusted certificate of openssl is followed by settings.
      addCertificate(firstValue(derOf(block)), source, found);
    } else if (/^(PKCS ?#?7( SIGNED DATA)?|CMS)$/.test(label)) {
      if (!readDer(derOf(block), passphrase, source, found)) throw damaged(source);
    } else if (label.endsWith('PRIVATE KEY')) {
      if (!found.keys) continue;
      if (label.startsWith('OPENSSH')) throw invalid(openSshText(source));
      found.keys.push({ key: openKey({ pem: block.text, passphrase }, source, found.budget), name: source });
    } else {
      others.push(label);
      continue;
    }
  }
  const [other] = others;
  if (other !== undefined && blocks.length === others.length) throw invalid(otherPemText(other, source));
  if (blocks.length === 0) {
    throw invalid(l10n.t('{0} is incomplete: a line that starts with "-----END" is missing.', source));
  }
}

/** The first DER value, without what follows it. */
function firstValue(der: Buffer): Buffer {
  const size = der[1] ?? 0;
  const lengthBytes = size & 0x80 ? size & 0x7f : 0;
  if (lengthBytes > 4 || der.length < 2 + lengthBytes) return der;
  const length = lengthBytes === 0 ? size : der.readUIntBE(2, lengthBytes);
  return der.subarray(0, 2 + lengthBytes + length);
}

function readDer(bytes: Buffer, passphrase: string | undefined, source: string, found: Found): boolean {
  let parsed;
  try {
    parsed = parseDer(bytes);
  } catch {
    return false;
  }
  if (isPfx(parsed)) {
    const content = readPkcs12(parsed, passphrase, source, {
      withKeys: found.keys !== undefined,
      budget: found.budget,
    });
    for (const certificate of content.certificates) addCertificate(certificate, source, found);
    for (const key of content.keys) found.keys?.push({ key: openBagKey(key, source), name: source });
    return true;
  }
  const signed = certificatesOfPkcs7(parsed);
  if (signed) {
    if (signed.length === 0) throw invalid(l10n.t('The PKCS#7 file {0} contains no certificates.', source));
    for (const certificate of signed) addCertificate(certificate, source, found);
    return true;
  }
  if (isEncryptedKeyInfo(parsed) || isPlainKey(parsed)) {
    found.keys?.push({ key: openKeyDer(bytes, passphrase, source, found.budget), name: source });
    return true;
  }
  const kind = otherDerLabel(parsed);
  if (kind !== undefined) throw invalid(otherPemText(kind, source));
  addCertificate(bytes, source, found);
  return true;
}

function openBagKey(der: Buffer, source: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new IotError(
      'invalidInput',
      l10n.t('The private key in {0} cannot be read. It may be damaged.', source),
      {
        cause,
      },
    );
  }
  return requireUsableKey(key, source);
}

const damaged = (source: string, cause?: unknown) =>
  new IotError('invalidInput', l10n.t('The certificate in {0} cannot be read. It may be damaged.', source), {
    cause,
  });

function addCertificate(encoded: Buffer, source: string, found: Found): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(encoded);
  } catch (cause) {
    throw damaged(source, cause);
  }
  found.certificates.set(certificate.fingerprint256, certificate);
}

type FoundKey = NonNullable<Found['keys']>[number];

function onlyKey({ keys = [] }: Found): FoundKey | undefined {
  const [first, ...others] = keys;
  if (first && others.some(({ key }) => !keyDer(key).equals(keyDer(first.key)))) {
    throw invalid(
      l10n.t('The files contain more than one private key. Select the files of one certificate.'),
    );
  }
  return first;
}

function ownerOf({ key, name }: FoundKey, certificates: readonly X509Certificate[]): X509Certificate {
  // A renewed certificate may have the same key; the one that is valid longest is used.
  const [owner] = certificates
    .filter((certificate) => certificate.checkPrivateKey(key))
    .sort((a, b) => readCertificateInfo(b).notAfter - readCertificateInfo(a).notAfter);
  if (owner) return owner;
  throw invalid(
    certificates.length === 1
      ? l10n.t(
          'The private key in {0} does not belong to the certificate. Select the key of the certificate.',
          name,
        )
      : l10n.t(
          'The private key in {0} does not belong to any of the certificates. Select the key of one of them.',
          name,
        ),
  );
}

/** The certificate that issued none of the others. */
function onlyLeaf(certificates: readonly X509Certificate[]): X509Certificate {
  const leaves = certificates.filter((one) =>
    certificates.every((other) => other === one || !isIssuedBy(other, one)),
  );
  const [leaf] = leaves;
  if (leaf && leaves.length === 1) return leaf;
  throw invalid(l10n.t('The files contain unrelated certificates. Select the certificates of one chain.'));
}

function chainOf(certificate: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let last = certificate; !isIssuedBy(last, last);) {
    const issuer = all.find(
      (other) => other !== certificate && !chain.includes(other) && isIssuedBy(last, other),
    );
    if (!issuer) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

/** `KeyObject.equals` leaves an error in OpenSSL for keys of two types, and the next key then seems damaged. */
const keyDer = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' });
/** Node ends it with a line break, as openssl does. */
const pemOf = (certificate: X509Certificate) => certificate.toString();
const listOf = (files: readonly CertificateFile[]) => listText(files.map(({ name }) => `"${name}"`));
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
