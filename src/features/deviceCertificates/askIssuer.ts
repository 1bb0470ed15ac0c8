import * as l10n from '@vscode/l10n';
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

/** Asks for the issuer; those that the hub trusts come first. */
export async function askIssuer(
  services: Needs,
  position: Position,
  question: IssuerOptions,
): Promise<IssuerChoice | Back> {
  for (;;) {
    const choices = await issuerChoices(services, question);
    const answer = await pickOne<Answer>({
      ...position,
      placeholder: l10n.t('Select the issuer of the device certificate'),
      choices,
    });
    if (answer === back) return back;
    if (answer.kind !== 'create') return answer;
    // Shows the list again, whether or not the certificate authority was created.
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
  const statusTexts = [
    l10n.t('verified on {0}', hub.name),
    l10n.t('on {0}, not verified', hub.name),
    l10n.t('not on {0}', hub.name),
  ];
  return [
    ...withKey
      .toSorted((one, other) => rank(one.info.sha1) - rank(other.info.sha1))
      .map((authority): Choice<Answer> => ({
        icon: 'shield',
        label: l10n.t('CA-signed by {0}', authority.name),
        description: onHub ? (statusTexts[rank(authority.info.sha1)] ?? '') : authority.info.key,
        value: { kind: 'authority', authority },
      })),
    ...(mayBeSelfSigned
      ? [
          {
            icon: 'archive',
            label: l10n.t('Self-signed'),
            description: l10n.t('The hub compares thumbprints. No certificate authority is needed.'),
            value: { kind: 'selfSigned' } as const,
          },
        ]
      : []),
    {
      icon: 'add',
      label: l10n.t('Create a certificate authority…'),
      description: l10n.t('Then continue here'),
      value: { kind: 'create' },
    },
  ];
}

/** `undefined` if they cannot be read: an issuer can still be selected. */
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

/**
 * Devices usually read their key unattended, so no passphrase is the default here.
 * @param deviceId the device that the key belongs to; `undefined` for several devices
 */
export async function askKeyProtection(
  position: Position,
  deviceId: string | undefined,
): Promise<KeyProtection | Back> {
  for (;;) {
    const wanted = await pickOne<boolean>({
      ...position,
      placeholder: l10n.t('Select whether to protect the private key with a passphrase'),
      choices: [
        {
          icon: 'unlock',
          label: l10n.t('No passphrase'),
          description: l10n.t('Devices read their key unattended. Only you can read the file.'),
          value: false,
        },
        {
          icon: 'lock',
          label: l10n.t('With a passphrase…'),
          description: l10n.t('Required each time the key is used'),
          value: true,
        },
      ],
    });
    if (wanted === back) return back;
    if (!wanted) return { passphrase: undefined };
    const passphrase = await askNewPassphrase({
      ...position,
      prompt:
        deviceId === undefined
          ? l10n.t(
              'Enter a passphrase to protect the private key of each device, or leave it empty to store the keys unprotected.',
            )
          : l10n.t(
              'Enter a passphrase to protect the private key of "{0}", or leave it empty to store the key unprotected.',
              deviceId,
            ),
      unprotected: {
        message:
          deviceId === undefined
            ? l10n.t('Store the private keys without a passphrase?')
            : l10n.t('Store the private key of "{0}" without a passphrase?', deviceId),
        detail: l10n.t(
          'Anyone who can read the file can connect as the device. Only file permissions protect the key.',
        ),
      },
    });
    if (passphrase !== back) return { passphrase };
  }
}
