import * as l10n from '@vscode/l10n';
import {
  type Authority,
  type IssuedCertificate,
  type NewIssuedCertificate,
} from '../../core/certificate/authorityStore';
import {
  type CertificateWithKey,
  type DeviceCertificateRequest,
  type Issuer,
} from '../../core/certificate/certificateWork';
import { IotError } from '../../core/errors';
import { type Services } from '../../services';
import { withProgress } from '../../workbench/progress';
import { setting } from '../../workbench/settings';

export type IssuingNeeds = Pick<Services, 'authorities' | 'certificateWork' | 'passphrases'>;

/** A certificate authority on this computer, or the device itself. */
export type IssuerChoice =
  { readonly kind: 'authority'; readonly authority: Authority } | { readonly kind: 'selfSigned' };

/** Decrypts the key of a certificate authority once for any number of certificates. Secret; for one action only. */
export async function openIssuer(
  { authorities, certificateWork, passphrases }: IssuingNeeds,
  choice: IssuerChoice,
): Promise<Issuer | undefined> {
  if (choice.kind === 'selfSigned') return undefined;
  const { name, certificateFile, keyFile, isKeyEncrypted } = choice.authority;
  if (keyFile === undefined) {
    throw new IotError(
      'invalidInput',
      l10n.t('The private key of "{0}" is not on this computer, so it cannot issue certificates here.', name),
    );
  }
  const certificate = await authorities.read(certificateFile);
  const pem = await authorities.read(keyFile);
  const plain = await passphrases.use(
    { keyId: keyFile, label: name, isEncrypted: isKeyEncrypted },
    (passphrase) =>
      withProgress(l10n.t('Decrypting the key of {0}', name), (signal) =>
        certificateWork.unlockKey({ pem, ...(passphrase === undefined ? {} : { passphrase }) }, signal),
      ),
  );
  return { certificate, key: { pem: plain } };
}

export function buildRequest(
  deviceId: string,
  issuer: Issuer | undefined,
  passphrase: string | undefined,
): DeviceCertificateRequest {
  return {
    deviceId,
    keyType: setting('certificates.deviceKeyType'),
    days: setting('certificates.deviceDays'),
    now: Date.now(),
    ...(issuer ? { issuer } : {}),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

export function buildIndexEntry(
  { deviceId, passphrase }: DeviceCertificateRequest,
  { certificate, key }: CertificateWithKey,
  choice: IssuerChoice,
  hubHostName: string,
): NewIssuedCertificate {
  return {
    ...(choice.kind === 'authority' ? { authorityId: choice.authority.id } : {}),
    deviceId,
    hubHostName,
    certificate,
    key,
    isKeyEncrypted: passphrase !== undefined,
  };
}

/** Issues one certificate and stores it. */
export async function issueOne(
  services: IssuingNeeds,
  request: DeviceCertificateRequest,
  choice: IssuerChoice,
  hubHostName: string,
  signal: AbortSignal,
): Promise<IssuedCertificate> {
  const issued = await services.certificateWork.issueDevice(request, signal);
  signal.throwIfAborted();
  return services.authorities.addIssued(buildIndexEntry(request, issued, choice, hubHostName));
}
