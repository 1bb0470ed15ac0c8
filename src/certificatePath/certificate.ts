import { createHash, X509Certificate } from 'node:crypto';
import {
  DerError,
  DerReader,
  readAll,
  readOnly,
  tags,
  toCount,
  toIntegerHex,
  toObjectIdentifier,
} from './der';
import { commonNameType, readName, valuesOf, type DistinguishedName } from './distinguishedName';
import { readExtensions, type Extensions } from './extensions';
import { UnreadableCertificateError, type CertificateRef } from './faults';
import type { GeneralName } from './generalName';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signatureAlgorithm';
import { readTime } from './time';

/** The fields of a certificate that path validation needs. */
export interface PathCertificate extends CertificateRef {
  /** Verifies signatures; everything else is read here. */
  readonly node: X509Certificate;
  /** 1, 2 or 3 in valid certificates. */
  readonly version: number;
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly commonNames: readonly string[];
  readonly signature: SignatureAlgorithm;
  /** Milliseconds; NaN if it is not a valid time. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** An EC key that does not name its curve. */
  readonly hasExplicitCurve: boolean;
  readonly extensions: Extensions;
  readonly alternativeNames: readonly GeneralName[];
}

/** Larger than legitimate certificates; each byte costs time in each handshake. */
export const maxCertificateBytes = 32 * 1024;
const ecPublicKey = '1.2.840.10045.2.1';

/**
 * Reads a certificate. One with a malformed extension can be read; `findFault` reports it.
 * @throws UnreadableCertificateError
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function readPathCertificate(der: Uint8Array): PathCertificate {
  if (der.length > maxCertificateBytes) {
    throw new UnreadableCertificateError({
      code: 'tooLarge',
      bytes: der.length,
      limit: maxCertificateBytes,
    });
  }
  try {
    return read(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new UnreadableCertificateError({ code: 'malformed', detail: error.message });
  }
}

function read(der: Uint8Array): PathCertificate {
  const [toBeSigned, outerAlgorithm, signature, ...others] = readAll(readOnly(der, tags.sequence));
  if (!toBeSigned || !outerAlgorithm || signature?.tag !== tags.bitString || others.length > 0) {
    throw new DerError('it does not consist of a signed part, an algorithm and a signature');
  }
  if (toBeSigned.tag !== tags.sequence) throw new DerError('the signed part is not a sequence');
  const reader = new DerReader(toBeSigned.content);
  const version = reader.optional(0xa0);
  const serialNumber = reader.next(tags.integer);
  // OpenSSL compares it with the outer one when it verifies the signature.
  reader.next(tags.sequence);
  const issuer = readName(reader.next());
  const validity = new DerReader(reader.next(tags.sequence).content);
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  validity.end();
  const subject = readName(reader.next());
  const publicKey = reader.next(tags.sequence);
  // The unique identifiers of version 2 are not compared.
  reader.optional(0x81);
  reader.optional(0x82);
  const list = reader.optional(0xa3);
  reader.end();
  const extensions = readExtensions(list && readOnly(list.content, tags.sequence));
  return {
    id: createHash('sha256').update(der).digest('hex'),
    label: subject.label,
    node: toNode(der),
    version: version ? toCount(readOnly(version.content, tags.integer).content) + 1 : 1,
    serialNumber: toIntegerHex(serialNumber.content),
    subject,
    issuer,
    commonNames: valuesOf(subject, commonNameType).map(({ text = '' }) => text),
    signature: readSignatureAlgorithm(outerAlgorithm),
    notBefore,
    notAfter,
    hasExplicitCurve: isExplicitCurve(publicKey.content),
    extensions,
    alternativeNames: extensions.alternativeNames ?? [],
  };
}

function toNode(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new DerError('OpenSSL cannot read it');
  }
}

function isExplicitCurve(publicKey: Uint8Array): boolean {
  const algorithm = new DerReader(new DerReader(publicKey).next(tags.sequence).content);
  if (toObjectIdentifier(algorithm.next()) !== ecPublicKey) return false;
  return algorithm.isAtEnd || algorithm.next().tag !== tags.objectIdentifier;
}
