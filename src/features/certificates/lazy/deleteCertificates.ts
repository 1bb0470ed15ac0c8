import * as vscode from 'vscode';
import { formatDate } from '../../../core/base/dates';
import { listText } from '../../../core/base/lists';
import { counted } from '../../../core/base/numbers';
import { removeAuthority, removeHubCertificate } from '../../../core/certificate/removals';
import { IotError } from '../../../core/errors';
import { type NodeOf } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { confirm, noBack, pickOne } from '../../../workbench/prompts';
import { pickAuthority } from './pickAuthority';
import { pickHubCertificate } from './verifyCertificate';

type Needs = Pick<
  Services,
  'hubs' | 'authorities' | 'hubCertificates' | 'certificates' | 'passphrases' | 'createdResources' | 'log'
>;

/** Takes an authority off this computer, with its key and all it issued. */
export async function deleteAuthority(services: Needs, node?: NodeOf<'authority'>): Promise<void> {
  const { authorities, createdResources, log } = services;
  const authority = await pickAuthority(services, node, { title: 'Delete Certificate Authority' });
  const issued = (await authorities.issued()).filter(({ authorityId }) => authorityId === authority.id);
  const below = (await authorities.list())
    .filter(({ parentId }) => parentId === authority.id)
    .map(({ name }) => `"${name}"`);
  const goes = [
    'its certificate',
    ...(authority.keyFile ? ['its private key'] : []),
    ...(issued.length > 0 ? [`${count(issued.length)} that it issued, with their keys`] : []),
  ];
  await confirm(
    `Delete certificate authority "${authority.name}" from this computer?`,
    [
      authority.folder,
      `This deletes ${listText(goes)}. What is not saved elsewhere cannot be had back.`,
      ...(below.length === 0 ? [] : [`The authorities under it stay: ${listText(below)}.`]),
      'Hubs that have its certificate keep it: devices that log in by it go on.',
    ].join('\n\n'),
    'Delete',
  );
  await removeAuthority(services, authority.id);
  await createdResources.remove({ kind: 'authority', authorityId: authority.id, name: authority.name });
  log.info(`Deleted certificate authority ${authority.info.subject} with ${count(issued.length)}.`);
}

export async function deleteIssuedCertificate(
  { authorities, passphrases, log }: Needs,
  node?: NodeOf<'issuedCertificate'>,
): Promise<void> {
  const certificate = node?.certificate ?? (await pickIssued(authorities));
  await confirm(
    `Delete the certificate of device "${certificate.deviceId}" from this computer?`,
    `${certificate.certificateFile}\n\nIts private key goes too and cannot be had back. A hub does not learn of it: who has a copy can still log in until ${formatDate(certificate.notAfter)}. To shut the device out, disable it on the hub.`,
    'Delete',
  );
  await authorities.removeIssued(certificate.id);
  if (certificate.keyFile) await passphrases.forget(certificate.keyFile);
  log.info(`Deleted the certificate of device ${certificate.deviceId} (SHA-256 ${certificate.sha256}).`);
}

async function pickIssued(authorities: Services['authorities']) {
  const issued = await authorities.issued();
  if (issued.length === 0) throw new IotError('invalidInput', 'No certificate was issued on this computer.');
  return noBack(
    await pickOne({
      title: 'Delete Issued Certificate',
      placeholder: 'Which certificate?',
      choices: issued.map((certificate) => ({
        label: certificate.deviceId,
        description: `expires ${formatDate(certificate.notAfter)}`,
        detail: `SHA-256 ${certificate.sha256}`,
        value: certificate,
      })),
    }),
  );
}

/** Which is the way to shut out everything that the authority issued. */
export async function deleteHubCertificate(services: Needs, node?: NodeOf<'hubCertificate'>): Promise<void> {
  const { hubCertificates, certificates: lists, createdResources, log } = services;
  const title = 'Delete Certificate from Hub';
  const hub = await pickHub(services, node, { title, needs: 'manageCertificates' });
  const certificates = await hubCertificates.forHub(hub.id);
  const { name, subject, isVerified } = node?.certificate ?? (await pickHubCertificate(certificates, title));
  await confirm(
    `Delete certificate "${name}" from ${hub.name}?`,
    `${subject}\n\n${isVerified ? 'Devices whose certificates it or an authority under it signed can no longer log in.' : 'It is not verified, so no device depends on it.'} The files on this computer stay.`,
    'Delete',
  );
  await withProgress(`Deleting ${name} from ${hub.name}`, (signal) =>
    removeHubCertificate(certificates, name, signal),
  ).finally(() => lists.refresh(hub.id));
  await createdResources.remove({ kind: 'hubCertificate', hubId: hub.id, hubName: hub.name, name });
  log.info(`Deleted certificate "${name}" from ${hub.name}.`);
}

export async function forgetPassphrases({ passphrases }: Pick<Services, 'passphrases'>): Promise<void> {
  const forgotten = await passphrases.forgetAll();
  vscode.window.setStatusBarMessage(
    `$(check) ${forgotten === 0 ? 'No passphrase was saved' : `${forgotten} saved passphrases forgotten`}`,
    5_000,
  );
}

const count = (certificates: number) => counted(certificates, 'device certificate');
