import * as vscode from 'vscode';
import { formatCount } from '../../../core/base/numbers';
import { maxMessageBytes, type PublishDraft } from '../../../core/publish/draft';

/** The file that is the body, read again only when it changed. */
export class BodyFile {
  private known: { readonly version: string; readonly content: Uint8Array | string } | undefined;

  /** What is in it, or why it cannot be sent; `undefined` when the body is typed. */
  async of({ body }: PublishDraft): Promise<Uint8Array | string | undefined> {
    if (body.kind !== 'file' || body.path === '') return undefined;
    const uri = vscode.Uri.file(body.path);
    try {
      const { size, mtime } = await vscode.workspace.fs.stat(uri);
      const version = `${body.path} ${size} ${mtime}`;
      if (this.known?.version !== version) {
        // What cannot be sent need not be in memory, whatever its size.
        const content =
          size > maxMessageBytes ? tooLarge(size, body.path) : await vscode.workspace.fs.readFile(uri);
        this.known = { version, content };
      }
      return this.known.content;
    } catch {
      return `The file cannot be read: ${body.path}`;
    }
  }
}

const tooLarge = (size: number, path: string) =>
  `A message has at most 256 KB; this file has ${formatCount(Math.ceil(size / 1024))} KB: ${path}`;
