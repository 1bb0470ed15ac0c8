import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { readFiles, type NamedBytes } from './readFiles';

/** Asks for one file. @throws the silent abort when none is selected. */
export async function pickFile(title: string, extensions: readonly string[]): Promise<NamedBytes> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: l10n.t({ message: 'Select', args: [], comment: ['Verb, button'] }),
    filters: { [l10n.t('Certificates')]: [...extensions], [l10n.t('All files')]: ['*'] },
  });
  const [file] = chosen ? await readFiles(chosen) : [];
  if (!file) throw abortError();
  return file;
}
