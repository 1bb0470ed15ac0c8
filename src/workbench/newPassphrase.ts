import * as l10n from '@vscode/l10n';
import { abortError } from '../core/base/abort';
import { askText, back, type Back } from './prompts';
import { showWarning } from './notifications';

export interface NewPassphraseOptions {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
  /** `Enter a passphrase to protect the private key of "Factory CA"…` */
  readonly prompt: string;
  /** The warning to confirm before going without a passphrase; when absent, a passphrase is required. */
  readonly unprotected?: { readonly message: string; readonly detail: string };
}

/**
 * Asks twice for a new passphrase and shows its strength while it is typed. Returns `undefined` when the
 * person confirms that no passphrase is wanted.
 */
export async function askNewPassphrase(options: NewPassphraseOptions): Promise<string | undefined | Back> {
  const { passphraseScore } = await import('../core/passphraseStrength/index');
  const { prompt, unprotected, ...steps } = options;
  for (;;) {
    const first = await askText({
      ...steps,
      canGoBack: true,
      isSecret: true,
      prompt,
      validate: (text) => (text === '' && !unprotected ? l10n.t('Enter a passphrase.') : undefined),
      hint: (text) => {
        const score = passphraseScore(text);
        return { text: strengthText(score), isWarning: score < 3 };
      },
    });
    if (first === back) return back;
    if (first === '' && unprotected) {
      if (await confirmUnprotected(unprotected)) return undefined;
      continue;
    }
    const second = await askText({
      ...steps,
      canGoBack: true,
      isSecret: true,
      prompt: l10n.t('Confirm the passphrase. It cannot be recovered.'),
      validate: (text) => (text === first ? undefined : l10n.t('The passphrases do not match.')),
    });
    if (second !== back) return first;
  }
}

/** @param score from 0, the weakest, to 4 */
function strengthText(score: number): string {
  switch (score) {
    case 0:
      return l10n.t('Strength: very weak');
    case 1:
      return l10n.t('Strength: weak');
    case 2:
      return l10n.t('Strength: fair');
    case 3:
      return l10n.t('Strength: good');
    default:
      return l10n.t('Strength: strong');
  }
}

async function confirmUnprotected({
  message,
  detail,
}: NonNullable<NewPassphraseOptions['unprotected']>): Promise<boolean> {
  const enter = l10n.t('Enter Passphrase');
  const unprotected = l10n.t('Continue Without Passphrase');
  const answer = await showWarning(message, { modal: true, detail }, enter, unprotected);
  if (answer === undefined) throw abortError();
  return answer === unprotected;
}
