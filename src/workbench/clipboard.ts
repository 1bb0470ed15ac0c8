import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { maskSecrets } from '../core/base/maskSecrets';
import { showStatus } from './statusTexts';

const clearAfterSeconds = 60;

/** The secret that was copied last, until it is removed from the clipboard. */
let copied: { readonly secret: string; readonly timer: NodeJS.Timeout } | undefined;

/**
 * Copies, and says for a moment in the status bar that it did: no notification to close. A text that contains a key, a
 * token or a private key does not stay in the clipboard, which other programs read and keep.
 */
export async function copy(text: string, said: string): Promise<void> {
  clearTimeout(copied?.timer);
  copied = undefined;
  await vscode.env.clipboard.writeText(text);
  if (maskSecrets(text) === text) return showStatus('check', said);
  const timer = setTimeout(() => {
    clearCopiedSecret().then(undefined, () => undefined);
  }, clearAfterSeconds * 1_000);
  copied = { secret: text, timer };
  showStatus('check', l10n.t('{0} (removed from the clipboard after {1} seconds)', said, clearAfterSeconds));
}

/** Removes a copied secret from the clipboard, unless something else was copied since. Also when the extension ends. */
export async function clearCopiedSecret(): Promise<void> {
  const { secret, timer } = copied ?? {};
  clearTimeout(timer);
  copied = undefined;
  if (secret === undefined) return;
  if ((await vscode.env.clipboard.readText()) === secret) await vscode.env.clipboard.writeText('');
}
