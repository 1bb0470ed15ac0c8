import { createPublicKey, type KeyObject } from 'node:crypto';
import { readCertificateInfo, parseCertificate } from '../certificate/certificate';
import { type Issuer } from '../certificate/certificateWork';
import { IotError } from '../errors';
import { type Asn1 } from './asn1';
import { readDetails, keyIdentifier } from './identifiers';
import { openKey } from './keys';

/** An authority that may sign now. */
export interface Signer {
  readonly name: string;
  readonly subject: Asn1;
  readonly key: KeyObject;
  readonly keyId: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly pathLength: number | undefined;
}

/**
 * Opens the key and looks whether what it signs would be accepted.
 * @throws IotError `wrongPassphrase`, or `invalidInput` with the reason why it cannot sign.
 */
export function openIssuer({ certificate: pem, key: privateKey }: Issuer, now: number): Signer {
  const certificate = parseCertificate(pem);
  const info = readCertificateInfo(certificate);
  const name = info.commonName || info.subject;
  const { subject, keyId, pathLength, maySign } = readDetails(certificate);
  if (!info.isAuthority || !maySign) {
    throw invalid(
      `"${name}" is no certificate authority, so it cannot sign certificates. Choose another one.`,
    );
  }
  if (info.notAfter <= now) {
    throw invalid(
      `"${name}" expired on ${dateOf(info.notAfter)}, so it cannot sign any more. Create a new authority.`,
    );
  }
  if (info.notBefore > now + skewMs) {
    throw invalid(
      `"${name}" is not valid before ${dateOf(info.notBefore)}. Check the clock of this computer.`,
    );
  }
  const key = openKey(privateKey, `The key file of "${name}"`);
  if (!certificate.checkPrivateKey(key)) {
    throw invalid(
      `The private key does not belong to the certificate of "${name}". Choose the key it was made with.`,
    );
  }
  return {
    name,
    subject,
    key,
    keyId: keyId ?? keyIdentifier(createPublicKey(key)),
    notBefore: info.notBefore,
    notAfter: info.notAfter,
    pathLength,
  };
}

/** An authority that another computer made this minute is fine. */
const skewMs = 5 * 60 * 1000;
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
