import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
import { formatCount } from '../../../core/base/numbers';
import { type Hub } from '../../../core/hub/hub';
import { defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { commands } from '../../../contributions';
import { type Node, type NodeOf } from '../../../explorer/nodes';
import { pickDevices, pickHub } from '../../../explorer/pickTarget';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type ReadOnlyDocuments } from '../../../workbench/readOnlyDocuments';
import { changeSetting, setting } from '../../../workbench/settings';
import { type CommandHandlers } from '../../../workbench/lazyCommands';
import { askConsumerGroup, deleteConsumerGroup } from './consumerGroups';
import { type Monitor } from './monitor';
import {
  changeFilter,
  connect,
  pickMonitor,
  pickAmong,
  showOrConnect,
  startFrom,
  stop,
  whyNoMessages,
  type Reading,
} from './monitorActions';
import { type Monitoring, type MonitorNeeds, type ReadingCommand, type ViewCommand } from '../needs';
import { MonitorMemory } from './monitorChoices';
import { monitorMenu } from './monitorMenu';
import { Monitors } from './monitors';
import { Recordings } from './recordings';
import { type ViewSurroundings } from './eventsView/eventsPanel';
import { EventsViews } from './eventsView/eventsViews';

type Needs = MonitorNeeds;

interface Parts extends Reading {
  readonly views: EventsViews;
}

/** Monitors of hubs and devices, their channels, recordings and events views. */
export function openMonitoring(
  services: Needs,
  context: Pick<vscode.ExtensionContext, 'workspaceState' | 'extensionUri'>,
  bodies: ReadOnlyDocuments,
): Monitoring {
  const store = new DisposableStore();
  const memory = new MonitorMemory(context.workspaceState);
  const recordings = new Recordings(services.log);
  const monitors = store.add(new Monitors(services, memory, (monitor) => recordings.stop(monitor)));
  store.add(recordings);
  const reading = { services, memory, monitors, recordings };
  const parts: Parts = {
    ...reading,
    views: store.add(
      new EventsViews(
        { ...viewSurroundings(reading, context.extensionUri, bodies), hubs: services.hubs },
        (hub, deviceIds) => (deviceIds ? monitors.forDevices(hub, deviceIds) : monitors.forHub(hub)),
      ),
    ),
  };
  return {
    handlers: { ...readingCommands(parts), ...viewCommands(parts) },
    restore: (panel, state) => parts.views.restore(panel, state),
    dispose: () => store.dispose(),
  };
}

function viewSurroundings(
  parts: Reading,
  extensionUri: vscode.Uri,
  bodies: ReadOnlyDocuments,
): ViewSurroundings {
  const { services, recordings } = parts;
  return {
    extensionUri,
    bodies,
    log: services.log,
    isRecording: (monitor) => recordings.isRecording(monitor),
    toggleRecording: (monitor) =>
      recordings.isRecording(monitor) ? recordings.stop(monitor) : recordings.start(monitor),
    toggleMonitor: (monitor) =>
      monitor.isRunning ? stop(parts, monitor) : connect(monitor, { isQuiet: true }),
    whyNoMessages: (monitor) => whyNoMessages(parts, monitor),
  };
}

function readingCommands(parts: Parts): CommandHandlers<ReadingCommand> {
  const { services, memory, monitors } = parts;
  return {
    [commands.startMonitoring]: async (node) => {
      const hub = await pickHub(services, node, { title: l10n.t('Start Monitoring'), needs: 'monitor' });
      await showOrConnect(monitors.forHub(hub));
    },
    [commands.stopMonitoring]: (node) => stopMonitoring(parts, node),
    [commands.startMonitoringFrom]: async (node, selection) => {
      const title = l10n.t('Start Monitoring From');
      if (node?.kind === 'device') await startFrom(parts, await monitorOf(parts, title, node, selection));
      else
        await startFrom(parts, monitors.forHub(await pickHub(services, node, { title, needs: 'monitor' })));
    },
    [commands.filterMessages]: async (node) => {
      const title = l10n.t('Filter Messages');
      const hub = await pickHub(services, node, { title, needs: 'monitor' });
      await changeFilter(parts, await pickMonitor(parts, hub, title));
    },
    [commands.monitorDevice]: async (node, selection) => {
      await showOrConnect(await monitorOf(parts, l10n.t('Monitor Device'), node, selection));
    },
    [commands.chooseConsumerGroup]: async (node) => {
      const hub = await pickHub(services, node, {
        title: l10n.t('Select Consumer Group'),
        needs: 'monitor',
      });
      await useConsumerGroup(
        parts,
        hub,
        await askConsumerGroup(services, hub, monitors.forHub(hub).consumerGroup),
      );
    },
    [commands.deleteConsumerGroup]: async (node) => {
      const hub = await pickHub(services, node, {
        title: l10n.t('Delete Consumer Group'),
        needs: 'monitor',
      });
      const name = await deleteConsumerGroup(services, hub);
      const chosen = memory.get({ id: hub.id, hubId: hub.id }).consumerGroup;
      if (name !== '' && (chosen ?? setting('monitor.consumerGroup')) === name)
        await memory.setConsumerGroup(hub.id, defaultConsumerGroup);
      for (const monitor of monitors.list(hub.id))
        if (monitor.isRunning && monitor.consumerGroup === name)
          await resume(monitor, l10n.t('Consumer group "{0}" was deleted.', name));
    },
    [commands.whyNoMessages]: async (node) => {
      const title = l10n.t('Why No Messages?');
      const hub = await pickHub(services, node, { title, needs: 'monitor' });
      // The findings appear in the channel, even if the hub is not being monitored.
      await whyNoMessages(parts, await pickMonitor(parts, hub, title));
    },
    [commands.toggleMessageProperties]: () =>
      changeSetting('monitor.showProperties', !setting('monitor.showProperties')),
  };
}

