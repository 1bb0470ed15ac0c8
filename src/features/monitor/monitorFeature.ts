import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands, type CommandArgs, type CommandId } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { ReadOnlyDocuments } from '../../workbench/readOnlyDocuments';
import { eventsViewType } from './eventsViewType';

export type MonitorNeeds = Pick<
  Services,
  'hubs' | 'marks' | 'registries' | 'devices' | 'events' | 'hubSettings' | 'log'
>;

export type ReadingCommand =
  | typeof commands.startMonitoring
  | typeof commands.stopMonitoring
  | typeof commands.startMonitoringFrom
  | typeof commands.filterMessages
  | typeof commands.monitorDevice
  | typeof commands.chooseConsumerGroup
  | typeof commands.deleteConsumerGroup
  | typeof commands.whyNoMessages
  | typeof commands.toggleMessageProperties;

export type ViewCommand =
  | typeof commands.monitorMenu
  | typeof commands.openEventsView
  | typeof commands.startRecording
  | typeof commands.stopRecording
  | typeof commands.openRecording;

type MonitorCommand = ReadingCommand | ViewCommand;

export type HandlersOf<K extends CommandId> = {
  readonly [Id in K]: (...args: CommandArgs[Id]) => Promise<void> | void;
};

/** What is loaded when the first of the commands is called. */
export interface Monitoring extends Disposable {
  readonly handlers: HandlersOf<MonitorCommand>;
  restore(panel: vscode.WebviewPanel, state: unknown): void;
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
  let loaded: Promise<Monitoring> | undefined;
  const load = () =>
    (loaded ??= import('./monitoring/index').then(({ openMonitoring }) =>
      store.add(openMonitoring(services, context, bodies)),
    ));
  const lazily =
    <K extends MonitorCommand>(id: K) =>
    async (...args: CommandArgs[K]) => {
      const handler: (...args: CommandArgs[K]) => Promise<void> | void = (await load()).handlers[id];
      await handler(...args);
    };
  store.add(registerCommand(commands.startMonitoring, lazily(commands.startMonitoring)));
  store.add(registerCommand(commands.stopMonitoring, lazily(commands.stopMonitoring)));
  store.add(registerCommand(commands.startMonitoringFrom, lazily(commands.startMonitoringFrom)));
  store.add(registerCommand(commands.filterMessages, lazily(commands.filterMessages)));
  store.add(registerCommand(commands.monitorDevice, lazily(commands.monitorDevice)));
  store.add(registerCommand(commands.chooseConsumerGroup, lazily(commands.chooseConsumerGroup)));
  store.add(registerCommand(commands.deleteConsumerGroup, lazily(commands.deleteConsumerGroup)));
  store.add(registerCommand(commands.whyNoMessages, lazily(commands.whyNoMessages)));
  store.add(registerCommand(commands.toggleMessageProperties, lazily(commands.toggleMessageProperties)));
  store.add(registerCommand(commands.monitorMenu, lazily(commands.monitorMenu)));
  store.add(registerCommand(commands.openEventsView, lazily(commands.openEventsView)));
  store.add(registerCommand(commands.startRecording, lazily(commands.startRecording)));
  store.add(registerCommand(commands.stopRecording, lazily(commands.stopRecording)));
  store.add(registerCommand(commands.openRecording, lazily(commands.openRecording)));
  store.add(
    vscode.window.registerWebviewPanelSerializer(eventsViewType, {
      deserializeWebviewPanel: async (panel, state: unknown) => (await load()).restore(panel, state),
    }),
  );
  return store;
}
