import * as l10n from '@vscode/l10n';
import { type Authority } from '../../../core/certificate/authorityStore';
import { describeExpiry } from '../../../core/certificate/expiry';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';

export interface PickAuthorityOptions {
  readonly title: string;
  readonly needsKey?: boolean;
}

/** The certificate authority of the node, or the one that the person selects; a single one is used without asking. */
export async function pickAuthority(
  { authorities }: Pick<Services, 'authorities'>,
  node: Node | undefined,
  { title, needsKey = false }: PickAuthorityOptions,
): Promise<Authority> {
  if (node?.kind === 'authority') return authorities.get(node.authority.id);
  const fitting = (await authorities.list()).filter(({ keyFile }) => !needsKey || keyFile !== undefined);
  const [only] = fitting;
  if (!only) {
    throw new IotError(
      'invalidInput',
      needsKey
        ? l10n.t(
            'No certificate authority with its private key was found on this computer. Create or import one.',
          )
        : l10n.t('No certificate authority was found on this computer. Create or import one.'),
      { action: { kind: 'createAuthority' } },
    );
  }
  if (fitting.length === 1) return only;
  return noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a certificate authority'),
      choices: fitting.map((one) => authorityChoice(one)),
    }),
  );
}

export function authorityChoice(authority: Authority): Choice<Authority> {
  const expiry = describeExpiry(authority.info.notAfter, Date.now());
  return {
    icon: 'shield',
    label: authority.name,
    description: [authority.info.key, authority.keyFile ? '' : l10n.t('key elsewhere'), expiry.text]
      .filter(Boolean)
      .join(' · '),
    detail: authority.info.subject,
    value: authority,
  };
}
