import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { askText, back, type Back } from './prompts';

const words = ['very weak', 'weak', 'fair', 'good', 'strong'] as const;

/** What to ask, and what the passphrase is for. */
export interface NewPassphraseQuestion {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
  /** Of what: `the private key of "Factory CA"`. */
  readonly of: string;
  /** What an unprotected key would let others do; asked for a confirmation before. */
  readonly withoutIt: string;
}

/**
 * Asks twice for a new passphrase and says how strong it is while it is typed. Left out it is `undefined`,
 * after a warning that has to be confirmed.
 */
export async function askNewPassphrase(question: NewPassphraseQuestion): Promise<string | undefined | Back> {
  const { passphraseScore } = await import('../core/passphraseStrength/index');
  const { of, withoutIt, ...steps } = question;
  let problem: string | undefined;
  for (;;) {
    const first = await askText({
      ...steps,
      canGoBack: true,
      isSecret: true,
      ...(problem === undefined ? {} : { problem }),
      prompt: `Passphrase that protects ${of}. Press Enter without one to leave the key unprotected.`,
      hint: (text) => {
        const score = passphraseScore(text);
        return { text: `Strength: ${words[score] ?? 'strong'}`, isWarning: score < 3 };
      },
    });
    if (first === back) return back;
    if (first === '') {
      if (await acceptsNone(of, withoutIt)) return undefined;
      problem = undefined;
      continue;
    }
    const second = await askText({
      ...steps,
      canGoBack: true,
      isSecret: true,
      prompt: 'The same passphrase again. Nobody can open the key without it.',
      validate: (text) => (text === first ? undefined : 'This is not the same as the first time.'),
    });
    if (second !== back) return first;
    problem = undefined;
  }
}

async function acceptsNone(of: string, withoutIt: string): Promise<boolean> {
  const yes = 'Leave It Unprotected';
  const other = 'Choose a Passphrase';
  const answer = await vscode.window.showWarningMessage(
    `Leave ${of} without a passphrase?`,
    { modal: true, detail: `${withoutIt} Only the mode of the file would protect it.` },
    other,
    yes,
  );
  if (answer === undefined) throw abortError();
  return answer === yes;
}
