import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatDate, formatDateTime } from '../base/dates';
import { formatCount } from '../base/numbers';
import { type Device } from '../device/device';
import { normalizeThumbprint } from '../device/thumbprint';
import { readCertificateInfo, isIssuedBy, parseCertificate, splitPem } from './certificate';
import { describeExpiry } from './expiry';
import { type HubCertificate } from './hubCertificates';

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
  | 'chainUnknown';

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

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/**
 * Finds everything that would make the hub refuse a device certificate, without connecting.
 * @throws IotError if there is no certificate
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export function preflight(request: PreflightRequest): readonly Finding[] {
  const [first = '', ...others] = splitPem(request.certificate);
  const leaf = parseCertificate(first);
  return [
    ...deviceFindings(request.device),
    ...certificateFindings(leaf, request),
    ...(request.device.credentials.kind === 'selfSigned'
      ? thumbprintFindings(leaf, request.device)
      : chainFindings(leaf, others.map(parseCertificate), request)),
  ];
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

function certificateFindings(leaf: X509Certificate, request: PreflightRequest): Finding[] {
  const { device, key, now } = request;
  const info = readCertificateInfo(leaf);
  const found: Finding[] = [];
  if (device.credentials.kind === 'certificateAuthority' && info.commonName !== device.deviceId) {
    found.push(
      error(
        'wrongCommonName',
        l10n.t(
          'The common name of the certificate is "{0}", but it must be the device ID "{1}".',
          info.commonName,
          device.deviceId,
        ),
      ),
    );
  }
  if (device.credentials.kind === 'certificateAuthority' && info.isAuthority) {
    found.push(
      error(
        'isAuthority',
        l10n.t('"{0}" is a certificate authority, not a device certificate.', info.subject),
      ),
    );
  }
  const expiry = describeExpiry(info.notAfter, now);
  if (info.notBefore > now) {
    found.push(
      error(
        'notYetValid',
        l10n.t('The certificate is not valid before {0}.', formatDateTime(info.notBefore)),
      ),
    );
  } else if (expiry.state === 'expired') {
    found.push(
      error('expired', l10n.t('The certificate expired on {0}. Renew it.', formatDate(info.notAfter))),
    );
  } else if (expiry.state === 'soon') {
    found.push({
      code: 'expiresSoon',
      severity: 'warning',
      sentence: expiresSoonText(expiry.days),
    });
  }
  if (leaf.keyUsage && ![clientAuth, anyPurpose].some((oid) => leaf.keyUsage.includes(oid))) {
    found.push(
      error(
        'notForClients',
        l10n.t(
          'The certificate cannot be used for client authentication: its extended key usage does not include clientAuth.',
        ),
      ),
    );
  }
  if (key && !isKeyOfCertificate(leaf, key)) {
    found.push(error('wrongKey', l10n.t('The private key does not belong to the certificate.')));
  }
  return found;
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

function chainFindings(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  { hubCertificates, now }: PreflightRequest,
): Finding[] {
  if (!hubCertificates) {
    return [
      {
        code: 'chainUnknown',
        severity: 'unknown',
        sentence: l10n.t(
          'The certificates of the hub cannot be read, so it is unknown whether the hub trusts the CA.',
        ),
      },
    ];
  }
  const known = hubCertificates.flatMap((certificate) =>
    certificate.pem === undefined ? [] : [{ certificate, parsed: parseCertificate(certificate.pem) }],
  );
  const seen = new Set<X509Certificate>();
  let unverified: HubCertificate | undefined;
  for (let current = leaf; ;) {
    const onHub = known.filter(({ parsed }) => isIssuedBy(current, parsed) || isSame(current, parsed, leaf));
    const good = onHub.find(({ certificate }) => certificate.isVerified);
    if (good) {
      const { subject, notAfter } = readCertificateInfo(good.parsed);
      return notAfter < now
        ? [
            error(
              'authorityExpired',
              l10n.t('The certificate authority "{0}" on the hub has expired.', subject),
              good.certificate,
            ),
          ]
        : [];
    }
    unverified ??= onHub[0]?.certificate;
    const issuer = intermediates.find((one) => !seen.has(one) && one !== current && isIssuedBy(current, one));
    if (!issuer) return [chainEndFinding(current, unverified)];
    seen.add(issuer);
    current = issuer;
  }
}

/** An intermediate that the device presents may itself be on the hub; the device certificate may not. */
const isSame = (current: X509Certificate, other: X509Certificate, leaf: X509Certificate) =>
  current !== leaf && current.fingerprint256 === other.fingerprint256;

function chainEndFinding(last: X509Certificate, unverified: HubCertificate | undefined): Finding {
  if (unverified) {
    return error(
      'chainNotVerified',
      l10n.t('The certificate authority "{0}" on the hub is not verified. Verify it first.', unverified.name),
      unverified,
    );
  }
  const { issuer, subject, isSelfSigned } = readCertificateInfo(last);
  return error(
    'chainIncomplete',
    isSelfSigned
      ? l10n.t('The chain ends at "{0}", which is not on this hub. Upload and verify it.', subject)
      : l10n.t(
          'The chain ends at "{0}". Its issuer "{1}" is neither in the file nor on this hub. Upload the issuer, or add the missing intermediate certificate to the file.',
          subject,
          issuer,
        ),
  );
}
