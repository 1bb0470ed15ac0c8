import * as l10n from '@vscode/l10n';
import { formatDate } from '../../../core/base/dates';
import { listText } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';
import { removeAuthority, removeHubCertificate } from '../../../core/certificate/removals';
import { IotError } from '../../../core/errors';
import { type NodeOf } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { confirm, noBack, pickOne } from '../../../workbench/prompts';
import { pickAuthority } from './pickAuthority';
import { pickHubCertificate } from './verifyCertificate';
import { showStatus } from '../../../workbench/statusTexts';

type Needs = Pick<
  Services,
  'hubs' | 'authorities' | 'hubCertificates' | 'certificates' | 'passphrases' | 'createdResources' | 'log'
>;

/** Deletes a certificate authority from this computer, with its key and all certificates that it issued. */
export async function deleteAuthority(services: Needs, node?: NodeOf<'authority'>): Promise<void> {
  const { authorities, createdResources, log } = services;
  const authority = await pickAuthority(services, node, { title: l10n.t('Delete Certificate Authority') });
  const issued = (await authorities.issued()).filter(({ authorityId }) => authorityId === authority.id);
  const children = (await authorities.list())
    .filter(({ parentId }) => parentId === authority.id)
    .map(({ name }) => `"${name}"`);
  const deleted = [
    l10n.t('Certificate'),
    ...(authority.keyFile ? [l10n.t('Private key')] : []),
    ...(issued.length > 0 ? [issuedText(issued.length)] : []),
  ];
  await confirm(
    l10n.t('Delete certificate authority "{0}" from this computer?', authority.name),
    [
      authority.folder,
      [
        l10n.t('The following cannot be recovered unless you have a copy:'),
        ...deleted.map((text) => `• ${text}`),
      ].join('\n'),
      ...(children.length === 0
        ? []
        : [l10n.t('Certificate authorities that it issued are kept: {0}.', listText(children))]),
      l10n.t('Hubs keep the certificate, so devices that use it keep working.'),
    ].join('\n\n'),
    l10n.t('Delete'),
  );
  await removeAuthority(services, authority.id);
  await createdResources.remove({ kind: 'authority', authorityId: authority.id, name: authority.name });
  log.info(
    `Deleted certificate authority ${authority.info.subject} and ${issued.length} issued device certificates.`,
  );
}

const issuedText = (count: number): string =>
  count === 1
    ? l10n.t('1 issued device certificate and its private key')
    : l10n.t('{0} issued device certificates and their private keys', formatCount(count));

export async function deleteIssuedCertificate(
  { authorities, passphrases, log }: Needs,
  node?: NodeOf<'issuedCertificate'>,
): Promise<void> {
  const certificate = node?.certificate ?? (await pickIssued(authorities));
  await confirm(
    l10n.t('Delete the certificate of device "{0}" from this computer?', certificate.deviceId),
    `${certificate.certificateFile}\n\n${l10n.t(
      'Its private key is also deleted and cannot be recovered. The hub is not notified: anyone who has a copy can still authenticate until {0}. To block the device, disable it on the hub.',
      formatDate(certificate.notAfter),
    )}`,
    l10n.t('Delete'),
  );
  await authorities.removeIssued(certificate.id);
  if (certificate.keyFile) await passphrases.forget(certificate.keyFile);
  log.info(`Deleted the certificate of device ${certificate.deviceId} (SHA-256 ${certificate.sha256}).`);
}

async function pickIssued(authorities: Services['authorities']) {
  const issued = await authorities.issued();
  if (issued.length === 0) {
    throw new IotError('invalidInput', l10n.t('No certificates were issued on this computer.'));
  }
  return noBack(
    await pickOne({
      title: l10n.t('Delete Issued Certificate'),
      placeholder: l10n.t('Select a certificate'),
      choices: issued.map((certificate) => ({
        label: certificate.deviceId,
        description: l10n.t('expires {0}', formatDate(certificate.notAfter)),
        detail: `SHA-256 ${certificate.sha256}`,
        value: certificate,
      })),
    }),
  );
}

/** Blocks every device whose certificate the certificate authority issued. */
export async function deleteHubCertificate(services: Needs, node?: NodeOf<'hubCertificate'>): Promise<void> {
  const { hubCertificates, certificates: lists, createdResources, log } = services;
  const title = l10n.t('Delete Certificate from Hub');
  const hub = await pickHub(services, node, { title, needs: 'manageCertificates' });
  const certificates = await hubCertificates.forHub(hub.id);
  const { name, subject, isVerified } =
    node?.certificate ??
    (await pickHubCertificate(certificates, { title, none: l10n.t('This hub has no certificates.') }));
  await confirm(
    l10n.t('Delete certificate "{0}" from {1}?', name, hub.name),
    [
      subject,
      isVerified
        ? l10n.t(
            'Devices with certificates issued by it, or by a CA below it, will no longer be able to authenticate. The files on this computer are kept.',
          )
        : l10n.t('It is not verified, so no devices depend on it. The files on this computer are kept.'),
    ].join('\n\n'),
    l10n.t('Delete'),
  );
  await withProgress(l10n.t('Deleting {0} from {1}', name, hub.name), (signal) =>
    removeHubCertificate(certificates, name, signal),
  ).finally(() => lists.refresh(hub.id));
  await createdResources.remove({ kind: 'hubCertificate', hubId: hub.id, hubName: hub.name, name });
  log.info(`Deleted certificate "${name}" from ${hub.name}.`);
}

export async function forgetPassphrases({ passphrases }: Pick<Services, 'passphrases'>): Promise<void> {
  const forgotten = await passphrases.forgetAll();
  showStatus('check', forgottenText(forgotten));
}

function forgottenText(count: number): string {
  if (count === 0) return l10n.t('No passphrases were saved');
  return count === 1
    ? l10n.t('1 saved passphrase forgotten')
    : l10n.t('{0} saved passphrases forgotten', formatCount(count));
}
