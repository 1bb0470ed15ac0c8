import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { commands } from '../contributions';
import { type Disposable } from '../core/base/disposable';
import { Emitter } from '../core/base/event';
import { type Hub } from '../core/hub/hub';
import { HubWait } from '../core/hub/hubWait';
import { type HubReference } from '../webview/protocol';
import { contract } from '../webview/waiting/api';
import { runButton } from './commands';
import { commandButton, failureButton, type CommandButton } from './failureActions';
import { WebviewHost, type WebviewNeeds } from './webviewHost';

/** A restored panel whose hub is not listed yet: shows progress, or why the hub is not available. */
export class WaitingPanel implements Disposable {
  private readonly host: WebviewHost<typeof contract.toHost, typeof contract.toPage>;
  private readonly wait: HubWait;
  private readonly ended = new Emitter<void>();
  /** The hub was found or the panel was closed. */
  readonly onDidEnd = this.ended.event;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly hub: HubReference,
    /** Icon and label of the page that the panel shows later. */
    { icon, label }: { readonly icon: string; readonly label: string },
    needs: WebviewNeeds,
    onFound: (hub: Hub) => void,
  ) {
    this.host = new WebviewHost(panel, { label, contract, icon }, needs, {
      title: panel.title,
      handlers: {
        act: () => this.host.act(() => this.act()),
        close: () => this.host.dispose(),
      },
      onReady: () => this.postState(),
    });
    this.host.onDidDispose(() => this.ended.fire());
    this.wait = this.host.add(
      new HubWait(needs.hubs, hub.id, {
        onChange: () => this.postState(),
        onFound: (found) => {
          this.host.release();
          this.ended.fire();
          onFound(found);
        },
      }),
    );
  }

  dispose(): void {
    this.host.dispose();
  }

  private get button(): CommandButton | undefined {
    const { absence } = this.wait;
    if (absence?.action) return failureButton(absence.action);
    return absence?.canRefresh ? commandButton(l10n.t('Try Again'), commands.refresh) : undefined;
  }

  private async act(): Promise<void> {
    const { button } = this;
    if (button) await runButton(button);
    this.wait.retry();
  }

  private postState(): void {
    const { absence } = this.wait;
    this.host.post('state', {
      hub: this.hub,
      absence: absence ? { message: absence.message, action: this.button?.title ?? null } : null,
    });
  }
}
