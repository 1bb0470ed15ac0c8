import { X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { normalizeThumbprint } from '../device/thumbprint';

/** Contents of a certificate. Times are in milliseconds. */
export interface CertificateInfo {
  /** Similar to RFC 4514, on one line: `CN=Factory CA, O=Contoso`. */
  readonly subject: string;
  readonly commonName: string;
  readonly issuer: string;
  /** Hexadecimal, upper case. */
  readonly serialNumber: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Thumbprints: upper-case hexadecimal without colons. */
  readonly sha1: string;
  readonly sha256: string;
  /** basicConstraints include CA:TRUE. */
  readonly isAuthority: boolean;
  readonly isSelfSigned: boolean;
  /** `RSA 2048`, `EC P-256`. */
  readonly key: string;
}

/**
 * Reads PEM or DER with Node only, without loading the X.509 library.
 * @throws IotError if it is not a certificate
 */
export function parseCertificate(certificate: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new IotError(
      'invalidInput',
      l10n.t('This is not a valid X.509 certificate in PEM or DER format.'),
      { cause },
    );
  }
}

export function readCertificateInfo(certificate: X509Certificate): CertificateInfo {
  return {
    subject: oneLine(certificate.subject),
    commonName: commonNamesOf(certificate)[0] ?? '',
    issuer: oneLine(certificate.issuer),
    serialNumber: certificate.serialNumber,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    sha1: normalizeThumbprint(certificate.fingerprint),
    sha256: normalizeThumbprint(certificate.fingerprint256),
    isAuthority: certificate.ca,
    isSelfSigned: isSelfSigned(certificate),
    key: keyLabel(certificate),
  };
}

/** `checkIssued` requires the right to sign certificates, which a device certificate does not have. */
function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

/** Whether the names chain and the signature is valid. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key of a type that cannot sign this certificate.
    return false;
  }
}

/** The certificates of a PEM text, in the same order. */
export function splitPem(text: string): string[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => `${pem}\n`,
  );
}

const oneLine = (name: string | undefined) => (name ?? '').split('\n').filter(Boolean).join(', ');

/** Node writes one relative name per line, escaped as in RFC 2253, with ` + ` between several attributes of one. */
export function commonNamesOf({ subject }: Pick<X509Certificate, 'subject'>): readonly string[] {
  // Node returns no text for an empty subject.
  const text: string | undefined = subject;
  return (text ?? '')
    .split('\n')
    .flatMap((line) => line.split(' + '))
    .filter((attribute) => attribute.startsWith('CN='))
    .map((attribute) =>
      attribute
        .slice(3)
        .replace(/\\([0-9A-F]{2})|\\(.)/g, (_, hex: string | undefined, char: string) =>
          hex === undefined ? char : String.fromCharCode(parseInt(hex, 16)),
        ),
    );
}

function keyLabel(certificate: X509Certificate): string {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    if (type === 'rsa' || type === 'rsa-pss') return `RSA ${details?.modulusLength ?? ''}`.trim();
    const curve = details?.namedCurve ?? '';
    if (type === 'ec') return `EC ${curves[curve] ?? curve}`;
    return type ?? l10n.t('unknown key');
  } catch {
    return l10n.t('unknown key');
  }
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};
