import { type KeyObject } from 'node:crypto';
import { type NameAttribute } from './names';

/** Contents of a certificate to create, independent of the library. */
export interface CertificatePlan {
  readonly subject: readonly NameAttribute[];
  /** Hexadecimal, 20 bytes, positive. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Public. */
  readonly key: KeyObject;
  readonly role: 'authority' | 'device';
  /** How many intermediates may follow an authority; absent: any number. */
  readonly pathLength?: number;
  /** SHA-1 of the public key, RFC 5280 4.2.1.2. */
  readonly keyId: Buffer;
  readonly issuerKeyId: Buffer;
  readonly signature: Signature;
}

/** Algorithm of a signature, as each library names it. */
export interface Signature {
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly family: 'rsa' | 'ec';
  readonly oid: string;
}

/** The hash matches the strength of the signing key. */
export function chooseSignature(signer: KeyObject): Signature {
  if (signer.asymmetricKeyType === 'rsa') {
    return { hash: 'SHA-256', family: 'rsa', oid: '1.2.840.113549.1.1.11' };
  }
  switch (signer.asymmetricKeyDetails?.namedCurve) {
    case 'secp384r1':
      return { hash: 'SHA-384', family: 'ec', oid: '1.2.840.10045.4.3.3' };
    case 'secp521r1':
      return { hash: 'SHA-512', family: 'ec', oid: '1.2.840.10045.4.3.4' };
    default:
      return { hash: 'SHA-256', family: 'ec', oid: '1.2.840.10045.4.3.2' };
  }
}
