import { type Device } from '../device/device';
import { normalizeThumbprint } from '../device/thumbprint';
import { type IssuedCertificate } from './authorityStore';

/**
 * The certificate that a device should publish with: the newest of those issued here for it that the hub
 * could take.
 */
export function findDeviceCertificate(
  device: Device,
  hubHostName: string,
  issued: readonly IssuedCertificate[],
  now: number,
): IssuedCertificate | undefined {
  return issued
    .filter(
      (one) =>
        one.deviceId === device.deviceId &&
        (one.hubHostName === undefined || one.hubHostName === hubHostName) &&
        one.keyFile !== undefined &&
        one.notAfter > now &&
        isRegistered(one, device),
    )
    .toSorted((one, other) => other.issuedAt - one.issuedAt)[0];
}

function isRegistered(one: IssuedCertificate, { credentials }: Device): boolean {
  switch (credentials.kind) {
    case 'certificateAuthority':
      return one.authorityId !== undefined;
    case 'selfSigned':
      return [credentials.primaryThumbprint, credentials.secondaryThumbprint]
        .map(normalizeThumbprint)
        .some((thumbprint) => thumbprint === one.sha256 || thumbprint === one.sha1);
    default:
      return false;
  }
}

export interface Thumbprints {
  readonly primary: string;
  readonly secondary: string;
}

/**
 * Puts a new thumbprint in the place that is not in use, so that the device can log in all the time: first with
 * the certificate it has, then with the new one.
 * @param inUse the thumbprint that the device logs in with now, when that is known.
 */
export function rollThumbprints(current: Thumbprints, next: string, inUse: string | undefined): Thumbprints {
  const primary = normalizeThumbprint(current.primary);
  const secondary = normalizeThumbprint(current.secondary);
  const isSecondaryInUse = secondary !== '' && secondary === inUse;
  return primary === '' || isSecondaryInUse ? { primary: next, secondary } : { primary, secondary: next };
}
