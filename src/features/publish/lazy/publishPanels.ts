import * as v from 'valibot';
import * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { newDraft, type PublishDraft } from '../../../core/publish/draft';
import { pickHub } from '../../../explorer/pickTarget';
import { setting } from '../../../workbench/settings';
import { savedSchema } from '../../../webview/publish/api';
import { panelType } from '../panelType';
import { type RecentFiles } from '../recentFiles';
import { chooseDevices, resolveDevices } from './deviceChoice';
import { openMessageFile } from './messageFiles';
import { PublishPanel, type PanelServices } from './publishPanel';

/** How long a restored panel waits for its hub to come into the list. */
const hubPatienceMs = 10_000;

/** The publish panels of a window. */
export class PublishPanels implements Disposable {
  private readonly panels = new Set<PublishPanel>();

  constructor(
    private readonly services: PanelServices,
    private readonly extensionUri: vscode.Uri,
    private readonly recent: RecentFiles,
  ) {}

  /** Opens the panel of these devices, or shows the one that is open. */
  open(hub: Hub, devices: readonly string[]): void {
    const key = keyOf(hub.id, devices);
    const known = [...this.panels].find(
      (panel) => !panel.file && keyOf(panel.hub.id, panel.deviceIds) === key,
    );
    if (known) return known.reveal();
    this.create(hub, newDraft(devices, setting('sas.deviceTokenSeconds')), undefined);
  }

  /** Opens a message file in its panel, with the devices that it names. */
  async openFile(
    uri: vscode.Uri,
    {
      hub,
      devices,
      into,
    }: { readonly hub?: Hub; readonly devices?: readonly string[]; readonly into?: PublishPanel } = {},
  ): Promise<PublishPanel> {
    const defaults = newDraft([], setting('sas.deviceTokenSeconds'));
    const file = await openMessageFile(uri, defaults);
    const target = hub ?? into?.hub ?? (await this.hubFor('Publish Message File'));
    const resolved = devices ?? (await resolveDevices(this.services, target, file.devices));
    const draft: PublishDraft = { ...file.draft, devices: [...resolved] };
    await this.recent.add(uri);
    const known = into ?? [...this.panels].find((panel) => panel.file?.toString() === uri.toString());
    if (known && !known.isBusy && known.hub.id === target.id) {
      await known.show(draft, uri);
      known.reveal();
      return known;
    }
    return this.create(target, draft, uri);
  }

  /** What the code lens does: one message of each device that the file, or the person, names. */
  async sendFile(uri: vscode.Uri, isToOthers: boolean): Promise<void> {
    const hub = await this.hubFor('Send Message File');
    const devices = isToOthers ? await chooseDevices(this.services, hub, []) : undefined;
    const panel = await this.openFile(uri, { hub, ...(devices ? { devices } : {}) });
    if (panel.deviceIds.length === 0) {
      throw new IotError(
        'invalidInput',
        'This message file names no devices: use "Send to…", or add "devices".',
      );
    }
    await panel.send(false);
  }

  /** Brings a panel back after the window was loaded again. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = v.safeParse(savedSchema, state);
    const hub = saved.success ? await this.waitForHub(saved.output.hubId) : undefined;
    if (!saved.success || !hub) {
      panel.dispose();
      return;
    }
    const { draft, fileUri } = saved.output;
    this.adopt(panel, hub, draft, fileUri === undefined ? undefined : vscode.Uri.parse(fileUri));
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
  }

  private async hubFor(title: string): Promise<Hub> {
    return pickHub(this.services, undefined, { title, needs: 'manageDevices' });
  }

  private create(hub: Hub, draft: PublishDraft, file: vscode.Uri | undefined): PublishPanel {
    const panel = vscode.window.createWebviewPanel(panelType, 'Publish', vscode.ViewColumn.Active, {
      enableFindWidget: true,
    });
    return this.adopt(panel, hub, draft, file);
  }

  private adopt(
    webviewPanel: vscode.WebviewPanel,
    hub: Hub,
    draft: PublishDraft,
    file: vscode.Uri | undefined,
  ): PublishPanel {
    const panel = new PublishPanel(webviewPanel, hub, draft, file, this.services, {
      extensionUri: this.extensionUri,
      onFile: (uri) => void this.recent.add(uri),
      openFile: async (uri, into) => void (await this.openFile(uri, { into })),
    });
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
    return panel;
  }

  private waitForHub(hubId: string): Promise<Hub | undefined> {
    const { hubs } = this.services;
    const known = hubs.find(hubId);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => {
      const done = (hub: Hub | undefined) => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(hub);
      };
      const timer = setTimeout(() => done(undefined), hubPatienceMs);
      const subscription = hubs.onDidChange(() => {
        const hub = hubs.find(hubId);
        if (hub) done(hub);
      });
      hubs.seek(hubId);
    });
  }
}

const keyOf = (hubId: string, devices: readonly string[]) => [hubId, ...devices].join('\n');
