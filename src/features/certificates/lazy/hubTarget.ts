import { type Authority } from '../../../core/certificate/authorityStore';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { type HubCertificates } from '../../../core/certificate/hubCertificates';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { type Services } from '../../../services';
import { askText, noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { pickFile } from './pickFile';
import { authorityChoice } from './pickAuthority';

/** A CA certificate that goes to a hub: of an authority here, or of a file. */
export interface Candidate {
  readonly pem: string;
  /** What it is called here. */
  readonly name: string;
  readonly authority?: Authority;
}

export interface UploadTarget {
  readonly hub: Hub;
  readonly certificates: HubCertificates;
  readonly candidate: Candidate;
}

type Needs = Pick<Services, 'hubs' | 'authorities' | 'hubCertificates'>;

/** Finds out what goes where; asks only for what the clicked node does not say. */
export async function askUploadTarget(
  services: Needs,
  node: Node | undefined,
  title: string,
): Promise<UploadTarget> {
  const candidate = await askCandidate(services, node, title);
  const hub = await pickHub(services, node, {
    title,
    needs: 'manageCertificates',
    placeholder: 'To which hub?',
  });
  return { hub, certificates: await services.hubCertificates.forHub(hub.id), candidate };
}

async function askCandidate(
  { authorities }: Needs,
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
      label: '$(file) A certificate file…',
      description: 'the private key is elsewhere',
      value: 'file',
    },
  ];
  const chosen = noBack(await pickOne({ title, placeholder: 'Which certificate authority?', choices }));
  return chosen === 'file' ? readCandidate(title) : ofAuthority(chosen);
}

async function readCandidate(title: string): Promise<Candidate> {
  const { name, bytes } = await pickFile(`${title}: certificate of the authority`, [
    'pem',
    'crt',
    'cer',
    'der',
  ]);
  const certificate = parseCertificate(bytes);
  const info = readCertificateInfo(certificate);
  if (!info.isAuthority) {
    throw new IotError(
      'invalidInput',
      `${name} is no certificate authority: its basic constraints do not say CA:TRUE.`,
    );
  }
  return { pem: certificate.toString(), name: info.commonName || name.replace(/\.[^.]*$/, '') };
}

/** Asks for another name while the hub has one with it. */
export async function askOtherName(
  title: string,
  name: string,
  problem: string,
  validate: (text: string) => string | undefined,
): Promise<string> {
  return noBack(
    await askText({ title, value: name, problem, prompt: 'Name of the certificate on the hub', validate }),
  );
}
