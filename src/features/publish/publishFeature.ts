import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { commands, webviews } from '../../contributions';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { IotError } from '../../core/errors';
import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { registerPanelRestore } from '../../workbench/panelRestore';
import { noBack, pickOne } from '../../workbench/prompts';
import { registerMessageFileLenses } from './messageFileLenses';
import type * as panelChunk from './lazy/index';
import { RecentFiles } from './recentFiles';

type Panels = panelChunk.PublishPanels;
type Needs = ConstructorParameters<typeof panelChunk.PublishPanels>[0];

/** Device-to-cloud messages: the publish panel and message files. The panel is loaded on first use. */
export function registerPublish(
  services: Needs & Pick<Services, 'hubs' | 'registries' | 'devices'>,
  context: vscode.ExtensionContext,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const recent = new RecentFiles(context.workspaceState);
  const panels = lazy(async () => {
    const { PublishPanels } = await import('./lazy/index');
    return store.add(new PublishPanels(services, context.extensionUri, recent));
  });
  store.add(
    registerCommand(commands.publishMessage, (node, selection) =>
      publishMessage(services, panels, node, selection),
    ),
  );
  store.add(
    registerCommand(commands.openMessageFile, async (uri) => {
      await (await panels()).openFile(await fileOf(uri));
    }),
  );
  store.add(
    registerCommand(commands.sendMessageFile, async (uri) =>
      (await panels()).sendFile(await fileOf(uri), false),
    ),
  );
  store.add(
    registerCommand(commands.sendMessageFileTo, async (uri) =>
      (await panels()).sendFile(await fileOf(uri), true),
    ),
  );
  store.add(
    registerCommand(commands.openRecentMessageFile, async () => {
      await (await panels()).openFile(await pickRecent(recent));
    }),
  );
  store.add(
    registerCommand(commands.replayRecording, async (uri) =>
      (await import('./lazy/index')).replayRecording(services, uri),
    ),
  );
  store.add(registerMessageFileLenses());
  store.add(registerPanelRestore(webviews.publish, panels));
  return store;
}

async function publishMessage(
  services: Pick<Services, 'hubs' | 'registries' | 'devices'>,
  panels: () => Promise<Panels>,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
): Promise<void> {
  const { hub, devices } = await pickDevices(services, node, selection, l10n.t('Publish Message'));
  (await panels()).open(
    hub,
    devices.map(({ deviceId }) => deviceId),
  );
}

/** The message file of the menu or the active editor, or one picked from the workspace. */
async function fileOf(uri: vscode.Uri | undefined): Promise<vscode.Uri> {
  if (uri) return uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active?.path.endsWith('.d2c.json')) return active;
  const found = await vscode.workspace.findFiles('**/*.d2c.json', '**/node_modules/**', 500);
  return pickFile(
    found,
    l10n.t('Message Files'),
    l10n.t('This workspace has no message files (*.d2c.json). Save one from the publish panel.'),
  );
}

async function pickRecent(recent: RecentFiles): Promise<vscode.Uri> {
  const uri = await pickFile(
    recent.list(),
    l10n.t('Recent Message Files'),
    l10n.t('No message files were opened in this workspace.'),
  );
  try {
    await vscode.workspace.fs.stat(uri);
  } catch (cause) {
    await recent.remove(uri);
    const file = vscode.workspace.asRelativePath(uri);
    throw new IotError('notFound', l10n.t('The message file no longer exists: {0}', file), { cause });
  }
  return uri;
}

async function pickFile(uris: readonly vscode.Uri[], title: string, none: string): Promise<vscode.Uri> {
  if (uris.length === 0) throw new IotError('notFound', none);
  return noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a message file'),
      choices: uris.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), value: uri })),
    }),
  );
}
