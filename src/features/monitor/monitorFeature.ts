import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { lazy } from '../../core/base/lazy';
import { commands, webviews } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { registerLazyCommands, type CommandHandlers } from '../../workbench/lazyCommands';
import { registerPanelRestore, type RestorablePanels } from '../../workbench/panelRestore';
import { ReadOnlyDocuments } from '../../workbench/readOnlyDocuments';

export type MonitorNeeds = Pick<
  Services,
  'hubs' | 'badges' | 'registries' | 'devices' | 'events' | 'hubSettings' | 'log'
>;

const readingCommands = [
  commands.startMonitoring,
  commands.stopMonitoring,
  commands.startMonitoringFrom,
  commands.filterMessages,
  commands.monitorDevice,
  commands.chooseConsumerGroup,
  commands.deleteConsumerGroup,
  commands.whyNoMessages,
  commands.toggleMessageProperties,
] as const;
export type ReadingCommand = (typeof readingCommands)[number];

const viewCommands = [
  commands.monitorMenu,
  commands.openEventsView,
  commands.startRecording,
  commands.stopRecording,
  commands.openRecording,
] as const;
export type ViewCommand = (typeof viewCommands)[number];

/** What is loaded when the first of the commands is called. */
export interface Monitoring extends Disposable, RestorablePanels {
  readonly handlers: CommandHandlers<ReadingCommand | ViewCommand>;
}

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
      'This body is no longer shown. Open it from the events view again.',
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
