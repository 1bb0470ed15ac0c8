// Webview panels without a window: what the extension shows and posts, and messages from the page.
import type * as vscode from 'vscode';
import { fake } from './fake';
import { EventEmitter, Uri } from './values';

/** The address of webview resources in VS Code, and its placeholder in a content security policy. */
export const webviewResources = 'https://file+.vscode-resource.vscode-cdn.net';
const cspSource = "'self' https://*.vscode-cdn.net";

/** The shape of all messages between panels and their pages. */
export interface PostedMessage {
  readonly type: string;
  readonly body: object;
}

class FakeWebview implements vscode.Webview {
  html = '';
  options: vscode.WebviewOptions = {};
  readonly cspSource = cspSource;
  /** Messages posted by the extension, oldest first. */
  readonly posted: PostedMessage[] = [];
  private readonly received = new EventEmitter<unknown>();
  private readonly sent = new EventEmitter<unknown>();
  readonly onDidReceiveMessage = this.received.event;
  /** The page's side of `postMessage`. */
  readonly onDidPost = this.sent.event;

  async postMessage(message: unknown): Promise<boolean> {
    // Cloned, so that neither side sees later changes by the other.
    const copy = structuredClone(message) as PostedMessage;
    this.posted.push(copy);
    this.sent.fire(copy);
    return true;
  }

  asWebviewUri(file: vscode.Uri): vscode.Uri {
    return Uri.parse(`${webviewResources}${file.path}`);
  }

  /** Delivers a message as if posted by the page. */
  receive(message: unknown): void {
    this.received.fire(structuredClone(message));
  }
}

/** A webview panel as tests see it. */
export class FakeWebviewPanel implements vscode.WebviewPanel {
  readonly webview = new FakeWebview();
  iconPath: vscode.WebviewPanel['iconPath'];
  viewColumn: vscode.ViewColumn | undefined = 1;
  active = true;
  visible = true;
  /** How often the panel was revealed. */
  reveals = 0;
  isDisposed = false;
  private readonly viewStateChanged = new EventEmitter<vscode.WebviewPanelOnDidChangeViewStateEvent>();
  private readonly disposed = new EventEmitter<void>();
  readonly onDidChangeViewState = this.viewStateChanged.event;
  readonly onDidDispose = this.disposed.event;

  constructor(
    readonly viewType: string,
    public title: string,
    readonly options: vscode.WebviewPanelOptions = {},
  ) {
    fake.webviewPanels.push(this);
  }

  reveal(): void {
    this.reveals++;
    this.setVisible(true);
  }

  /** Shows or hides the panel, as when the user switches editors. */
  setVisible(isVisible: boolean): void {
    this.visible = this.active = isVisible;
    this.viewStateChanged.fire({ webviewPanel: this });
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.disposed.fire();
  }
}
