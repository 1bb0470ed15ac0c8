import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { formatDate, formatDateTime } from '../base/dates';
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
  /** An error keeps the device out; what is unknown could not be looked at. */
  readonly severity: 'error' | 'warning' | 'unknown';
  /** One plain sentence. */
  readonly sentence: string;
  /** The certificate on the hub that it is about. */
  readonly hubCertificate?: HubCertificate;
}

export interface PreflightRequest {
  readonly device: Device;
  /** PEM: the device's certificate, then what it presents along. */
  readonly certificate: string;
  /** PEM; its fit is not looked at when it is absent. */
  readonly key?: { readonly pem: string; readonly passphrase?: string };
  /** What the hub has; `undefined` when it cannot be asked. */
  readonly hubCertificates: readonly HubCertificate[] | undefined;
  readonly now: number;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/**
 * All that would make the hub refuse a device's certificate, found before connecting.
 * @throws IotError when there is no certificate.
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

/** The first one that keeps the device out. */
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
    ...(isEnabled ? [] : [error('deviceDisabled', `Device "${deviceId}" is disabled. Enable it.`)]),
    ...(kind === 'selfSigned' || kind === 'certificateAuthority'
      ? []
      : [
          error(
            'wrongAuthentication',
            `Device "${deviceId}" is not registered for certificates, but for ${kind === 'sas' ? 'symmetric keys' : 'none'}.`,
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
        `The common name of the certificate is "${info.commonName}", but it has to be the device id "${device.deviceId}".`,
      ),
    );
  }
  if (device.credentials.kind === 'certificateAuthority' && info.isAuthority) {
    found.push(
      error('isAuthority', `"${info.subject}" is a certificate authority, not the certificate of a device.`),
    );
  }
  const expiry = describeExpiry(info.notAfter, now);
  if (info.notBefore > now) {
    found.push(
      error('notYetValid', `The certificate is not valid before ${formatDateTime(info.notBefore)}.`),
    );
  } else if (expiry.state === 'expired') {
    found.push(error('expired', `The certificate expired on ${formatDate(info.notAfter)}. Renew it.`));
  } else if (expiry.state === 'soon') {
    found.push({
      code: 'expiresSoon',
      severity: 'warning',
      sentence: `The certificate ends soon: ${expiry.text}.`,
    });
  }
  if (leaf.keyUsage && ![clientAuth, anyPurpose].some((oid) => leaf.keyUsage.includes(oid))) {
    found.push(
      error(
        'notForClients',
        'The certificate is not made for clients: its extended key usage lacks clientAuth.',
      ),
    );
  }
  if (key && !isKeyOfCertificate(leaf, key)) {
    found.push(error('wrongKey', 'The private key does not belong to the certificate.'));
  }
  return found;
}

function isKeyOfCertificate(
  leaf: X509Certificate,
  { pem, passphrase }: NonNullable<PreflightRequest['key']>,
): boolean {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // That it does not open is said by who opens it.
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
      `The thumbprint of the certificate (SHA-256 ${sha256}) is neither the primary (${wanted[0] || 'none'}) nor the secondary (${wanted[1] || 'none'}) of the device.`,
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
        sentence:
          'Whether the hub knows the authority could not be looked at: its certificates cannot be read.',
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
        ? [error('authorityExpired', `The authority "${subject}" on the hub has expired.`, good.certificate)]
        : [];
    }
    unverified ??= onHub[0]?.certificate;
    const issuer = intermediates.find((one) => !seen.has(one) && one !== current && isIssuedBy(current, one));
    if (!issuer) return [chainEndFinding(current, unverified)];
    seen.add(issuer);
    current = issuer;
  }
}

/** An intermediate that is sent along may itself be on the hub; a device's own certificate may not. */
const isSame = (current: X509Certificate, other: X509Certificate, leaf: X509Certificate) =>
  current !== leaf && current.fingerprint256 === other.fingerprint256;

function chainEndFinding(last: X509Certificate, unverified: HubCertificate | undefined): Finding {
  if (unverified) {
    return error(
      'chainNotVerified',
      `The authority "${unverified.name}" is on the hub, but it is not verified. Verify it first.`,
      unverified,
    );
  }
  const { issuer, subject, isSelfSigned } = readCertificateInfo(last);
  return error(
    'chainIncomplete',
    isSelfSigned
      ? `The chain ends at "${subject}", which this hub does not know. Upload and verify it.`
      : `The chain ends at "${subject}": its issuer "${issuer}" is neither in the file nor on this hub. Upload it, or add the missing intermediate to the file.`,
  );
}
