import { type X509Certificate } from 'node:crypto';
import { formatDateTime } from '../../../core/base/dates';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { describeExpiry } from '../../../core/certificate/expiry';
import { type ResolvedCertificate } from './resolveCertificate';

const usages: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'server authentication',
  '1.3.6.1.5.5.7.3.2': 'client authentication',
  '2.5.29.37.0': 'any',
};

/** All that is known of a certificate, as text that can be read, searched and copied. */
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
      return `Certificate authority "${name}"`;
    case 'issued':
      return `Certificate of device "${name}"`;
    case 'hub':
      return `Certificate "${name}" on hub ${source.hubName}`;
  }
}

function statusRows({ source }: ResolvedCertificate): Row[] {
  if (source.kind !== 'hub') return [];
  const { isVerified, createdAt, updatedAt } = source.certificate;
  return [
    [
      'Status',
      isVerified
        ? 'verified: devices with its certificates may log in'
        : 'not verified: the hub waits for the proof of possession',
    ],
    ...(createdAt === undefined ? [] : ([['Uploaded', formatDateTime(createdAt)]] as const)),
    ...(updatedAt === undefined ? [] : ([['Last change', formatDateTime(updatedAt)]] as const)),
  ];
}

function infoRows(parsed: X509Certificate, now: number): Row[] {
  const info = readCertificateInfo(parsed);
  const purposes = (parsed.keyUsage ?? []).map((oid) => usages[oid] ?? oid).join(', ');
  return [
    ['Subject', info.subject],
    ['Issuer', info.isSelfSigned ? `${info.issuer} (itself)` : info.issuer],
    ['Serial number', info.serialNumber],
    ['Valid from', formatDateTime(info.notBefore)],
    ['Valid until', `${formatDateTime(info.notAfter)} (${describeExpiry(info.notAfter, now).text})`],
    ['Key', info.key],
    ['May issue', info.isAuthority ? 'yes (CA:TRUE)' : 'no (CA:FALSE)'],
    ...(purposes === '' ? [] : ([['For', purposes]] as const)),
    ...(parsed.subjectAltName === undefined ? [] : ([['Other names', parsed.subjectAltName]] as const)),
    ['SHA-256', info.sha256],
    ['SHA-1', info.sha1],
  ];
}

function fileRows({ file, key, source }: ResolvedCertificate): Row[] {
  const hub = source.kind === 'issued' ? source.certificate.hubHostName : undefined;
  return [
    ...(hub === undefined ? [] : ([['For hub', hub]] as const)),
    ...(file === undefined ? [] : ([['File', file]] as const)),
    ...(key ? ([['Private key', `${key.file}${key.isEncrypted ? ' (passphrase)' : ''}`]] as const) : []),
  ];
}

function chainLines({ pem, chain }: ResolvedCertificate): string[] {
  if (chain.length === 0) return [];
  const subjects = [pem, ...chain].map((one) => readCertificateInfo(parseCertificate(one)).subject);
  return [
    'Chain, from the root down',
    ...subjects.toReversed().map((subject, depth) => `${'  '.repeat(depth)}${depth ? '└ ' : ''}${subject}`),
    '',
  ];
}

function formatRows(all: readonly Row[]): string[] {
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
