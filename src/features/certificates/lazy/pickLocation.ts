import path from 'node:path';
import * as vscode from 'vscode';
import { addToGitIgnore, findGitWorkTree } from '../../../certificates/gitIgnore';
import { abortError } from '../../../core/base/abort';
import { back, pickOne, type Back } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { type Position } from '../../../workbench/multiStepInput';

/** Where an authority and its key are kept. */
export type StorageLocation =
  | { readonly kind: 'default' }
  | { readonly kind: 'folder'; readonly path: string; readonly ignoreIn?: string };

/** Asks for a folder; one inside a workspace or a git work tree only after a warning. */
export async function pickLocation(position: Position): Promise<StorageLocation | Back> {
  for (;;) {
    const configured = setting('certificates.folder');
    const kind = await pickOne<'default' | 'folder'>({
      ...position,
      placeholder: 'Where should the authority and its key be kept?',
      choices: [
        {
          label: '$(lock) Private folder of the extension',
          description: configured === '' ? 'outside any workspace' : configured,
          value: 'default',
        },
        { label: '$(folder) Choose a folder…', description: 'such as an encrypted disk', value: 'folder' },
      ],
    });
    if (kind === back) return back;
    if (kind === 'default') return { kind };
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: 'Folder for the Certificate Authority',
        openLabel: 'Keep It Here',
        canSelectFiles: false,
        canSelectFolders: true,
      })) ?? [];
    const place = chosen && (await confirmFolder(chosen));
    if (place) return place;
  }
}

/** `undefined` to choose again. */
async function confirmFolder(folder: vscode.Uri): Promise<StorageLocation | undefined> {
  const isWorkspace = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
  const workTree = await findGitWorkTree(folder.fsPath);
  if (!isWorkspace && workTree === undefined) return { kind: 'folder', path: folder.fsPath };
  const ignore = 'Keep It Here and Add to .gitignore';
  const keep = 'Keep It Here';
  const other = 'Choose Another Folder';
  const answer = await vscode.window.showWarningMessage(
    `Keep a private key inside ${isWorkspace ? 'the workspace' : 'a git work tree'}?`,
    {
      modal: true,
      detail: `${folder.fsPath}\n\nWhat is in a workspace gets committed, shared and packed easily. Whoever has the key can issue certificates that your hubs trust.`,
    },
    ...(workTree === undefined ? [] : [ignore]),
    keep,
    other,
  );
  switch (answer) {
    case undefined:
      throw abortError();
    case ignore:
      return {
        kind: 'folder',
        path: folder.fsPath,
        ...(workTree === undefined ? {} : { ignoreIn: workTree }),
      };
    case keep:
      return { kind: 'folder', path: folder.fsPath };
    default:
      return undefined;
  }
}

/** To be called once the authority's own folder is known. */
export async function ignoreInGit(place: StorageLocation, folder: string): Promise<void> {
  if (place.kind === 'folder' && place.ignoreIn !== undefined) {
    await addToGitIgnore(place.ignoreIn, path.resolve(folder));
  }
}
