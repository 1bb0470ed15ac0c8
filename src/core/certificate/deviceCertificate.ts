import { type Device } from '../device/device';
import { isSameHost } from '../hub/hubHosts';
import { normalizeThumbprint } from '../device/thumbprint';
import { type IssuedCertificate } from './authorityStore';

/** The newest certificate issued here for the device that the hub could accept. */
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
        (one.hubHostName === undefined || isSameHost(one.hubHostName, hubHostName)) &&
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
 * Replaces the thumbprint that is not in use, so that the device can authenticate at any time: first with its
 * current certificate, then with the new one.
 * @param inUse the thumbprint that the device authenticates with now, if known
 */
export function rollThumbprints(current: Thumbprints, next: string, inUse: string | undefined): Thumbprints {
  const primary = normalizeThumbprint(current.primary);
  const secondary = normalizeThumbprint(current.secondary);
  const isSecondaryInUse = secondary !== '' && secondary === inUse;
  return primary === '' || isSecondaryInUse ? { primary: next, secondary } : { primary, secondary: next };
}
