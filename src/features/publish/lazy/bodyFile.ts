import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount } from '../../../core/base/numbers';
import { maxMessageBytes, type PublishDraft } from '../../../core/publish/draft';
import { confirm } from '../../../workbench/prompts';
import { fileName } from './messageFiles';

/**
 * The body file of a panel, read again only when it has changed. A path that the user did not select or enter, but a
 * message file or a restored panel contains, is read only inside the workspace, or after it was confirmed.
 */
export class BodyFile {
  private known: { readonly version: string; readonly content: Uint8Array | string } | undefined;
  private given: string | undefined;
  private messageFile: vscode.Uri | undefined;
  private confirmed: string | undefined;

  /**
   * The panel shows a draft that was not entered in it.
   * @param given the path of its body file
   * @param confirmed the real path, if the user confirmed it
   */
  reset(given: string | undefined, messageFile: vscode.Uri | undefined, confirmed: string | undefined): void {
    this.given = given;
    this.messageFile = messageFile;
    this.confirmed = confirmed;
  }

  /** The user has selected a file. */
  select(): void {
    this.given = undefined;
  }

  /** The content, or why it cannot be sent; `undefined` when the body is entered in the panel. */
  async read({ body }: PublishDraft): Promise<Uint8Array | string | undefined> {
    if (body.kind !== 'file' || body.path === '') return undefined;
    let file = body.path;
    if (file === this.given) {
      const { real, isInside } = await locate(file, this.messageFile);
      if (!isInside && real !== this.confirmed) return notRead(real);
      // What was checked, even if a link is replaced now.
      file = real;
    }
    try {
      const stats = await stat(file);
      if (!stats.isFile()) return l10n.t('This is not a file: {0}', body.path);
      const version = `${file} ${stats.size} ${stats.mtimeMs}`;
      if (this.known?.version !== version) {
        // A file that is too large to send is not loaded.
        const content = stats.size > maxMessageBytes ? tooLarge(stats.size, body.path) : await readFile(file);
        this.known = { version, content };
      }
      return this.known.content;
    } catch {
      return l10n.t('The file cannot be read: {0}', body.path);
    }
  }
}

export const bodyPath = ({ body }: PublishDraft): string | undefined =>
  body.kind === 'file' ? body.path : undefined;

/**
 * Asks before a message file reads a file outside the workspace. In Restricted Mode it does not ask: the panel then
 * shows that the file is not read.
 * @returns the real path that the user confirmed; `undefined` if no question was needed
 * @throws the silent abort when the user declines
 */
export async function confirmBodyFile(
  draft: PublishDraft,
  messageFile: vscode.Uri,
): Promise<string | undefined> {
  const file = bodyPath(draft);
  if (file === undefined || !vscode.workspace.isTrusted) return undefined;
  const { real, isInside } = await locate(file, messageFile);
  if (isInside) return undefined;
  await confirm(
    l10n.t('Send a file from outside the workspace?'),
    [
      real === file ? real : `${file} → ${real}`,
      l10n.t('The message file "{0}" sends the content of this file to the hub.', fileName(messageFile)),
    ].join('\n\n'),
    l10n.t('Use File'),
  );
  return real;
}

/** Where a file really is, and whether that is inside the workspace, or next to a message file outside of it. */
async function locate(
  file: string,
  messageFile: vscode.Uri | undefined,
): Promise<{ readonly real: string; readonly isInside: boolean }> {
  // Looking at a network path already authenticates to its server.
  if (/^[\\/]{2}/.test(file)) return { real: file, isInside: false };
  const real = await realPath(file);
  const folders = foldersOf(messageFile);
  const all = [...folders, ...(await Promise.all(folders.map(realPath)))];
  return { real, isInside: all.some((folder) => isInFolder(folder, real)) };
}

function foldersOf(messageFile: vscode.Uri | undefined): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isOutside = messageFile?.scheme === 'file' && !vscode.workspace.getWorkspaceFolder(messageFile);
  return [
    ...folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
    ...(isOutside ? [path.dirname(messageFile.fsPath)] : []),
  ];
}

/** Of a file that does not exist: the path as it is. */
const realPath = (file: string): Promise<string> => realpath(file).catch(() => file);

function isInFolder(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !/^\.\.([\\/]|$)/.test(relative) && !path.isAbsolute(relative);
}

const notRead = (file: string) =>
  vscode.workspace.isTrusted
    ? l10n.t('The body file is outside the workspace. Select it again to use it: {0}', file)
    : l10n.t(
        'This workspace is not trusted, so its message files cannot read files outside the workspace: {0}',
        file,
      );

const tooLarge = (size: number, file: string) =>
  l10n.t(
    'The maximum message size is 256 KB; this file has {0} KB: {1}',
    formatCount(Math.ceil(size / 1024)),
    file,
  );
