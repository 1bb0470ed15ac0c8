import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { readCertificateInfo, isIssuedBy } from '../certificate/certificate';
import { listText } from '../base/lists';
import { formatCount } from '../base/numbers';
import { type CertificateBundle } from '../certificate/certificateWork';
import { IotError } from '../errors';
import { parseDer } from './asn1';
import { isEncryptedKeyInfo, isPfx, isPlainKey, openKey, openKeyDer, requireUsableKey } from './keys';
import { readPkcs12 } from './pkcs12/read';

export interface CertificateFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const maxFileBytes = 1024 * 1024;
/** In a PEM file: more than any list of certificate authorities has. */
const maxParts = 1000;

interface Found {
  readonly certificates: Map<string, X509Certificate>;
  readonly keys: { readonly key: KeyObject; readonly name: string }[];
}

/** @see CertificateWork.readFiles */
export function readBundle(
  files: readonly CertificateFile[],
  passphrase: string | undefined,
): CertificateBundle {
  if (files.length === 0) throw invalid(l10n.t('No files were selected.'));
  const found: Found = { certificates: new Map(), keys: [] };
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
  const text = textOf(bytes);
  const isRecognized = text.includes('-----BEGIN ')
    ? readPem(text, passphrase, source, found)
    : readDer(Buffer.from(bytes), passphrase, source, found);
  if (!isRecognized) {
    throw invalid(l10n.t('{0} is not a readable certificate, private key, or PKCS#12 file.', source));
  }
}

/** PowerShell writes UTF-16. */
function textOf(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return Buffer.from(bytes).toString(isUtf16 ? 'utf16le' : 'latin1');
}

function readPem(text: string, passphrase: string | undefined, source: string, found: Found): boolean {
  if (text.split('-----BEGIN ').length > maxParts) {
    throw invalid(l10n.t('{0} has more than {1} parts.', source, formatCount(maxParts)));
  }
  let understood = false;
  for (const [block, label] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)) {
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') {
      addCertificate(block.replaceAll('X509 CERTIFICATE', 'CERTIFICATE'), source, found);
    } else if (label?.endsWith('PRIVATE KEY')) {
      found.keys.push({ key: openKey({ pem: block, passphrase }, source), name: source });
    } else continue;
    understood = true;
  }
  return understood;
}

function readDer(bytes: Buffer, passphrase: string | undefined, source: string, found: Found): boolean {
  let parsed;
  try {
    parsed = parseDer(bytes);
  } catch {
    return false;
  }
  if (isPfx(parsed)) {
    const content = readPkcs12(parsed, passphrase, source);
    for (const certificate of content.certificates) addCertificate(certificate, source, found);
    for (const key of content.keys) found.keys.push({ key: openBagKey(key, source), name: source });
    return true;
  }
  if (isEncryptedKeyInfo(parsed) || isPlainKey(parsed)) {
    found.keys.push({ key: openKeyDer(bytes, passphrase, source), name: source });
    return true;
  }
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

function addCertificate(encoded: string | Buffer, source: string, found: Found): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(encoded);
  } catch (cause) {
    throw new IotError(
      'invalidInput',
      l10n.t('The certificate in {0} cannot be read. It may be damaged.', source),
      { cause },
    );
  }
  found.certificates.set(certificate.fingerprint256, certificate);
}

function onlyKey({ keys }: Found): Found['keys'][number] | undefined {
  const [first, ...others] = keys;
  if (first && others.some(({ key }) => !derOf(key).equals(derOf(first.key)))) {
    throw invalid(
      l10n.t('The files contain more than one private key. Select the files of one certificate.'),
    );
  }
  return first;
}

function ownerOf(
  { key, name }: Found['keys'][number],
  certificates: readonly X509Certificate[],
): X509Certificate {
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
const derOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' });
/** Node ends it with a line break, as openssl does. */
const pemOf = (certificate: X509Certificate) => certificate.toString();
const listOf = (files: readonly CertificateFile[]) => listText(files.map(({ name }) => `"${name}"`));
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
