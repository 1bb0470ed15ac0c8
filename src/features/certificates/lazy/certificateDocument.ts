import { type X509Certificate } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { formatDateTime } from '../../../core/base/dates';
import { listText } from '../../../core/base/lists';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { describeExpiry } from '../../../core/certificate/expiry';
import { type ResolvedCertificate } from './resolveCertificate';

/** @param oid of an extended key usage */
function usageText(oid: string): string {
  switch (oid) {
    case '1.3.6.1.5.5.7.3.1':
      return l10n.t('server authentication');
    case '1.3.6.1.5.5.7.3.2':
      return l10n.t('client authentication');
    case '2.5.29.37.0':
      return l10n.t({ message: 'any', args: [], comment: ['Any extended key usage of a certificate'] });
    default:
      return oid;
  }
}

/** Everything known about a certificate, as text to read, search, and copy. */
export function describeCertificate(certificate: ResolvedCertificate, now: number): string {
  const parsed = parseCertificate(certificate.pem);
  return [
    headingText(certificate),
    '',
    ...formatRows([...statusRows(certificate), ...infoRows(parsed, now), ...fileRows(certificate)]),
    '',
    ...chainLines(certificate),
    certificate.pem.trim(),
    '',
  ].join('\n');
}

type Row = readonly [name: string, value: string];

function headingText({ name, source }: ResolvedCertificate): string {
  switch (source.kind) {
    case 'authority':
      return l10n.t('Certificate authority "{0}"', name);
    case 'issued':
      return l10n.t('Certificate of device "{0}"', name);
    case 'hub':
      return l10n.t('Certificate "{0}" on hub {1}', name, source.hubName);
  }
}

function statusRows({ source }: ResolvedCertificate): Row[] {
  if (source.kind !== 'hub') return [];
  const { isVerified, createdAt, updatedAt } = source.certificate;
  return [
    [
      l10n.t('Status'),
      isVerified
        ? l10n.t('Verified. Devices with certificates that it issued can authenticate.')
        : l10n.t('Not verified. Proof of possession is pending.'),
    ],
    ...(createdAt === undefined ? [] : ([[l10n.t('Uploaded'), formatDateTime(createdAt)]] as const)),
    ...(updatedAt === undefined ? [] : ([[l10n.t('Last changed'), formatDateTime(updatedAt)]] as const)),
  ];
}

function infoRows(parsed: X509Certificate, now: number): Row[] {
  const info = readCertificateInfo(parsed);
  const purposes = listText((parsed.keyUsage ?? []).map(usageText));
  return [
    [l10n.t('Subject'), info.subject],
    [l10n.t('Issuer'), info.isSelfSigned ? l10n.t('{0} (self-signed)', info.issuer) : info.issuer],
    [l10n.t('Serial number'), info.serialNumber],
    [l10n.t('Valid from'), formatDateTime(info.notBefore)],
    [l10n.t('Valid until'), `${formatDateTime(info.notAfter)} (${describeExpiry(info.notAfter, now).text})`],
    [l10n.t({ message: 'Key', args: [], comment: ['Type of the public key of a certificate'] }), info.key],
    [l10n.t('Certificate authority'), info.isAuthority ? l10n.t('Yes (CA:TRUE)') : l10n.t('No (CA:FALSE)')],
    ...(purposes === '' ? [] : ([[l10n.t('Extended key usage'), purposes]] as const)),
    ...(parsed.subjectAltName === undefined
      ? []
      : ([[l10n.t('Subject alternative name'), parsed.subjectAltName]] as const)),
    ['SHA-256', info.sha256],
    ['SHA-1', info.sha1],
  ];
}

function fileRows({ file, key, source }: ResolvedCertificate): Row[] {
  const hub = source.kind === 'issued' ? source.certificate.hubHostName : undefined;
  return [
    ...(hub === undefined ? [] : ([[l10n.t('Hub'), hub]] as const)),
    ...(file === undefined ? [] : ([[l10n.t('File'), file]] as const)),
    ...(key
      ? ([
          [
            l10n.t('Private key'),
            key.isEncrypted ? l10n.t('{0} (passphrase-protected)', key.file) : key.file,
          ],
        ] as const)
      : []),
  ];
}

function chainLines({ pem, chain }: ResolvedCertificate): string[] {
  if (chain.length === 0) return [];
  const subjects = [pem, ...chain].map((one) => readCertificateInfo(parseCertificate(one)).subject);
  return [
    l10n.t('Chain, root first'),
    ...subjects.toReversed().map((subject, depth) => `${'  '.repeat(depth)}${depth ? '└ ' : ''}${subject}`),
    '',
  ];
}

function formatRows(all: readonly Row[]): string[] {
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
