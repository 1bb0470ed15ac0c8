import { type HubCertificate } from '../../core/certificate/hubCertificates';
import { isIotError } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { askNewPassphrase } from '../../workbench/newPassphrase';
import { back, pickOne, type Back, type Choice } from '../../workbench/prompts';
import { type Position } from '../../workbench/multiStepInput';
import { type IssuerChoice } from './issuing';

type Needs = Pick<Services, 'authorities' | 'hubCertificates'>;
type Answer = IssuerChoice | { readonly kind: 'create' };

export interface IssuerOptions {
  readonly hub: Hub;
  readonly mayBeSelfSigned: boolean;
}

/** Asks who signs; those that the hub trusts come first. */
export async function askIssuer(
  services: Needs,
  position: Position,
  question: IssuerOptions,
): Promise<IssuerChoice | Back> {
  for (;;) {
    const choices = await issuerChoices(services, question);
    const answer = await pickOne<Answer>({
      ...position,
      placeholder: 'Who signs the certificate of the device?',
      choices,
    });
    if (answer === back) return back;
    if (answer.kind !== 'create') return answer;
    // Whatever becomes of it: the list is asked again with what is there then.
    await executeCommand(commands.createAuthority);
  }
}

async function issuerChoices(
  { authorities, hubCertificates }: Needs,
  { hub, mayBeSelfSigned }: IssuerOptions,
): Promise<Choice<Answer>[]> {
  const onHub = await readHubCertificates(hubCertificates, hub);
  const withKey = (await authorities.list()).filter(
    ({ keyFile, info }) => keyFile !== undefined && info.notAfter > Date.now(),
  );
  const rank = (sha1: string) => {
    const found = onHub?.find(({ thumbprint }) => thumbprint === sha1);
    return found === undefined ? 2 : found.isVerified ? 0 : 1;
  };
  const words = [`verified on ${hub.name}`, `on ${hub.name}, not verified yet`, `not on ${hub.name} yet`];
  return [
    ...withKey
      .toSorted((one, other) => rank(one.info.sha1) - rank(other.info.sha1))
      .map((authority): Choice<Answer> => ({
        label: `$(shield) CA-signed by ${authority.name}`,
        description: onHub ? (words[rank(authority.info.sha1)] ?? '') : authority.info.key,
        value: { kind: 'authority', authority },
      })),
    ...(mayBeSelfSigned
      ? [
          {
            label: '$(archive) Self-signed',
            description: 'the hub knows its thumbprints, no authority is needed',
            value: { kind: 'selfSigned' } as const,
          },
        ]
      : []),
    {
      label: '$(add) Create a certificate authority…',
      description: 'and go on here afterwards',
      value: { kind: 'create' },
    },
  ];
}

/** `undefined` when the hub cannot be asked, which is no reason to stop. */
async function readHubCertificates(
  hubCertificates: Services['hubCertificates'],
  hub: Hub,
): Promise<readonly HubCertificate[] | undefined> {
  try {
    return await (await hubCertificates.forHub(hub.id)).list();
  } catch (error) {
    if (isIotError(error)) return undefined;
    throw error;
  }
}

export interface KeyProtection {
  readonly passphrase: string | undefined;
}

/** Devices usually read their key unattended, so none is the first choice here. */
export async function askKeyProtection(position: Position, of: string): Promise<KeyProtection | Back> {
  for (;;) {
    const wanted = await pickOne<boolean>({
      ...position,
      placeholder: 'Protect the private key with a passphrase?',
      choices: [
        {
          label: '$(unlock) No passphrase',
          description: 'devices read their key unattended; the file is readable for you alone',
          value: false,
        },
        {
          label: '$(lock) With a passphrase…',
          description: 'asked for whenever the key is used',
          value: true,
        },
      ],
    });
    if (wanted === back) return back;
    if (!wanted) return { passphrase: undefined };
    const passphrase = await askNewPassphrase({
      ...position,
      of,
      withoutIt: 'Whoever reads the file can log in as the device.',
    });
    if (passphrase !== back) return { passphrase };
  }
}
