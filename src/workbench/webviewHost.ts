import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../core/base/disposable';
import { Emitter } from '../core/base/event';
import { isAbort } from '../core/base/abort';
import { type Logger } from '../core/base/logger';
import { type HubDirectory } from '../core/hub/hubDirectory';
import {
  dispatch,
  pageMessages,
  poster,
  type Handlers,
  type MessageTable,
  type Post,
  type WebviewContract,
} from '../webview/protocol';
import { showFailure } from './commands';
import { webviewPage, webviewRoot } from './webviewPage';

/** What a webview needs of the extension. */
export interface WebviewSurroundings {
  readonly extensionUri: vscode.Uri;
  readonly log: Logger;
}

/** What restoring takes besides: the hub of a panel may not be listed yet. */
export interface WebviewNeeds extends WebviewSurroundings {
  readonly hubs: Pick<HubDirectory, 'find' | 'seek' | 'onDidChange'>;
}

/** A page of `src/webview`, and what its panel is called in failures and in the log: `hub overview`. */
export interface WebviewPage<H extends MessageTable, P extends MessageTable> {
  readonly label: string;
  readonly contract: Pick<WebviewContract<H, P>, 'page' | 'toHost' | 'toPage'>;
  /** Name of the icons in `media`, where it is not that of the page. */
  readonly icon?: string;
}

export interface WebviewHandlers<H extends MessageTable> {
  readonly title: string;
  readonly handlers: Handlers<H>;
  /** The page was loaded, for the first time or again after it was hidden: it knows nothing. */
  onReady(): void;
}

/**
 * The extension's side of one webview: its page, icon and messages, as long as the panel is open. VS Code discards a
 * hidden page and loads it again, so nothing is posted before the page has said that it is ready.
 */
export class WebviewHost<H extends MessageTable, P extends MessageTable> implements Disposable {
  private readonly store = new DisposableStore();
  private readonly closed = new Emitter<void>();
  readonly onDidDispose = this.closed.event;
  readonly post: Post<P>;
  private isPageReady = false;
  private isOver = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly page: WebviewPage<H, P>,
    private readonly surroundings: WebviewSurroundings,
    private readonly connection: WebviewHandlers<H>,
  ) {
    const { extensionUri } = surroundings;
    const { contract, icon = contract.page } = page;
    this.post = poster(contract.toPage, (message) => {
      if (this.isPageReady) void panel.webview.postMessage(message);
    });
    panel.title = connection.title;
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const iconFile = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `${icon}.${theme}.svg`);
    panel.iconPath = { light: iconFile('light'), dark: iconFile('dark') };
    this.store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    this.store.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.isPageReady = false;
      }),
    );
    this.store.add(panel.onDidDispose(() => this.dispose()));
    panel.webview.html = webviewPage(panel.webview, extensionUri, contract.page, connection.title);
  }

  /** Whether the page is loaded and gets what is posted. */
  get isReady(): boolean {
    return this.isPageReady;
  }

  get isDisposed(): boolean {
    return this.isOver;
  }

  get isVisible(): boolean {
    return !this.isOver && this.panel.visible;
  }

  setTitle(title: string): void {
    if (!this.isOver) this.panel.title = title;
  }

  reveal(): void {
    if (!this.isOver) this.panel.reveal();
  }

  /** Disposes it with the panel. */
  add<T extends Disposable>(item: T): T {
    return this.store.add(item);
  }

  /** Repeats something while the page is shown. */
  every(ms: number, work: () => void): void {
    const timer = setInterval(() => {
      if (this.isPageReady) work();
    }, ms);
    this.store.add(toDisposable(() => clearInterval(timer)));
  }

  /** What the person asked for: shows a failure, unless the panel was closed meanwhile. */
  act(work: () => Promise<unknown>): void {
    if (this.isOver) return;
    work().catch((error: unknown) => {
      if (!this.isOver) void showFailure(error, `The ${this.page.label}`, this.surroundings.log);
    });
  }

  /** What nobody asked for: a failure goes to the log alone. */
  background(work: () => Promise<unknown>): void {
    if (this.isOver) return;
    work().catch((error: unknown) => {
      if (!isAbort(error)) this.surroundings.log.error(`The ${this.page.label} could not be updated.`, error);
    });
  }

  /** Leaves the panel to another page. */
  release(): void {
    this.isOver = true;
    this.isPageReady = false;
    this.store.dispose();
  }

  dispose(): void {
    if (this.isOver) return;
    this.release();
    this.closed.fire();
    this.panel.dispose();
  }

  private readonly pageHandlers: Handlers<typeof pageMessages> = {
    ready: ({ page }) => {
      // A page that was replaced meanwhile may still have said it.
      if (page !== this.page.contract.page) return;
      this.isPageReady = true;
      this.connection.onReady();
    },
    report: ({ text }) => this.surroundings.log.error(`The page of the ${this.page.label} reports: ${text}`),
  };

  private receive(message: unknown): void {
    const { label, contract } = this.page;
    const refused = isPageMessage(message)
      ? dispatch(pageMessages, this.pageHandlers, message)
      : dispatch(contract.toHost, this.connection.handlers, message);
    if (refused) this.surroundings.log.warn(`The ${label} received a message that it cannot use: ${refused}`);
  }
}

const isPageMessage = (message: unknown) =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  typeof message.type === 'string' &&
  Object.hasOwn(pageMessages, message.type);
