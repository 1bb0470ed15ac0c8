import * as v from 'valibot';
import * as vscode from 'vscode';
import { type Disposable } from '../core/base/disposable';
import { type Event } from '../core/base/event';
import { type Hub } from '../core/hub/hub';
import { savedStateSchema, type WebviewContract } from '../webview/protocol';
import { WaitingPanel } from './waitingPanel';
import { type WebviewNeeds } from './webviewHost';

/** One kind of webview panel. */
interface WebviewKind {
  /** One of `webviews` in contributions.ts. */
  readonly viewType: string;
  /** Its panels in the log: `hub overview`. */
  readonly label: string;
  readonly contract: WebviewContract;
}

/** A panel that is open. */
export interface OpenPanel extends Disposable {
  readonly onDidDispose: Event<void>;
  reveal(): void;
}

/** State that the page of a kind keeps. */
type ViewOf<K extends WebviewKind> = v.InferOutput<K['contract']['view']>;

/** The panels of one kind in a window: opens them, and restores them after a reload. */
export class WebviewPanels<T extends OpenPanel, K extends WebviewKind> implements Disposable {
  private readonly panels = new Set<T>();
  private readonly waiting = new Set<WaitingPanel>();

  constructor(
    private readonly kind: K,
    private readonly needs: WebviewNeeds,
  ) {}

  find(isWanted: (panel: T) => boolean): T | undefined {
    return [...this.panels].find(isWanted);
  }

  /** Opens a new panel in the active column. */
  open(make: (panel: vscode.WebviewPanel) => T): T {
    const { viewType, label } = this.kind;
    const panel = vscode.window.createWebviewPanel(viewType, label, vscode.ViewColumn.Active, {
      enableFindWidget: true,
    });
    return this.adopt(make(panel));
  }

  /**
   * Restores a panel from the state of its page once its hub is listed.
   * @param make is called with the hub of the state; if it returns `undefined`, the panel is closed
   */
  restore(
    panel: vscode.WebviewPanel,
    state: unknown,
    make: (panel: vscode.WebviewPanel, hub: Hub | undefined, view: ViewOf<K>) => T | undefined,
  ): void {
    const { label, contract } = this.kind;
    const saved = v.safeParse(savedStateSchema<K['contract']['view']>(contract.view), state);
    if (!saved.success) {
      this.needs.log.warn(`A ${label} was not restored: ${v.summarize(saved.issues)}`);
      panel.dispose();
      return;
    }
    const { hub, view } = saved.output;
    const open = (found: Hub | undefined) => {
      const made = make(panel, found, view);
      if (made) this.adopt(made);
      else panel.dispose();
    };
    const known = hub ? this.needs.hubs.find(hub.id) : undefined;
    if (!hub || known) {
      open(known);
      return;
    }
    const waiting = new WaitingPanel(panel, hub, { icon: contract.page, label }, this.needs, open);
    this.waiting.add(waiting);
    waiting.onDidEnd(() => this.waiting.delete(waiting));
  }

  dispose(): void {
    for (const panel of [...this.panels, ...this.waiting]) panel.dispose();
  }

  private adopt(panel: T): T {
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
    return panel;
  }
}
