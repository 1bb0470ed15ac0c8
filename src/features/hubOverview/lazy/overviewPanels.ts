import type * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { type Hub } from '../../../core/hub/hub';
import { type HubReference } from '../../../webview/protocol';
import { WebviewPanels } from '../../../workbench/webviewPanels';
import { OverviewPanel, overviewWebview, type PanelServices } from './overviewPanel';

/** The hub overviews of a window: at most one per hub. */
export class OverviewPanels implements Disposable {
  private readonly panels;

  constructor(
    private readonly services: PanelServices,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.panels = new WebviewPanels<OverviewPanel, typeof overviewWebview>(overviewWebview, {
      ...services,
      extensionUri,
    });
  }

  async open(hub: Hub): Promise<void> {
    const known = this.panels.find(({ hubId }) => hubId === hub.id);
    if (known) known.reveal();
    else this.panels.open((panel) => this.overview(panel, hub));
    // Opening a stopped hub starts it, like everywhere else.
    if (hub.status === 'off') await this.services.hubs.connection(hub.id, []);
  }

  /** Restores an overview after the window was reloaded. A stopped hub is not started. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    this.panels.restore(panel, state, (restored, hub) => hub && this.overview(restored, hub));
  }

  dispose(): void {
    this.panels.dispose();
  }

  private overview(panel: vscode.WebviewPanel, hub: HubReference): OverviewPanel {
    return new OverviewPanel(panel, hub, this.services, this.extensionUri);
  }
}
