import * as l10n from '@vscode/l10n';
import { type Authority } from '../../../core/certificate/authorityStore';
import { type HubCertificate, type HubCertificates } from '../../../core/certificate/hubCertificates';
import { provePossession, type ProofStep } from '../../../core/certificate/possessionProof';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { type Node, type NodeOf } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne } from '../../../workbench/prompts';
import { verifyWithExternalKey } from './verifyWithExternalKey';
import { askUploadTarget } from './hubTarget';
import { revealCertificate, uploadCandidate, type UploadNeeds } from './uploadCertificate';
import { showInformation } from '../../../workbench/notifications';

type Needs = UploadNeeds & Pick<Services, 'certificateWork' | 'passphrases'>;

function stepText(step: ProofStep): string {
  switch (step) {
    case 'upload':
      return l10n.t('Uploading the certificate…');
    case 'code':
      return l10n.t('Requesting the verification code…');
    case 'sign':
      return l10n.t('Issuing the verification certificate…');
    case 'verify':
      return l10n.t('Verifying proof of possession…');
  }
}

/** Uploads a certificate authority and proves possession of its key in one action. */
export async function uploadAndVerifyAuthority(services: Needs, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, l10n.t('Upload and Verify Certificate Authority'));
  const certificate = await uploadCandidate(services, target, false);
  await revealCertificate(services, target, certificate);
  await verify(services, target.hub, target.certificates, certificate, target.candidate.authority);
}

/** Proves possession of a certificate that is already on the hub. */
export async function verifyHubCertificate(services: Needs, node?: NodeOf<'hubCertificate'>): Promise<void> {
  const title = l10n.t('Verify Certificate');
  const hub = await pickHub(services, node, { title, needs: 'manageCertificates' });
  const certificates = await services.hubCertificates.forHub(hub.id);
  const certificate = node
    ? node.certificate
    : await pickHubCertificate(certificates, {
        title,
        none: l10n.t('This hub has no unverified certificates.'),
        filter: ({ isVerified }) => !isVerified,
      });
  const authority = (await services.authorities.list()).find(
    ({ info }) => info.sha1 === certificate.thumbprint,
  );
  await verify(services, hub, certificates, certificate, authority);
}

async function verify(
  services: Needs,
  hub: Hub,
  certificates: HubCertificates,
  certificate: HubCertificate,
  authority: Authority | undefined,
): Promise<void> {
  const { name } = certificate;
  const { certificateWork, passphrases, authorities, log } = services;
  if (certificate.isVerified) {
    void showInformation(l10n.t('"{0}" is already verified on {1}.', name, hub.name));
    return;
  }
  const { keyFile } = authority ?? {};
  if (!authority || keyFile === undefined) {
    const proved = await verifyWithExternalKey(services, hub, certificates, certificate);
    if (proved) await showVerified(services, hub, proved);
    return;
  }
  const pem = await authorities.read(authority.certificateFile);
  const key = await authorities.read(keyFile);
  const proved = await passphrases.use(
    { keyId: keyFile, label: authority.name, isEncrypted: authority.isKeyEncrypted },
    (passphrase) =>
      withProgress(l10n.t('Verifying {0} on {1}', name, hub.name), (signal, report) =>
        provePossession(
          certificates,
          name,
          (code) =>
            certificateWork.issueVerification(
              {
                code,
                issuer: {
                  certificate: pem,
                  key: { pem: key, ...(passphrase === undefined ? {} : { passphrase }) },
                },
                now: Date.now(),
              },
              signal,
            ),
          { signal, report: (step) => report(stepText(step)) },
        ),
      ),
  );
  log.info(`Certificate "${name}" is verified on ${hub.name}.`);
  await showVerified(services, hub, proved);
}

async function showVerified(services: Needs, hub: Hub, certificate: HubCertificate): Promise<void> {
  await revealCertificate(services, { hub }, certificate);
  void showInformation(
    l10n.t(
      '"{0}" is verified on {1}. Devices with certificates that it issued can now connect.',
      certificate.name,
      hub.name,
    ),
  );
}

export interface PickHubCertificateOptions {
  readonly title: string;
  /** Error when no certificate matches. */
  readonly none: string;
  readonly filter?: (certificate: HubCertificate) => boolean;
}

/** Asks for one of the hub's certificates. */
export async function pickHubCertificate(
  certificates: HubCertificates,
  { title, none, filter = () => true }: PickHubCertificateOptions,
): Promise<HubCertificate> {
  const matching = (await certificates.list()).filter(filter);
  if (matching.length === 0) throw new IotError('invalidInput', none);
  return noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a certificate'),
      choices: matching.map((certificate) => ({
        label: certificate.name,
        description: certificate.isVerified ? l10n.t('verified') : l10n.t('not verified'),
        detail: certificate.subject,
        value: certificate,
      })),
    }),
  );
}
