import * as l10n from '@vscode/l10n';
import { formatDateTime } from '../../../core/base/dates';
import { type Authority, type IssuedCertificate } from '../../../core/certificate/authorityStore';
import { readCertificateInfo, parseCertificate, splitPem } from '../../../core/certificate/certificate';
import { type HubCertificate } from '../../../core/certificate/hubCertificates';
import { IotError } from '../../../core/errors';
import { type NodeOf } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { noBack, pickOne } from '../../../workbench/prompts';
import { authorityChoice } from './pickAuthority';

export type CertificateNode = NodeOf<'authority' | 'issuedCertificate' | 'hubCertificate'>;

/** A certificate of any kind that the tree shows. */
export interface ResolvedCertificate {
  /** Display name: `Factory CA`, `thermostat-1`. */
  readonly name: string;
  /** PEM of the certificate alone. */
  readonly pem: string;
  /** PEM of its known issuers, nearest first. */
  readonly chain: readonly string[];
  /** Absolute. */
  readonly file?: string;
  readonly key?: { readonly file: string; readonly isEncrypted: boolean };
  readonly source:
    | { readonly kind: 'authority'; readonly authority: Authority }
    | { readonly kind: 'issued'; readonly certificate: IssuedCertificate }
    | { readonly kind: 'hub'; readonly hubName: string; readonly certificate: HubCertificate };
}

type Needs = Pick<Services, 'hubs' | 'authorities'>;

/** The certificate of the node, or one that the person selects. */
export async function resolveCertificate(
  services: Needs,
  node: CertificateNode | undefined,
  title: string,
): Promise<ResolvedCertificate> {
  if (node?.kind === 'hubCertificate') return resolveHubCertificate(services, node);
  if (node?.kind === 'issuedCertificate') return resolveIssued(services, node.certificate);
  if (node) return resolveAuthority(services, await services.authorities.get(node.authority.id));
  return pickCertificate(services, title);
}

async function pickCertificate(services: Needs, title: string): Promise<ResolvedCertificate> {
  const issued = (await services.authorities.issued()).toSorted(
    (one, other) => other.issuedAt - one.issuedAt,
  );
  const choices = [
    ...(await services.authorities.list()).map((authority) => ({
      ...authorityChoice(authority),
      value: () => resolveAuthority(services, authority),
    })),
    ...issued.map((certificate) => ({
      icon: 'file-symlink-file',
      label: certificate.deviceId,
      description: formatDateTime(certificate.issuedAt),
      detail: `SHA-256 ${certificate.sha256}`,
      value: () => resolveIssued(services, certificate),
    })),
  ];
  if (choices.length === 0) {
    throw new IotError(
      'invalidInput',
      l10n.t('No certificates were found on this computer. Create a certificate authority first.'),
    );
  }
  const open = noBack(await pickOne({ title, placeholder: l10n.t('Select a certificate'), choices }));
  return open();
}

async function resolveAuthority({ authorities }: Needs, authority: Authority): Promise<ResolvedCertificate> {
  const [pem = '', ...chain] = splitPem(await authorities.read(authority.chainFile));
  return {
    name: authority.name,
    pem,
    chain,
    file: authority.certificateFile,
    ...(authority.keyFile ? { key: { file: authority.keyFile, isEncrypted: authority.isKeyEncrypted } } : {}),
    source: { kind: 'authority', authority },
  };
}

async function resolveIssued(
  { authorities }: Needs,
  certificate: IssuedCertificate,
): Promise<ResolvedCertificate> {
  const [pem = ''] = splitPem(await authorities.read(certificate.certificateFile));
  const issuer = (await authorities.list()).find(({ id }) => id === certificate.authorityId);
  return {
    name: certificate.deviceId,
    pem,
    chain: issuer ? splitPem(await authorities.read(issuer.chainFile)) : [],
    file: certificate.certificateFile,
    ...(certificate.keyFile
      ? { key: { file: certificate.keyFile, isEncrypted: certificate.isKeyEncrypted } }
      : {}),
    source: { kind: 'issued', certificate },
  };
}

function resolveHubCertificate(
  { hubs }: Needs,
  { hubId, certificate }: NodeOf<'hubCertificate'>,
): ResolvedCertificate {
  if (certificate.pem === undefined) {
    throw new IotError(
      'notFound',
      l10n.t(
        'The hub does not return the certificate "{0}". Only the properties in the tree are available.',
        certificate.name,
      ),
    );
  }
  return {
    name: certificate.name,
    pem: certificate.pem,
    chain: [],
    source: { kind: 'hub', hubName: hubs.get(hubId).name, certificate },
  };
}

export const infoOf = ({ pem }: ResolvedCertificate) => readCertificateInfo(parseCertificate(pem));
