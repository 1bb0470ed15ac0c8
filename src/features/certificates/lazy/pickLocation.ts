import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { addToGitIgnore, findGitWorkTree } from '../../../certificates/gitIgnore';
import { abortError } from '../../../core/base/abort';
import { back, pickOne, type Back } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { type Position } from '../../../workbench/multiStepInput';
import { showWarning } from '../../../workbench/notifications';

/** Where a certificate authority and its key are stored. */
export type StorageLocation =
  | { readonly kind: 'default' }
  | { readonly kind: 'folder'; readonly path: string; readonly gitWorkTree?: string };

/** Asks for a folder; one inside a workspace or a Git working tree only after a warning. */
export async function pickLocation(position: Position): Promise<StorageLocation | Back> {
  for (;;) {
    const configured = setting('certificates.folder');
    const kind = await pickOne<'default' | 'folder'>({
      ...position,
      placeholder: l10n.t('Select where to store the certificate authority and its key'),
      choices: [
        {
          icon: 'lock',
          label: l10n.t('Private folder of the extension'),
          description: configured === '' ? l10n.t('Outside any workspace') : configured,
          value: 'default',
        },
        {
          icon: 'folder',
          label: l10n.t('Select a folder…'),
          description: l10n.t('For example, on an encrypted disk'),
          value: 'folder',
        },
      ],
    });
    if (kind === back) return back;
    if (kind === 'default') return { kind };
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: l10n.t('Select a Folder for the Certificate Authority'),
        openLabel: l10n.t('Store Here'),
        canSelectFiles: false,
        canSelectFolders: true,
      })) ?? [];
    const location = chosen && (await confirmFolder(chosen));
    if (location) return location;
  }
}

/** Warns about folders that are shared easily. Returns `undefined` to select again. */
async function confirmFolder(folder: vscode.Uri): Promise<StorageLocation | undefined> {
  const isWorkspace = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
  const workTree = await findGitWorkTree(folder.fsPath);
  if (!isWorkspace && workTree === undefined) return { kind: 'folder', path: folder.fsPath };
  const ignore = l10n.t('Store Here and Add to .gitignore');
  const keep = l10n.t('Store Here');
  const other = l10n.t('Select Another Folder');
  const warning = l10n.t(
    'Files in a workspace are easily committed, shared, or packaged. Anyone who has the key can issue certificates that your hubs trust.',
  );
  const answer = await showWarning(
    isWorkspace
      ? l10n.t('Store a private key inside the workspace?')
      : l10n.t('Store a private key inside a Git working tree?'),
    {
      modal: true,
      detail: `${folder.fsPath}\n\n${warning}`,
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
        ...(workTree === undefined ? {} : { gitWorkTree: workTree }),
      };
    case keep:
      return { kind: 'folder', path: folder.fsPath };
    default:
      return undefined;
  }
}

/** Adds the folder of the certificate authority to `.gitignore` if the person asked for it. */
export async function ignoreInGit(location: StorageLocation, folder: string): Promise<void> {
  if (location.kind === 'folder' && location.gitWorkTree !== undefined) {
    await addToGitIgnore(location.gitWorkTree, path.resolve(folder));
  }
}
