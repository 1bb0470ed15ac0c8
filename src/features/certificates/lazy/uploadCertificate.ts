import * as l10n from '@vscode/l10n';
import {
  toHubCertificateName,
  hubCertificateNameProblem,
  type HubCertificate,
} from '../../../core/certificate/hubCertificates';
import { ensureUploaded } from '../../../core/certificate/possessionProof';
import { isIotError } from '../../../core/errors';
import { commands } from '../../../contributions';
import { type Node } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { confirm } from '../../../workbench/prompts';
import { askOtherName, askUploadTarget, type UploadTarget } from './hubTarget';
import { showInformation } from '../../../workbench/notifications';

export type UploadNeeds = Pick<
  Services,
  | 'hubs'
  | 'authorities'
  | 'hubCertificates'
  | 'certificates'
  | 'certificateWork'
  | 'explorer'
  | 'createdResources'
  | 'log'
>;

/** Uploads the certificate without proof of possession, which is a separate step. */
export async function uploadCertificate(services: UploadNeeds, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, l10n.t('Upload Certificate to Hub'));
  const certificate = await uploadCandidate(services, target, false);
  await revealCertificate(services, target, certificate);
  const verify = l10n.t('Verify…');
  const message = certificate.isVerified
    ? l10n.t('"{0}" is already on {1} and verified.', certificate.name, target.hub.name)
    : l10n.t(
        '"{0}" is on {1}, but not verified. Devices cannot authenticate with its certificates until it is verified.',
        certificate.name,
        target.hub.name,
      );
  void showInformation(message, ...(certificate.isVerified ? [] : [verify])).then((answer) => {
    if (answer !== verify) return undefined;
    return executeCommand(commands.verifyHubCertificate, {
      kind: 'hubCertificate',
      hubId: target.hub.id,
      certificate,
    });
  });
}

/** Skips proof of possession: the hub trusts that the caller has the key. */
export async function uploadCertificateAsVerified(services: UploadNeeds, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, l10n.t('Upload Certificate as Verified'));
  await confirm(
    l10n.t('Upload "{0}" to {1} as verified?', target.candidate.name, target.hub.name),
    l10n.t(
      'This skips proof of possession: the hub does not check that you have the private key. Anyone who has the key can connect as any CA-signed device of the hub. Do this only for a certificate authority that you own.',
    ),
    l10n.t('Upload as Verified'),
  );
  const certificate = await uploadCandidate(services, target, true);
  await revealCertificate(services, target, certificate);
  void showInformation(
    l10n.t('"{0}" is on {1} as verified, without proof of possession.', certificate.name, target.hub.name),
  );
}

/** Uploads under the default name, and asks for another one if it is taken. */
export async function uploadCandidate(
  { createdResources, log }: Pick<Services, 'createdResources' | 'log'>,
  { hub, certificates, candidate }: UploadTarget,
  isVerified: boolean,
): Promise<HubCertificate> {
  let name = toHubCertificateName(candidate.name);
  for (;;) {
    try {
      const { certificate, isNew } = await withProgress(
        l10n.t('Uploading {0} to {1}', candidate.name, hub.name),
        async (signal) => {
          const before = await certificates.list(signal);
          const wanted = { name, pem: candidate.pem, isVerified };
          const now = await ensureUploaded(certificates, wanted, { signal });
          return { certificate: now, isNew: !before.some((one) => one.name === now.name) };
        },
      );
      if (isNew) {
        const { id: hubId, name: hubName } = hub;
        await createdResources.add({ kind: 'hubCertificate', hubId, hubName, name: certificate.name });
      }
      log.info(`Certificate "${certificate.name}" is on ${hub.name}.`);
      return certificate;
    } catch (error) {
      if (!isIotError(error) || error.code !== 'alreadyExists') throw error;
      name = await askOtherName(
        l10n.t('Upload Certificate to Hub'),
        name,
        error.message,
        hubCertificateNameProblem,
      );
    }
  }
}

/** Reloads the certificates of the hub and selects this one in the tree. */
export async function revealCertificate(
  { certificates, explorer }: Pick<Services, 'certificates' | 'explorer'>,
  { hub }: Pick<UploadTarget, 'hub'>,
  certificate: HubCertificate,
): Promise<void> {
  certificates.refresh(hub.id);
  await certificates.load(hub.id);
  await explorer.reveal({ kind: 'hubCertificate', hubId: hub.id, certificate });
}
