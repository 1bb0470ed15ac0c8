import * as l10n from '@vscode/l10n';
import { isSameHost } from '../../core/hub/hubHosts';
import { type Authority, type IssuedCertificate } from '../../core/certificate/authorityStore';
import { findDeviceCertificate, rollThumbprints } from '../../core/certificate/deviceCertificate';
import { type Device } from '../../core/device/device';
import { IotError } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { type Services } from '../../services';
import { issueOne, buildRequest, type IssuerChoice, type IssuingNeeds } from './issuing';

export type RenewalNeeds = IssuingNeeds & Pick<Services, 'registries' | 'devices'>;

export interface RenewalTarget {
  readonly hub: Hub;
  readonly hostName: string;
  readonly device: Device;
}

/** Replaces the thumbprint that is not in use with that of a new certificate, so that the device is never locked out. */
export async function renewThumbprint(
  services: RenewalNeeds,
  { hub, hostName, device }: RenewalTarget,
  passphrase: string | undefined,
  signal: AbortSignal,
): Promise<IssuedCertificate> {
  const { authorities, registries, devices } = services;
  const { credentials, deviceId, etag } = device;
  if (credentials.kind !== 'selfSigned') throw notAThumbprintDevice(deviceId);
  const inUse = findDeviceCertificate(device, hostName, await authorities.issued(), Date.now());
  const choice: IssuerChoice = { kind: 'selfSigned' };
  const issued = await issueOne(
    services,
    buildRequest(deviceId, undefined, passphrase),
    choice,
    hostName,
    signal,
  );
  try {
    const current = { primary: credentials.primaryThumbprint, secondary: credentials.secondaryThumbprint };
    const rolled = rollThumbprints(current, issued.sha256, usedThumbprint(inUse, current));
    const registry = await registries.forHub(hub.id, signal);
    devices.put(hub.id, await registry.setThumbprints(deviceId, rolled, etag, signal));
    return issued;
  } catch (error) {
    await authorities.removeIssued(issued.id);
    throw error;
  }
}

/** In the form in which it is registered: SHA-1 or SHA-256. */
function usedThumbprint(
  inUse: IssuedCertificate | undefined,
  current: { readonly primary: string; readonly secondary: string },
): string | undefined {
  if (!inUse) return undefined;
  const registered = [current.primary, current.secondary].map((text) => text.toUpperCase());
  return registered.find((thumbprint) => thumbprint === inUse.sha256 || thumbprint === inUse.sha1);
}

const notAThumbprintDevice = (deviceId: string) =>
  new IotError('invalidInput', l10n.t('Device "{0}" does not authenticate with a thumbprint.', deviceId));

/** The certificate authority that issued the last certificate of the device, if it can issue another one. */
export async function findLastIssuer(
  { authorities }: Pick<Services, 'authorities'>,
  deviceId: string,
  hostName: string,
): Promise<Authority | undefined> {
  const last = (await authorities.issued())
    .filter((one) => one.deviceId === deviceId && isSameHost(one.hubHostName ?? hostName, hostName))
    .toSorted((one, other) => other.issuedAt - one.issuedAt)
    .find(({ authorityId }) => authorityId !== undefined);
  return (await authorities.list()).find(
    ({ id, keyFile, info }) =>
      id === last?.authorityId && keyFile !== undefined && info.notAfter > Date.now(),
  );
}
