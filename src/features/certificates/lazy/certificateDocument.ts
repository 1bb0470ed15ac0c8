import { type X509Certificate } from 'node:crypto';
import { formatDateTime } from '../../../core/base/dates';
import { certificateFacts, parseCertificate } from '../../../core/certificate/certificate';
import { expiryOf } from '../../../core/certificate/expiry';
import { type AnyCertificate } from './anyCertificate';

const usages: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'server authentication',
  '1.3.6.1.5.5.7.3.2': 'client authentication',
  '2.5.29.37.0': 'any',
};

/** All that is known of a certificate, as text that can be read, searched and copied. */
export function describeCertificate(certificate: AnyCertificate, now: number): string {
  const parsed = parseCertificate(certificate.pem);
  return [
    heading(certificate),
    '',
    ...lines([...statusOf(certificate), ...factsOf(parsed, now), ...filesOf(certificate)]),
    '',
    ...chainOf(certificate),
    certificate.pem.trim(),
    '',
  ].join('\n');
}

type Line = readonly [name: string, value: string];

function heading({ name, source }: AnyCertificate): string {
  switch (source.kind) {
    case 'authority':
      return `Certificate authority "${name}"`;
    case 'issued':
      return `Certificate of device "${name}"`;
    case 'hub':
      return `Certificate "${name}" on hub ${source.hubName}`;
  }
}

function statusOf({ source }: AnyCertificate): Line[] {
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

function factsOf(parsed: X509Certificate, now: number): Line[] {
  const facts = certificateFacts(parsed);
  const purposes = (parsed.keyUsage ?? []).map((oid) => usages[oid] ?? oid).join(', ');
  return [
    ['Subject', facts.subject],
    ['Issuer', facts.isSelfSigned ? `${facts.issuer} (itself)` : facts.issuer],
    ['Serial number', facts.serialNumber],
    ['Valid from', formatDateTime(facts.notBefore)],
    ['Valid until', `${formatDateTime(facts.notAfter)} (${expiryOf(facts.notAfter, now).text})`],
    ['Key', facts.key],
    ['May issue', facts.isAuthority ? 'yes (CA:TRUE)' : 'no (CA:FALSE)'],
    ...(purposes === '' ? [] : ([['For', purposes]] as const)),
    ...(parsed.subjectAltName === undefined ? [] : ([['Other names', parsed.subjectAltName]] as const)),
    ['SHA-256', facts.sha256],
    ['SHA-1', facts.sha1],
  ];
}

function filesOf({ file, key, source }: AnyCertificate): Line[] {
  const hub = source.kind === 'issued' ? source.certificate.hubHostName : undefined;
  return [
    ...(hub === undefined ? [] : ([['For hub', hub]] as const)),
    ...(file === undefined ? [] : ([['File', file]] as const)),
    ...(key ? ([['Private key', `${key.file}${key.isEncrypted ? ' (passphrase)' : ''}`]] as const) : []),
  ];
}

function chainOf({ pem, chain }: AnyCertificate): string[] {
  if (chain.length === 0) return [];
  const subjects = [pem, ...chain].map((one) => certificateFacts(parseCertificate(one)).subject);
  return [
    'Chain, from the root down',
    ...subjects.toReversed().map((subject, depth) => `${'  '.repeat(depth)}${depth ? '└ ' : ''}${subject}`),
    '',
  ];
}

function lines(all: readonly Line[]): string[] {
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
