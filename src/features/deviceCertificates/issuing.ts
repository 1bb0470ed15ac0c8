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

/** Who signs: an authority of this computer, or the device itself. */
export type IssuerChoice =
  { readonly kind: 'authority'; readonly authority: Authority } | { readonly kind: 'selfSigned' };

/** Opens the key of an authority once, for as many certificates as there are. Secret, for one action. */
export async function openIssuer(
  { authorities, certificateWork, passphrases }: IssuingNeeds,
  choice: IssuerChoice,
): Promise<Issuer | undefined> {
  if (choice.kind === 'selfSigned') return undefined;
  const { name, certificateFile, keyFile, isKeyEncrypted } = choice.authority;
  if (keyFile === undefined) {
    throw new IotError(
      'invalidInput',
      `The private key of "${name}" is not on this computer, so it cannot issue certificates here.`,
    );
  }
  const certificate = await authorities.read(certificateFile);
  const pem = await authorities.read(keyFile);
  const plain = await passphrases.use(
    { keyId: keyFile, label: name, isEncrypted: isKeyEncrypted },
    (passphrase) =>
      withProgress(`Opening the key of ${name}`, (signal) =>
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

/** One certificate, made and kept. */
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
