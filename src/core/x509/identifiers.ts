import { createHash, randomBytes, type KeyObject, type X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { type Asn1, bytesOf, child, children, isInteger, isOid, oidOf, parseDer } from './asn1';

/** 20 random bytes, positive and without a leading zero (RFC 5280 4.1.2.2). Hexadecimal. */
export function newSerialNumber(): string {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** SHA-1 of the bits of the public key: method 1 of RFC 5280 4.2.1.2, as in openssl. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = parseDer(publicKey.export({ type: 'spki', format: 'der' }));
  return createHash('sha1')
    .update(bytesOf(child(spki, 1)).subarray(1))
    .digest();
}

/** Parts of a certificate that Node does not provide. */
export interface CertificateDetails {
  /** As encoded in the certificate, so that names chain byte by byte. */
  readonly subject: Asn1;
  readonly keyId: Buffer | undefined;
  /** Of basicConstraints; absent if any number of intermediates may follow. */
  readonly pathLength: number | undefined;
  /** Whether keyUsage, if present, allows signing certificates. */
  readonly maySign: boolean;
}

export function readDetails(certificate: X509Certificate): CertificateDetails {
  try {
    const parts = children(child(parseDer(certificate.raw), 0));
    // Certificates of version 1 have no version field.
    const from = isInteger(parts[0]) ? 0 : 1;
    const subject = parts[from + 4];
    if (!subject) throw new Error('No subject.');
    const extensions = extensionsOf(parts.slice(from + 6));
    const keyId = extensions.get('2.5.29.14');
    const constraints = extensions.get('2.5.29.19');
    const usage = extensions.get('2.5.29.15');
    return {
      subject,
      keyId: keyId && bytesOf(parseDer(keyId)),
      pathLength: constraints && pathLengthOf(parseDer(constraints)),
      maySign: !usage || ((bytesOf(parseDer(usage))[1] ?? 0) & 0x04) !== 0,
    };
  } catch (cause) {
    throw new IotError('invalidInput', l10n.t('This certificate contains an element that cannot be read.'), {
      cause,
    });
  }
}

function extensionsOf(parts: readonly Asn1[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const extension of parts.flatMap(children).flatMap(children)) {
    const fields = children(extension);
    const value = fields.at(-1);
    if (fields[0] && isOid(fields[0]) && value) found.set(oidOf(fields[0]), bytesOf(value));
  }
  return found;
}

function pathLengthOf(constraints: Asn1): number | undefined {
  const length = children(constraints).find(isInteger);
  if (!length) return undefined;
  const bytes = bytesOf(length);
  // A number this large means no limit.
  return bytes.length > 4 ? undefined : bytes.readIntBE(0, bytes.length);
}
