import * as vscode from 'vscode';
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

export type UploadNeeds = Pick<
  Services,
  'hubs' | 'authorities' | 'hubCertificates' | 'certificates' | 'explorer' | 'createdResources' | 'log'
>;

/** Only puts the certificate there; the proof of possession comes as a step of its own. */
export async function uploadCertificate(services: UploadNeeds, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, 'Upload Certificate to Hub');
  const certificate = await uploadCandidate(services, target, false);
  await revealCertificate(services, target, certificate);
  const verify = 'Verify…';
  const said = certificate.isVerified
    ? `"${certificate.name}" is on ${target.hub.name} already, and verified.`
    : `"${certificate.name}" is on ${target.hub.name}, not verified yet: its devices cannot log in before.`;
  void vscode.window
    .showInformationMessage(said, ...(certificate.isVerified ? [] : [verify]))
    .then((answer) => {
      if (answer !== verify) return undefined;
      return executeCommand(commands.verifyHubCertificate, {
        kind: 'hubCertificate',
        hubId: target.hub.id,
        certificate,
      });
    });
}

/** The secondary way: the hub believes that whoever may manage it also has the key. */
export async function uploadCertificateAsVerified(services: UploadNeeds, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, 'Upload Certificate as Verified');
  await confirm(
    `Upload "${target.candidate.name}" to ${target.hub.name} as verified?`,
    'This skips the proof of possession: nobody checks that you have the private key of this authority. Whoever has it can log in as any CA-signed device of the hub. Do it only for an authority that you know is yours.',
    'Upload as Verified',
  );
  const certificate = await uploadCandidate(services, target, true);
  await revealCertificate(services, target, certificate);
  void vscode.window.showInformationMessage(
    `"${certificate.name}" is on ${target.hub.name} as verified, without a proof of possession.`,
  );
}

/** Uploads under a name that is free, which is asked for only when the obvious one is not. */
export async function uploadCandidate(
  { createdResources, log }: Pick<Services, 'createdResources' | 'log'>,
  { hub, certificates, candidate }: UploadTarget,
  isVerified: boolean,
): Promise<HubCertificate> {
  let name = toHubCertificateName(candidate.name);
  for (;;) {
    try {
      const { certificate, isNew } = await withProgress(
        `Uploading ${candidate.name} to ${hub.name}`,
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
      name = await askOtherName('Upload Certificate to Hub', name, error.message, hubCertificateNameProblem);
    }
  }
}

/** Shows in the tree what the hub has now. */
export async function revealCertificate(
  { certificates, explorer }: Pick<Services, 'certificates' | 'explorer'>,
  { hub }: Pick<UploadTarget, 'hub'>,
  certificate: HubCertificate,
): Promise<void> {
  certificates.refresh(hub.id);
  await certificates.load(hub.id);
  await explorer.reveal({ kind: 'hubCertificate', hubId: hub.id, certificate });
}
