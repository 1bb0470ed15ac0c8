// Webview panels without a window: what the extension shows and posts, and a way to answer as the page.
import type * as vscode from 'vscode';
import { fake } from './fake';
import { EventEmitter, Uri } from './values';

/** Where VS Code serves files to webviews from, and the address that stands for it in a policy. */
export const webviewResources = 'https://file+.vscode-resource.vscode-cdn.net';
const cspSource = "'self' https://*.vscode-cdn.net";

/** All messages between our panels and their pages are so. */
export interface PostedMessage {
  readonly type: string;
  readonly body: object;
}

class FakeWebview implements vscode.Webview {
  html = '';
  options: vscode.WebviewOptions = {};
  readonly cspSource = cspSource;
  /** What the extension posted, oldest first. */
  readonly posted: PostedMessage[] = [];
  private readonly received = new EventEmitter<unknown>();
  private readonly sent = new EventEmitter<unknown>();
  readonly onDidReceiveMessage = this.received.event;
  /** The page's end of `postMessage`. */
  readonly onDidPost = this.sent.event;

  async postMessage(message: unknown): Promise<boolean> {
    // It is cloned on its way, so that neither side sees later changes of the other.
    const copy = structuredClone(message) as PostedMessage;
    this.posted.push(copy);
    this.sent.fire(copy);
    return true;
  }

  asWebviewUri(file: vscode.Uri): vscode.Uri {
    return Uri.parse(`${webviewResources}${file.path}`);
  }

  /** As the page that posts a message. */
  receive(message: unknown): void {
    this.received.fire(structuredClone(message));
  }
}

/** A webview panel, as the test sees it. */
export class FakeWebviewPanel implements vscode.WebviewPanel {
  readonly webview = new FakeWebview();
  iconPath: vscode.WebviewPanel['iconPath'];
  viewColumn: vscode.ViewColumn | undefined = 1;
  active = true;
  visible = true;
  /** How often it was brought to the front. */
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

  /** As the person who brings another editor to the front, or this one. */
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
