import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { webviews } from '../../contributions';
import { type RegisterCommand } from '../../workbench/commands';
import { registerLazyCommands } from '../../workbench/lazyCommands';
import { registerPanelRestore } from '../../workbench/panelRestore';
import { ReadOnlyDocuments } from '../../workbench/readOnlyDocuments';
import { readingCommands, viewCommands, type MonitorNeeds } from './needs';

/** Monitors of hubs and devices, their channels, recordings and events views: loaded on first use. */
export function registerMonitor(
  services: MonitorNeeds,
  context: Pick<vscode.ExtensionContext, 'workspaceState' | 'extensionUri'>,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const bodies = store.add(
    new ReadOnlyDocuments(
      'iot-hub-message',
      l10n.t('This body is no longer available. Open it again from the events view.'),
    ),
  );
  const load = lazy(async () => {
    const { openMonitoring } = await import('./lazy/index');
    return store.add(openMonitoring(services, context, bodies));
  });
  store.add(
    registerLazyCommands(
      registerCommand,
      [...readingCommands, ...viewCommands],
      async () => (await load()).handlers,
    ),
  );
  store.add(registerPanelRestore(webviews.events, load));
  return store;
}
