import {
  commonName,
  derCertificate,
  extensions,
  keyOf,
  timeOf,
  type CertificateSpec,
} from './derCertificate';

export const day = 24 * 60 * 60 * 1000;
/** The time of these tests, independent of the clock. */
export const testTime = Date.parse('2030-06-15T12:00:00Z');

/** A key with a certificate, which can issue others. */
export interface Issued {
  readonly der: Buffer;
  readonly spec: CertificateSpec;
}

/** Key numbers; certificates with different ones have different keys. */
export const keyNumbers = { root: 0, middle: 1, low: 2, leaf: 3, stranger: 4 };

/** A self-signed CA with the usual extensions, changed as given. */
export function makeRoot(change: Partial<CertificateSpec> = {}, name = 'Root'): Issued {
  const key = change.key ?? keyOf('ec', keyNumbers.root);
  return make({
    subject: commonName(name),
    issuer: change.subject ?? commonName(name),
    key,
    signer: key,
    extensions: [extensions.basicConstraints(true), extensions.keyUsage('keyCertSign', 'cRLSign')],
    ...change,
  });
}

/** An intermediate below `issuer`. */
export function makeIntermediate(
  issuer: Issued,
  change: Partial<CertificateSpec> = {},
  name = 'Middle',
): Issued {
  return make({
    subject: commonName(name),
    issuer: issuer.spec.subject,
    key: keyOf('ec', keyNumbers.middle),
    signer: issuer.spec.key,
    extensions: [extensions.basicConstraints(true), extensions.keyUsage('keyCertSign')],
    ...change,
  });
}

/** The certificate of the device `device` below `issuer`. */
export function makeLeaf(issuer: Issued, change: Partial<CertificateSpec> = {}): Issued {
  return make({
    subject: commonName('device'),
    issuer: issuer.spec.subject,
    key: keyOf('ec', keyNumbers.leaf),
    signer: issuer.spec.key,
    extensions: [extensions.basicConstraints(false)],
    ...change,
  });
}

function make(spec: Omit<CertificateSpec, 'notBefore' | 'notAfter'> & Partial<CertificateSpec>): Issued {
  const whole: CertificateSpec = {
    notBefore: timeOf(testTime - 30 * day),
    notAfter: timeOf(testTime + 300 * day),
    ...spec,
  };
  return { spec: whole, der: derCertificate(whole) };
}
