import { createPublicKey, type KeyObject } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatDate } from '../base/dates';
import { readCertificateInfo, parseCertificate } from '../certificate/certificate';
import { type Issuer } from '../certificate/certificateWork';
import { IotError } from '../errors';
import { type Asn1 } from './asn1';
import { readDetails, keyIdentifier } from './identifiers';
import { openKey } from './keys';

/** A certificate authority that can sign now. */
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
 * Opens the key and checks whether certificates that it signs would be accepted.
 * @throws IotError `wrongPassphrase`, or `invalidInput` with the reason why it cannot sign
 */
export function openIssuer({ certificate: pem, key: privateKey }: Issuer, now: number): Signer {
  const certificate = parseCertificate(pem);
  const info = readCertificateInfo(certificate);
  const name = info.commonName || info.subject;
  const { subject, keyId, pathLength, maySign } = readDetails(certificate);
  if (!info.isAuthority || !maySign) {
    throw invalid(
      l10n.t(
        '"{0}" is not a certificate authority, so it cannot sign certificates. Select another one.',
        name,
      ),
    );
  }
  if (info.notAfter <= now) {
    throw invalid(
      l10n.t(
        '"{0}" expired on {1}, so it can no longer sign certificates. Create a new certificate authority.',
        name,
        formatDate(info.notAfter),
      ),
    );
  }
  if (info.notBefore > now + skewMs) {
    throw invalid(
      l10n.t(
        '"{0}" is not valid before {1}. Check the clock of this computer.',
        name,
        formatDate(info.notBefore),
      ),
    );
  }
  const key = openKey(privateKey, `"${name}"`);
  if (!certificate.checkPrivateKey(key)) {
    throw invalid(
      l10n.t(
        'The private key does not belong to the certificate of "{0}". Select the key of this certificate.',
        name,
      ),
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

/** Tolerance for a certificate authority that was just created on another computer. */
const skewMs = 5 * 60 * 1000;
const invalid = (sentence: string) => new IotError('invalidInput', sentence);
