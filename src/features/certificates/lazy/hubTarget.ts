import * as l10n from '@vscode/l10n';
import { type Authority } from '../../../core/certificate/authorityStore';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { type HubCertificates } from '../../../core/certificate/hubCertificates';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { type Services } from '../../../services';
import { askText, noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { pickCertificate } from './pickFile';
import { authorityChoice } from './pickAuthority';

/** A CA certificate to upload to a hub: of a certificate authority on this computer, or from a file. */
export interface Candidate {
  readonly pem: string;
  /** The name on this computer. */
  readonly name: string;
  readonly authority?: Authority;
}

export interface UploadTarget {
  readonly hub: Hub;
  readonly certificates: HubCertificates;
  readonly candidate: Candidate;
}

type Needs = Pick<Services, 'hubs' | 'authorities' | 'hubCertificates' | 'certificateWork'>;

/** Determines what to upload to which hub; asks only for what the node does not determine. */
export async function askUploadTarget(
  services: Needs,
  node: Node | undefined,
  title: string,
): Promise<UploadTarget> {
  const candidate = await askCandidate(services, node, title);
  const hub = await pickHub(services, node, {
    title,
    needs: 'manageCertificates',
    placeholder: l10n.t('Select the hub to upload to'),
  });
  return { hub, certificates: await services.hubCertificates.forHub(hub.id), candidate };
}

async function askCandidate(
  { authorities, certificateWork }: Needs,
  node: Node | undefined,
  title: string,
): Promise<Candidate> {
  const ofAuthority = async (authority: Authority): Promise<Candidate> => ({
    pem: await authorities.read(authority.certificateFile),
    name: authority.name,
    authority,
  });
  if (node?.kind === 'authority') return ofAuthority(await authorities.get(node.authority.id));
  const list = await authorities.list();
  const choices: Choice<Authority | 'file'>[] = [
    ...list.map((authority): Choice<Authority | 'file'> => authorityChoice(authority)),
    {
      icon: 'file',
      label: l10n.t('Certificate file…'),
      description: l10n.t('If the private key is stored elsewhere'),
      value: 'file',
    },
  ];
  const chosen = noBack(
    await pickOne({ title, placeholder: l10n.t('Select a certificate authority'), choices }),
  );
  return chosen === 'file' ? readCandidate(certificateWork) : ofAuthority(chosen);
}

async function readCandidate(work: Services['certificateWork']): Promise<Candidate> {
  const { name, pem } = await pickCertificate(work, l10n.t('Select the CA Certificate'));
  const info = readCertificateInfo(parseCertificate(pem));
  if (!info.isAuthority) {
    throw new IotError(
      'invalidInput',
      l10n.t('"{0}" is not a certificate authority: its basic constraints do not include CA:TRUE.', name),
    );
  }
  return { pem, name: info.commonName || name.replace(/\.[^.]*$/, '') };
}

/** Asks for another name, because the hub has a different certificate with this one. */
export async function askOtherName(
  title: string,
  name: string,
  problem: string,
  validate: (text: string) => string | undefined,
): Promise<string> {
  return noBack(
    await askText({
      title,
      value: name,
      problem,
      prompt: l10n.t('Enter a name for the certificate on the hub'),
      validate,
    }),
  );
}
