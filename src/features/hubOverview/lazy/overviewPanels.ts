import type * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { type Hub } from '../../../core/hub/hub';
import { type HubReference } from '../../../webview/protocol';
import { WebviewPanels } from '../../../workbench/webviewPanels';
import { OverviewPanel, overviewWebview, type PanelServices } from './overviewPanel';

/** The overviews of a window: at most one of each hub. */
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
    // The caller wants to see it, as everywhere: a hub that is off starts.
    if (hub.status === 'off') await this.services.hubs.connection(hub.id, []);
  }

  /** Brings an overview back after the window was reloaded; a hub that is off stays off. */
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
