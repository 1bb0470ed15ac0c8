import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { type PathFault } from '../../../certificatePath/faults';
import { findPath, readAuthority } from '../../../certificatePath/index';
import { formatDate, formatDateTime } from '../../base/dates';
import { formatCount } from '../../base/numbers';
import { type Device } from '../../device/device';
import { normalizeThumbprint } from '../../device/thumbprint';
import { readCertificateInfo, parseCertificate, splitPem } from '../certificate';
import { describeExpiry } from '../expiry';
import { type HubCertificate } from '../hubCertificates';
import { faultSentence } from './faultSentence';

export type FindingCode =
  | 'deviceDisabled'
  | 'wrongAuthentication'
  | 'wrongCommonName'
  | 'isAuthority'
  | 'notYetValid'
  | 'expired'
  | 'expiresSoon'
  | 'notForClients'
  | 'wrongKey'
  | 'wrongThumbprint'
  | 'chainIncomplete'
  | 'chainNotVerified'
  | 'authorityExpired'
  | 'chainUnknown'
  /** Another fault of the device certificate, or of its chain. */
  | 'certificateRefused'
  | 'chainRefused';

export interface Finding {
  readonly code: FindingCode;
  /** An error means that the hub refuses the device; `unknown` could not be checked. */
  readonly severity: 'error' | 'warning' | 'unknown';
  /** For the person. */
  readonly sentence: string;
  /** The affected certificate on the hub. */
  readonly hubCertificate?: HubCertificate;
}

export interface PreflightRequest {
  readonly device: Device;
  /** PEM: the device certificate, followed by the intermediates that the device presents. */
  readonly certificate: string;
  /** PEM; whether it belongs to the certificate is not checked if it is absent. */
  readonly key?: { readonly pem: string; readonly passphrase?: string };
  /** Certificates on the hub; `undefined` if they cannot be read. */
  readonly hubCertificates: readonly HubCertificate[] | undefined;
  readonly now: number;
}

/**
 * Finds everything that would make the hub refuse a device certificate, without connecting. Chains are validated by the
 * code that the local hub uses.
 * @throws IotError if there is no certificate
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export function preflight(request: PreflightRequest): readonly Finding[] {
  const presented = splitPem(request.certificate);
  const leaf = parseCertificate(presented[0] ?? '');
  const { device } = request;
  return [
    ...deviceFindings(device),
    ...(device.credentials.kind === 'selfSigned'
      ? [...periodFindings(leaf, request.now), ...thumbprintFindings(leaf, device)]
      : pathFindings(presented.map(toDer), request)),
    ...expiryFindings(leaf, request.now),
    ...keyFindings(leaf, request),
  ];
}

/** Why devices could not use a certificate authority, whatever the hub. @param pem its certificate */
export function authorityProblem(pem: string): string | undefined {
  const { fault } = readAuthority('', toDer(pem), true);
  return fault && faultSentence(fault);
}

/** The first finding for which the hub would refuse the device. */
export const findBlocking = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ severity }) => severity === 'error');

const error = (code: FindingCode, sentence: string, hubCertificate?: HubCertificate): Finding => ({
  code,
  severity: 'error',
  sentence,
  ...(hubCertificate ? { hubCertificate } : {}),
});

function deviceFindings({ deviceId, isEnabled, credentials: { kind } }: Device): Finding[] {
  return [
    ...(isEnabled ? [] : [error('deviceDisabled', l10n.t('Device "{0}" is disabled. Enable it.', deviceId))]),
    ...(kind === 'selfSigned' || kind === 'certificateAuthority'
      ? []
      : [
          error(
            'wrongAuthentication',
            kind === 'sas'
              ? l10n.t('Device "{0}" is registered for symmetric keys, not for certificates.', deviceId)
              : l10n.t('Device "{0}" is registered without authentication, not for certificates.', deviceId),
          ),
        ]),
  ];
}

/** The hub checks only the period and the thumbprint of a certificate that it knows by its thumbprint. */
function periodFindings(leaf: X509Certificate, now: number): Finding[] {
  const { notBefore, notAfter, subject } = readCertificateInfo(leaf);
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) {
    return [error('certificateRefused', l10n.t('The validity period of "{0}" is malformed.', subject))];
  }
  if (notBefore > now) return [error('notYetValid', notYetValidText(notBefore))];
  return now > notAfter ? [error('expired', expiredText(notAfter))] : [];
}

const notYetValidText = (notBefore: number) =>
  l10n.t('The certificate is not valid before {0}.', formatDateTime(notBefore));
const expiredText = (notAfter: number) =>
  l10n.t('The certificate expired on {0}. Renew it.', formatDate(notAfter));

