import { type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type CommandHandlers } from '../../workbench/lazyCommands';
import { type RestorablePanels } from '../../workbench/panelRestore';

export type MonitorNeeds = Pick<
  Services,
  'hubs' | 'badges' | 'registries' | 'devices' | 'events' | 'hubSettings' | 'log'
>;

export const readingCommands = [
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

export const viewCommands = [
  commands.monitorMenu,
  commands.openEventsView,
  commands.startRecording,
  commands.stopRecording,
  commands.openRecording,
] as const;
export type ViewCommand = (typeof viewCommands)[number];

/** Loaded when one of the commands is called for the first time. */
export interface Monitoring extends Disposable, RestorablePanels {
  readonly handlers: CommandHandlers<ReadingCommand | ViewCommand>;
}
