import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { commands, webviews } from '../../contributions';
import { pickHub } from '../../explorer/pickTarget';
import { type RegisterCommand } from '../../workbench/commands';
import { registerPanelRestore } from '../../workbench/panelRestore';
import type * as panelChunk from './lazy/index';

type Needs = ConstructorParameters<typeof panelChunk.OverviewPanels>[0];

/** The hub overview in an editor. The panel is loaded on first use. */
export function registerHubOverview(
  services: Needs,
  context: Pick<vscode.ExtensionContext, 'extensionUri'>,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const panels = lazy(async () => {
    const { OverviewPanels } = await import('./lazy/index');
    return store.add(new OverviewPanels(services, context.extensionUri));
  });
  store.add(
    registerCommand(commands.showHubOverview, async (node) => {
      const hub = await pickHub(services, node, {
        title: l10n.t('Show Hub Overview'),
        needs: 'showOverview',
      });
      await (await panels()).open(hub);
    }),
  );
  store.add(registerPanelRestore(webviews.hubOverview, panels));
  return store;
}
