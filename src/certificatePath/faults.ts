/** The certificate that a fault is about. */
export interface CertificateRef {
  /** Its subject: `CN=boiler-1, O=Contoso`. */
  readonly label: string;
  /** SHA-256 of the DER, hexadecimal. */
  readonly id: string;
}

/** Why a certificate, or the path from it, is not accepted. Times are in milliseconds. */
export type PathFault =
  | { readonly code: 'noCertificate' }
  | { readonly code: 'tooManyCertificates'; readonly count: number; readonly limit: number }
  | { readonly code: 'tooLarge'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'tooManyPaths' }
  /** `detail` is technical and in English. */
  | { readonly code: 'malformed'; readonly detail: string }
  | (CertificateFault & { readonly certificate: CertificateRef });

type CertificateFault =
  // The device certificate.
  | { readonly code: 'wrongCommonName'; readonly commonName: string; readonly deviceId: string }
  | { readonly code: 'severalCommonNames' }
  | { readonly code: 'isAuthority' }
  | { readonly code: 'noDigitalSignature' }
  // Each certificate.
  | { readonly code: 'invalidDate' }
  | { readonly code: 'notYetValid'; readonly notBefore: number }
  | { readonly code: 'expired'; readonly notAfter: number }
  | { readonly code: 'weakSignature'; readonly algorithm: string }
  | { readonly code: 'weakKey'; readonly bits: number }
  | { readonly code: 'unsupportedKey'; readonly key: string }
  | { readonly code: 'unknownVersion'; readonly version: number }
  | { readonly code: 'unknownCritical'; readonly extensions: readonly string[] }
  | { readonly code: 'malformedExtension'; readonly extension: string }
  | { readonly code: 'duplicateExtension'; readonly extension: string }
  /** The extended key usage does not include clientAuth. */
  | { readonly code: 'notForClients' }
  // Issuers.
  | { readonly code: 'noBasicConstraints' }
  | { readonly code: 'notAuthority' }
  | { readonly code: 'noCertificateSigning' }
  | { readonly code: 'pathTooLong'; readonly allowed: number; readonly found: number }
  // The path.
  | { readonly code: 'otherIssuerKey'; readonly issuer: CertificateRef }
  | { readonly code: 'wrongSignature'; readonly issuer: CertificateRef }
  | { readonly code: 'forbiddenName'; readonly name: string; readonly issuer: CertificateRef }
  | { readonly code: 'unsupportedConstraint'; readonly name: string; readonly issuer: CertificateRef }
  | { readonly code: 'notVerified'; readonly authority: string }
  | { readonly code: 'chainEnds'; readonly issuerName: string; readonly isSelfIssued: boolean };

/** A certificate that cannot be read at all. */
export class UnreadableCertificateError extends Error {
  constructor(readonly fault: PathFault) {
    super(fault.code);
    this.name = 'UnreadableCertificateError';
  }
}
