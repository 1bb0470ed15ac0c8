import * as vscode from 'vscode';
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

type Needs = UploadNeeds & Pick<Services, 'certificateWork' | 'passphrases'>;

const stepTexts: Readonly<Record<ProofStep, string>> = {
  upload: 'uploading the certificate',
  code: 'asking for the verification code',
  sign: 'issuing the verification certificate',
  verify: 'proving possession',
};

/** Upload and proof of possession as one action. */
export async function uploadAndVerifyAuthority(services: Needs, node?: Node): Promise<void> {
  const target = await askUploadTarget(services, node, 'Upload and Verify Certificate Authority');
  const certificate = await uploadCandidate(services, target, false);
  await revealCertificate(services, target, certificate);
  await verify(services, target.hub, target.certificates, certificate, target.candidate.authority);
}

/** The proof alone, for a certificate that the hub has. */
export async function verifyHubCertificate(services: Needs, node?: NodeOf<'hubCertificate'>): Promise<void> {
  const title = 'Verify Certificate';
  const hub = await pickHub(services, node, { title, needs: 'manageCertificates' });
  const certificates = await services.hubCertificates.forHub(hub.id);
  const certificate = node
    ? node.certificate
    : await pickHubCertificate(certificates, title, ({ isVerified }) => !isVerified);
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
    void vscode.window.showInformationMessage(`"${name}" is verified on ${hub.name} already.`);
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
      withProgress(`Verifying ${name} on ${hub.name}`, (signal, report) =>
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
          { signal, report: (step) => report(stepTexts[step]) },
        ),
      ),
  );
  log.info(`Certificate "${name}" is verified on ${hub.name}.`);
  await showVerified(services, hub, proved);
}

async function showVerified(services: Needs, hub: Hub, certificate: HubCertificate): Promise<void> {
  await revealCertificate(services, { hub }, certificate);
  void vscode.window.showInformationMessage(
    `"${certificate.name}" is verified on ${hub.name}: devices with its certificates may log in.`,
  );
}

/** One of the hub's certificates that the person picks. */
export async function pickHubCertificate(
  certificates: HubCertificates,
  title: string,
  filter: (certificate: HubCertificate) => boolean = () => true,
): Promise<HubCertificate> {
  const fitting = (await certificates.list()).filter(filter);
  if (fitting.length === 0) {
    throw new IotError('invalidInput', 'This hub has no certificate that this could be done with.');
  }
  return noBack(
    await pickOne({
      title,
      placeholder: 'Which certificate of the hub?',
      choices: fitting.map((certificate) => ({
        label: certificate.name,
        description: certificate.isVerified ? 'verified' : 'not verified',
        detail: certificate.subject,
        value: certificate,
      })),
    }),
  );
}
