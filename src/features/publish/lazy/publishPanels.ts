import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { type Disposable } from '../../../core/base/disposable';
import { shortList } from '../../../core/base/lists';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { newDraft, type PublishDraft } from '../../../core/publish/draft';
import { pickHub } from '../../../explorer/pickTarget';
import { confirm } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { WebviewPanels } from '../../../workbench/webviewPanels';
import { type RecentFiles } from '../recentFiles';
import { chooseDevices, resolveDevices } from './deviceChoice';
import { bodyPath, confirmBodyFile } from './bodyFile';
import { fileName, openMessageFile } from './messageFiles';
import { PublishPanel, publishWebview, type PanelServices } from './publishPanel';

/** The publish panels of a window. */
export class PublishPanels implements Disposable {
  private readonly panels;

  constructor(
    private readonly services: PanelServices,
    private readonly extensionUri: vscode.Uri,
    private readonly recent: RecentFiles,
  ) {
    this.panels = new WebviewPanels<PublishPanel, typeof publishWebview>(publishWebview, {
      ...services,
      extensionUri,
    });
  }

  /** Opens the panel of these devices, or reveals the open one. */
  open(hub: Hub, devices: readonly string[]): void {
    const key = keyOf(hub.id, devices);
    const known = this.panels.find((panel) => !panel.file && keyOf(panel.hub.id, panel.deviceIds) === key);
    if (known) return known.reveal();
    this.create(hub, newDraft(devices, setting('sas.deviceTokenSeconds')), undefined);
  }

  /** Opens a message file in its panel, with the devices that it specifies. */
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
    const confirmed = await confirmBodyFile(file.draft, uri);
    const target = hub ?? into?.hub ?? (await this.hubFor(l10n.t('Publish Message File')));
    const resolved = devices ?? (await resolveDevices(this.services, target, file.devices));
    const draft: PublishDraft = { ...file.draft, devices: [...resolved] };
    await this.recent.add(uri);
    const known = into ?? this.panels.find((panel) => panel.file?.toString() === uri.toString());
    if (known && !known.isBusy && known.hub.id === target.id) {
      await known.show(draft, uri, confirmed);
      known.reveal();
      return known;
    }
    return this.create(target, draft, uri, confirmed);
  }

  /** Sends one message as each device that the file specifies, or that is selected. */
  async sendFile(uri: vscode.Uri, isToOthers: boolean): Promise<void> {
    const hub = await this.hubFor(l10n.t('Send Message File'));
    const devices = isToOthers ? await chooseDevices(this.services, hub, []) : undefined;
    const panel = await this.openFile(uri, { hub, ...(devices ? { devices } : {}) });
    if (panel.deviceIds.length === 0) {
      throw new IotError(
        'invalidInput',
        l10n.t('This message file does not specify devices. Use "Send to…", or add a "devices" property.'),
      );
    }
    await confirmUntrusted(uri, panel);
    await panel.send(false);
  }

  /** Restores a panel after the window was reloaded. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    this.panels.restore(
      panel,
      state,
      (restored, hub, { draft, fileUri, kept }) =>
        hub &&
        this.panel(restored, hub, draft, fileUri === null ? undefined : vscode.Uri.parse(fileUri), {
          bodyPath: bodyPath(draft) ?? kept.path,
        }),
    );
  }

  dispose(): void {
    this.panels.dispose();
  }

  private async hubFor(title: string): Promise<Hub> {
    return pickHub(this.services, undefined, { title, needs: 'manageDevices' });
  }

  private create(
    hub: Hub,
    draft: PublishDraft,
    file: vscode.Uri | undefined,
    confirmed?: string,
  ): PublishPanel {
    const source = { bodyPath: bodyPath(draft), confirmed };
    return this.panels.open((panel) => this.panel(panel, hub, draft, file, source));
  }

  private panel(
    panel: vscode.WebviewPanel,
    hub: Hub,
    draft: PublishDraft,
    file: vscode.Uri | undefined,
    source: { readonly bodyPath: string | undefined; readonly confirmed?: string | undefined },
  ): PublishPanel {
    const surroundings = {
      extensionUri: this.extensionUri,
      onFile: (uri: vscode.Uri) => void this.recent.add(uri),
      openFile: async (uri: vscode.Uri, into: PublishPanel) => void (await this.openFile(uri, { into })),
    };
    return new PublishPanel(panel, hub, draft, file, this.services, surroundings, source);
  }
}

/** In Restricted Mode, a message file alone does not decide what devices send. */
async function confirmUntrusted(uri: vscode.Uri, { hub, deviceIds }: PublishPanel): Promise<void> {
  if (vscode.workspace.isTrusted) return;
  await confirm(
    l10n.t('This workspace is not trusted. Send the message of "{0}"?', fileName(uri)),
    l10n.t('It is sent to {0} as {1}.', hub.name, shortList(deviceIds, 10)),
    l10n.t('Send Anyway'),
  );
}

const keyOf = (hubId: string, devices: readonly string[]) => [hubId, ...devices].join('\n');
