import * as v from 'valibot';
import * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { type Hub } from '../../../core/hub/hub';
import { savedSchema } from '../../../webview/hubOverview/api';
import { overviewViewType } from '../overviewViewType';
import { findHub } from './findHub';
import { OverviewPanel, type PanelHub, type PanelServices } from './overviewPanel';

/** The overviews of a window: at most one of each hub. */
export class OverviewPanels implements Disposable {
  private readonly panels = new Set<OverviewPanel>();

  constructor(
    private readonly services: PanelServices,
    private readonly extensionUri: vscode.Uri,
  ) {}

  async open(hub: Hub): Promise<void> {
    const known = [...this.panels].find(({ hubId }) => hubId === hub.id);
    if (known) known.reveal();
    else {
      this.adopt(
        vscode.window.createWebviewPanel(overviewViewType, hub.name, vscode.ViewColumn.Active, {
          enableFindWidget: true,
        }),
        hub,
      );
    }
    // Who asks for it wants to see it, as everywhere: a hub that is off starts.
    if (hub.status === 'off') await this.services.hubs.connection(hub.id, []);
  }

  /** Brings an overview back after the window was loaded again; a hub that is off stays off. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const saved = v.safeParse(savedSchema, state);
    if (!saved.success) {
      panel.dispose();
      return;
    }
    const { hubId, name } = saved.output;
    this.adopt(panel, { id: hubId, name }, findHub(this.services, hubId));
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
  }

  private adopt(webviewPanel: vscode.WebviewPanel, hub: PanelHub, search?: Promise<void>): void {
    const panel = new OverviewPanel(webviewPanel, hub, this.services, this.extensionUri, search);
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
  }
}
