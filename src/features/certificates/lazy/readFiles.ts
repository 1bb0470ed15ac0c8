import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { IotError } from '../../../core/errors';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @throws IotError naming the file that cannot be read. */
export async function readFiles(files: readonly vscode.Uri[]): Promise<NamedBytes[]> {
  return Promise.all(
    files.map(async (file) => {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      try {
        return { name, bytes: await vscode.workspace.fs.readFile(file) };
      } catch (cause) {
        throw new IotError('invalidInput', l10n.t('"{0}" cannot be read.', name), { cause });
      }
    }),
  );
}
