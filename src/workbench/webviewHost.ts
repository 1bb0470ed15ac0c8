import * as vscode from 'vscode';
import { singleLine } from '../core/base/singleLine';
import { DisposableStore, toDisposable, type Disposable } from '../core/base/disposable';
import { Emitter } from '../core/base/event';
import { isAbort } from '../core/base/abort';
import { displayLocale } from '../core/base/displayLocale';
import { type Logger } from '../core/base/logger';
import { type HubDirectory } from '../core/hub/hubDirectory';
import {
  dispatch,
  hostMessages,
  pageMessages,
  poster,
  type Handlers,
  type Localization,
  type MessageTable,
  type Post,
  type WebviewContract,
} from '../webview/protocol';
import { showFailure } from './commands';
import { webviewPage, webviewRoot } from './webviewPage';

/** The parts of the extension that a webview uses. */
export interface WebviewSurroundings {
  readonly extensionUri: vscode.Uri;
  readonly log: Logger;
}

/** The same, and the hubs, for a restored panel whose hub is not listed yet. */
export interface WebviewNeeds extends WebviewSurroundings {
  readonly hubs: Pick<HubDirectory, 'find' | 'seek' | 'onDidChange'>;
}

/** A page of `src/webview`. */
export interface WebviewPage<H extends MessageTable, P extends MessageTable> {
  /** The panel in the log: `hub overview`. */
  readonly label: string;
  readonly contract: Pick<WebviewContract<H, P>, 'page' | 'toHost' | 'toPage'>;
  /** Name of the icons in `media`, if it differs from that of the page. */
  readonly icon?: string;
}

export interface WebviewHandlers<H extends MessageTable> {
  readonly title: string;
  readonly handlers: Handlers<H>;
  /** The page has loaded, for the first time or after it was hidden, and has no state yet. */
  onReady(): void;
}

/**
 * The extension's side of one webview: its page, icon and messages while the panel is open. VS Code discards a
 * hidden page and loads it again, so nothing is posted before the page is ready.
 */
export class WebviewHost<H extends MessageTable, P extends MessageTable> implements Disposable {
  private readonly store = new DisposableStore();
  private readonly closed = new Emitter<void>();
  readonly onDidDispose = this.closed.event;
  readonly post: Post<P>;
  private readonly postHost: Post<typeof hostMessages>;
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
    const send = (message: unknown) => {
      if (this.isPageReady) void panel.webview.postMessage(message);
    };
    this.post = poster(contract.toPage, send);
    this.postHost = poster(hostMessages, send);
    panel.title = singleLine(connection.title);
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

  /** Whether the page has loaded and receives what is posted. */
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
    if (!this.isOver) this.panel.title = singleLine(title);
  }

  reveal(): void {
    if (!this.isOver) this.panel.reveal();
  }

  /** Disposes an item with the panel. */
  add<T extends Disposable>(item: T): T {
    return this.store.add(item);
  }

  /** Repeats work while the page is visible. */
  every(ms: number, work: () => void): void {
    const timer = setInterval(() => {
      if (this.isPageReady) work();
    }, ms);
    this.store.add(toDisposable(() => clearInterval(timer)));
  }

  /** Runs an action of the user. A failure is shown, unless the panel was closed. */
  act(work: () => Promise<unknown>): void {
    if (this.isOver) return;
    work().catch((error: unknown) => {
      if (!this.isOver) void showFailure(error, `The ${this.page.label}`, this.surroundings.log);
    });
  }

  /** Runs work that the user did not start. A failure is only logged. */
  background(work: () => Promise<unknown>): void {
    if (this.isOver) return;
    work().catch((error: unknown) => {
      if (!isAbort(error)) this.surroundings.log.error(`The ${this.page.label} could not be updated.`, error);
    });
  }

  /** Hands the panel over to another page. */
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
      // The message may be from a page that was replaced.
      if (page !== this.page.contract.page) return;
      this.isPageReady = true;
      this.postHost('localization', localization());
      this.connection.onReady();
    },
    report: ({ text }) =>
      this.surroundings.log.error(`The page of the ${this.page.label} reported an error: ${text}`),
  };

  private receive(message: unknown): void {
    const { label, contract } = this.page;
    const rejected = isPageMessage(message)
      ? dispatch(pageMessages, this.pageHandlers, message)
      : dispatch(contract.toHost, this.connection.handlers, message);
    if (rejected)
      this.surroundings.log.warn(`The ${label} rejected a message of its page: ${rejected.message}`);
  }
}

function localization(): Localization {
  const { bundle } = vscode.l10n;
  return {
    // Without a bundle the texts are English whatever the display language is.
    language: bundle ? displayLocale() : 'en',
    locale: displayLocale(),
    texts: bundle ?? null,
  };
}

const isPageMessage = (message: unknown) =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  typeof message.type === 'string' &&
  Object.hasOwn(pageMessages, message.type);
