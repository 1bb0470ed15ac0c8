// Files that people select by mistake, or that have to be converted first: what each is, and what to do.
import * as l10n from '@vscode/l10n';
import { type Asn1, child, children, isBits, isContext, isInteger, isOid, isSequence } from './asn1';

/** Of a file that contains neither PEM nor DER. */
export function otherFormat(bytes: Uint8Array, text: string, source: string): string | undefined {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (magic === 'feedfeed' || magic === 'cececece') {
    return l10n.t(
      '{0} is a Java keystore. Convert it to PKCS#12 first: {1}',
      source,
      'keytool -importkeystore -srckeystore IN -destkeystore OUT.p12 -deststoretype PKCS12',
    );
  }
  if (/^PuTTY-User-Key-File-/.test(text)) {
    return l10n.t(
      '{0} is a private key of PuTTY. Export it as an OpenSSH key with PuTTYgen, and then convert it: {1}',
      source,
      toPkcs8,
    );
  }
  if (/^(ssh-|ecdsa-sha2-|sk-|---- BEGIN SSH2 PUBLIC KEY)/.test(text)) {
    return l10n.t('{0} is a public key of SSH. Select a certificate or a private key.', source);
  }
  return undefined;
}

const toPkcs8 = 'ssh-keygen -p -m PKCS8 -f FILE';

export const openSshText = (source: string): string =>
  l10n.t('The private key in {0} is in OpenSSH format. Convert a copy of it first: {1}', source, toPkcs8);

/** @param label of a PEM file without certificate and private key */
export function otherPemText(label: string, source: string): string {
  if (label.endsWith('CERTIFICATE REQUEST')) {
    return l10n.t(
      '{0} is a certificate signing request (CSR). Select the certificate that was issued for it.',
      source,
    );
  }
  if (label.endsWith('PUBLIC KEY')) {
    return l10n.t('{0} is a public key. Select a certificate or a private key.', source);
  }
  return l10n.t(
    '{0} contains "{1}". Select a certificate or a private key in PEM or DER format, or a PKCS#12 file.',
    source,
    label,
  );
}

/** The PEM label of DER that is neither a certificate nor a private key. */
export function otherDerLabel(value: Asn1): string | undefined {
  const [first, second] = children(value);
  if (!isSequence(first)) return undefined;
  const inner = children(first);
  // SubjectPublicKeyInfo: SEQUENCE { SEQUENCE { OID … }, BIT STRING }
  if (isOid(inner[0]) && isBits(second)) return 'PUBLIC KEY';
  // CertificationRequestInfo: SEQUENCE { INTEGER 0, Name, SubjectPublicKeyInfo, [0] }
  const isRequest =
    isInteger(inner[0]) &&
    isSequence(inner[2]) &&
    isBits(children(child(first, 2))[1]) &&
    isContext(inner[3], 0);
  return isRequest ? 'CERTIFICATE REQUEST' : undefined;
}
