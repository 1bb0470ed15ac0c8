import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount } from '../../../core/base/numbers';
import { maxMessageBytes, type PublishDraft } from '../../../core/publish/draft';

/** The body file, read again only when it has changed. */
export class BodyFile {
  private known: { readonly version: string; readonly content: Uint8Array | string } | undefined;

  /** The content, or why it cannot be sent; `undefined` when the body is entered in the panel. */
  async read({ body }: PublishDraft): Promise<Uint8Array | string | undefined> {
    if (body.kind !== 'file' || body.path === '') return undefined;
    const uri = vscode.Uri.file(body.path);
    try {
      const { size, mtime } = await vscode.workspace.fs.stat(uri);
      const version = `${body.path} ${size} ${mtime}`;
      if (this.known?.version !== version) {
        // A file that is too large to send is not loaded.
        const content =
          size > maxMessageBytes ? tooLarge(size, body.path) : await vscode.workspace.fs.readFile(uri);
        this.known = { version, content };
      }
      return this.known.content;
    } catch {
      return l10n.t('The file cannot be read: {0}', body.path);
    }
  }
}

const tooLarge = (size: number, path: string) =>
  l10n.t(
    'The maximum message size is 256 KB; this file has {0} KB: {1}',
    formatCount(Math.ceil(size / 1024)),
    path,
  );
