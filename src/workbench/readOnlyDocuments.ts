import * as vscode from 'vscode';
import { type Disposable } from '../core/base/disposable';
import { singleLine } from '../core/base/singleLine';

/** Documents without a file: they keep the text they were opened with. */
export class ReadOnlyDocuments implements vscode.TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  /** @param missingText text of a document that is still open after the window was reloaded */
  constructor(
    private readonly scheme: string,
    private readonly missingText: string,
  ) {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? `${this.missingText}\n`;
  }

  /** @param name of the tab; its extension determines the language */
  async open(name: string, text: string, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
    const uri = vscode.Uri.from({ scheme: this.scheme, path: `/${singleLine(name).replace(/[\\/]/g, '_')}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true, ...options });
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }
}