function viewCommands(parts: Parts): CommandHandlers<ViewCommand> {
  const { services, monitors, recordings, views } = parts;
  return {
    [commands.monitorMenu]: (id) => monitorMenu(parts, (monitor) => openView(parts, monitor), id),
    [commands.openEventsView]: async (node) => {
      const title = l10n.t('Open Events View');
      const hub = await pickHub(services, node, { title, needs: 'monitor' });
      await openView(parts, await pickMonitor(parts, hub, title));
    },
    [commands.startRecording]: async (node) => {
      const title = l10n.t('Record Messages');
      const hub = await pickHub(services, node, { title, needs: 'monitor' });
      const monitor = await pickMonitor(parts, hub, title);
      await recordings.start(monitor);
      if (recordings.isRecording(monitor) && !monitor.isRunning) await connect(monitor);
    },
    [commands.stopRecording]: async (node) => {
      const recorded = monitors.list(node?.hubId).filter((monitor) => recordings.isRecording(monitor));
      await recordings.stop(await pickAmong(recorded, l10n.t('Stop Recording')));
    },
    [commands.openRecording]: async (uri) => {
      views.openRecording(uri ?? (await askRecording()));
    },
  };
}

/** The monitor of the node's device, of all devices selected with it, or of a device that is picked. */
async function monitorOf(
  { services, monitors }: Reading,
  title: string,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
): Promise<Monitor> {
  const { hub, devices } = await pickDevices(services, node, selection, title);
  return monitors.forDevices(
    hub,
    devices.map(({ deviceId }) => deviceId),
  );
}

async function askRecording(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Open Recording'),
      openLabel: l10n.t({ message: 'Open', comment: ['Verb, button'], args: [] }),
      filters: { [l10n.t('Recordings')]: ['jsonl', 'csv', 'sqlite', 'db'] },
    })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

async function openView({ views }: Parts, monitor: Monitor): Promise<void> {
  if (!monitor.isRunning) await connect(monitor, { isQuiet: true });
  views.openMonitor(monitor);
}

/** Changes the consumer group of a hub. Running monitors continue with it. */
async function useConsumerGroup({ memory, monitors }: Parts, hub: Hub, consumerGroup: string): Promise<void> {
  await memory.setConsumerGroup(hub.id, consumerGroup);
  for (const monitor of monitors.list(hub.id)) {
    // A running monitor reports the consumer group it was started with.
    const isOther = monitor.consumerGroup !== consumerGroup;
    const hasFailed = monitor.status.kind === 'failed';
    if (!hasFailed && !(monitor.isRunning && isOther)) continue;
    await resume(monitor, l10n.t('The consumer group was changed to "{0}".', consumerGroup));
  }
  if (!monitors.list(hub.id).some(({ isRunning }) => isRunning)) await connect(monitors.forHub(hub));
}

/** Restarts a monitor with the selected consumer group, after the last message. */
async function resume(monitor: Monitor, reason: string): Promise<void> {
  await monitor.stop(reason);
  await connect(monitor, { isResumed: true });
}

async function stopMonitoring(parts: Parts, node?: Node): Promise<void> {
  const { services, monitors } = parts;
  const isRunning = (hubId: string) => monitors.list(hubId).some((monitor) => monitor.isRunning);
  const hub = await pickHub(services, node, {
    title: l10n.t('Stop Monitoring'),
    needs: 'monitor',
    isFitting: ({ id }) => isRunning(id),
    none: l10n.t('No hub is being monitored.'),
  });
  const running = monitors.list(hub.id).filter((monitor) => monitor.isRunning);
  const all = 'all' as const;
  const chosen =
    running.length < 2
      ? all
      : noBack(
          await pickOne<Monitor | typeof all>({
            title: l10n.t('Stop Monitoring'),
            placeholder: l10n.t('Select a monitor'),
            choices: [
              { label: l10n.t('All {0} monitors of {1}', formatCount(running.length), hub.name), value: all },
              ...running.map((monitor) => ({ label: monitor.label, value: monitor })),
            ],
          }),
        );
  for (const monitor of chosen === all ? running : [chosen]) await stop(parts, monitor);
}
