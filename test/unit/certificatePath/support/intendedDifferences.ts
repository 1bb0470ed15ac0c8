/** A difference from `openssl verify` that is wanted. */
export interface IntendedDifference {
  /** Mutations that cause it. */
  readonly mutation: RegExp;
  /** Which of the two accepts the chain. */
  readonly accepted: 'hub' | 'openssl';
  readonly reason: string;
}

/** Each one has to occur, so that this list does not explain what no longer happens. */
export const intendedDifferences: readonly IntendedDifference[] = [
  {
    mutation: /^(subject: (another common name|empty|two common names)|name constraints: a device ID)/,
    accepted: 'openssl',
    reason: 'The only common name must be the device ID, as in Azure; OpenSSL knows no device ID.',
  },
  {
    mutation: /^basicConstraints: (CA:TRUE|not critical)/,
    accepted: 'openssl',
    reason:
      'A CA certificate is not a device certificate: one of an authority must not authenticate as a device.',
  },
  {
    mutation: /^hash: (sha1|sha224)/,
    accepted: 'openssl',
    reason: 'Signatures need SHA-256 or better. OpenSSL refuses SHA-1 only at security level 1 and above.',
  },
  {
    mutation: /^key: (rsa1024|ec224|ecKoblitz|ed25519)/,
    accepted: 'openssl',
    reason:
      'Keys are RSA from 2,048 bits or EC with P-256, P-384 or P-521, those with which devices connect to Azure.',
  },
  {
    mutation: /^version: 4/,
    accepted: 'openssl',
    reason: 'RFC 5280 4.1.2.1 knows the versions 1 to 3; OpenSSL does not look at the version.',
  },
  {
    mutation: /^(basicConstraints: absent|version: (1 without extensions|2)) @0/,
    accepted: 'openssl',
    reason:
      'An authority needs basic constraints with CA:TRUE, also as an anchor, and is refused at upload without.',
  },
  {
    mutation: /^duplicate: (unknown|certificate policies)/,
    accepted: 'openssl',
    reason:
      'RFC 5280 4.2: no more than one instance of an extension. OpenSSL checks only those that it evaluates.',
  },
  {
    mutation: /malformed (issuer alternative name|authority information access|certificate policies) @0/,
    accepted: 'openssl',
    reason: 'An authority with a malformed extension of RFC 5280 is refused at upload, and so not used.',
  },
  {
    mutation: /^basicConstraints: malformed/,
    accepted: 'openssl',
    reason: 'Bytes after the value of an extension make it malformed; OpenSSL ignores them.',
  },
  {
    mutation: /^extendedKeyUsage: any/,
    accepted: 'hub',
    reason: 'RFC 5280 4.2.1.12: anyExtendedKeyUsage allows each purpose. OpenSSL requires clientAuth itself.',
  },
  {
    mutation: /^notAfter: now/,
    accepted: 'hub',
    reason: 'RFC 5280 4.1.2.5: the validity period includes its last second. OpenSSL excludes it.',
  },
  {
    mutation: /(subject|authority) key identifier, critical/,
    accepted: 'hub',
    reason: 'Both are processed, so they may be critical; OpenSSL counts them as unknown then.',
  },
  {
    mutation: /malformed CRL distribution points @[1-9]/,
    accepted: 'hub',
    reason: 'Revocation lists are not checked, as in Azure, so where they are has no effect.',
  },
  {
    mutation: /^name: letters beyond ASCII in another case/,
    accepted: 'hub',
    reason: 'RFC 5280 7.1: names are compared without case in all of Unicode; OpenSSL does so for ASCII.',
  },
  {
    mutation: /^name constraints: a device ID that looks like a host/,
    accepted: 'hub',
    reason:
      'RFC 5280 4.2.1.10 applies DNS constraints to alternative names. OpenSSL takes a common name as a host too.',
  },
];