function expiryFindings(leaf: X509Certificate, now: number): Finding[] {
  const { notBefore, notAfter } = readCertificateInfo(leaf);
  const { state, days } = describeExpiry(notAfter, now);
  if (state !== 'soon' || notBefore > now) return [];
  return [{ code: 'expiresSoon', severity: 'warning', sentence: expiresSoonText(days) }];
}

function keyFindings(leaf: X509Certificate, { key }: PreflightRequest): Finding[] {
  if (!key || isKeyOfCertificate(leaf, key)) return [];
  return [error('wrongKey', l10n.t('The private key does not belong to the certificate.'))];
}

const noThumbprint = () => l10n.t({ message: 'none', args: [], comment: ['In place of a thumbprint'] });

function expiresSoonText(days: number): string {
  if (days < 1) return l10n.t('The certificate expires today. Renew it.');
  return days === 1
    ? l10n.t('The certificate expires in 1 day. Renew it.')
    : l10n.t('The certificate expires in {0} days. Renew it.', formatCount(days));
}

function isKeyOfCertificate(
  leaf: X509Certificate,
  { pem, passphrase }: NonNullable<PreflightRequest['key']>,
): boolean {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // A key that cannot be opened is reported where it is opened.
    return true;
  }
  return leaf.checkPrivateKey(key);
}

function thumbprintFindings(leaf: X509Certificate, { credentials }: Device): Finding[] {
  if (credentials.kind !== 'selfSigned') return [];
  const { sha1, sha256 } = readCertificateInfo(leaf);
  const wanted = [credentials.primaryThumbprint, credentials.secondaryThumbprint].map(normalizeThumbprint);
  if (wanted.some((thumbprint) => thumbprint === sha1 || thumbprint === sha256)) return [];
  return [
    error(
      'wrongThumbprint',
      l10n.t(
        'The thumbprint of the certificate (SHA-256 {0}) matches neither the primary thumbprint ({1}) nor the secondary thumbprint ({2}) of the device.',
        sha256,
        wanted[0] || noThumbprint(),
        wanted[1] || noThumbprint(),
      ),
    ),
  ];
}

function pathFindings(
  presented: readonly Uint8Array[],
  { device, hubCertificates, now }: PreflightRequest,
): Finding[] {
  const known = (hubCertificates ?? []).flatMap((certificate) =>
    certificate.pem === undefined
      ? []
      : [
          {
            certificate,
            authority: readAuthority(certificate.name, toDer(certificate.pem), certificate.isVerified),
          },
        ],
  );
  const { leafFaults, pathFault } = findPath(
    { deviceId: device.deviceId, presented, authorities: known.map(({ authority }) => authority), now },
    true,
  );
  const found = leafFaults.map(leafFinding);
  if (!hubCertificates) return [...found, chainUnknown()];
  if (!pathFault) return found;
  const onHub = known.find(({ authority }) =>
    pathFault.code === 'notVerified'
      ? authority.name === pathFault.authority
      : 'certificate' in pathFault && authority.certificate?.id === pathFault.certificate.id,
  )?.certificate;
  return [...found, chainFinding(pathFault, onHub)];
}

function leafFinding(fault: PathFault): Finding {
  switch (fault.code) {
    case 'wrongCommonName':
    case 'isAuthority':
      return error(fault.code, faultSentence(fault));
    case 'severalCommonNames':
      return error('wrongCommonName', faultSentence(fault));
    case 'notYetValid':
      return error(fault.code, notYetValidText(fault.notBefore));
    case 'expired':
      return error(fault.code, expiredText(fault.notAfter));
    case 'notForClients':
      return error(
        fault.code,
        l10n.t(
          'The certificate cannot be used for client authentication: its extended key usage does not include clientAuth.',
        ),
      );
    default:
      return error('certificateRefused', faultSentence(fault));
  }
}

function chainFinding(fault: PathFault, onHub: HubCertificate | undefined): Finding {
  switch (fault.code) {
    case 'notVerified':
      return error('chainNotVerified', faultSentence(fault), onHub);
    case 'chainEnds':
      return error('chainIncomplete', faultSentence(fault));
    case 'expired':
      if (!onHub) return error('chainRefused', faultSentence(fault));
      return error(
        'authorityExpired',
        l10n.t('The certificate authority "{0}" on the hub has expired.', fault.certificate.label),
        onHub,
      );
    default:
      return error('chainRefused', faultSentence(fault), onHub);
  }
}

const chainUnknown = (): Finding => ({
  code: 'chainUnknown',
  severity: 'unknown',
  sentence: l10n.t(
    'The certificates of the hub cannot be read, so it is unknown whether the hub trusts the CA.',
  ),
});

/** The first certificate of a PEM text. */
function toDer(pem: string): Uint8Array {
  const [certificate = pem] = splitPem(pem);
  return Buffer.from(certificate.replace(/-----[^-]*-----/g, ''), 'base64');
}
