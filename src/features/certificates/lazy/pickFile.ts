import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { readFiles, type NamedBytes } from './readFiles';

/** One file that the person picks. @throws the silent abort when none is picked. */
export async function pickFile(title: string, extensions: readonly string[]): Promise<NamedBytes> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Open',
    filters: { Certificates: [...extensions], 'All files': ['*'] },
  });
  const [file] = chosen ? await readFiles(chosen) : [];
  if (!file) throw abortError();
  return file;
}
