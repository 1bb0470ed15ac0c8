import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
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
  pickOf,
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
        (hub, deviceIds) => (deviceIds ? monitors.ofDevices(hub, deviceIds) : monitors.of(hub)),
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
      const hub = await pickHub(services, node, { title: 'Start Monitoring', needs: 'monitor' });
      await showOrConnect(monitors.of(hub));
    },
    [commands.stopMonitoring]: (node) => stopMonitoring(parts, node),
    [commands.startMonitoringFrom]: async (node, selection) => {
      const title = 'Start Monitoring From';
      if (node?.kind === 'device') await startFrom(parts, await monitorOf(parts, title, node, selection));
      else await startFrom(parts, monitors.of(await pickHub(services, node, { title, needs: 'monitor' })));
    },
    [commands.filterMessages]: async (node) => {
      const hub = await pickHub(services, node, { title: 'Filter Messages', needs: 'monitor' });
      await changeFilter(parts, await pickMonitor(parts, hub, 'Filter Messages'));
    },
    [commands.monitorDevice]: async (node, selection) => {
      await showOrConnect(await monitorOf(parts, 'Monitor Device', node, selection));
    },
    [commands.chooseConsumerGroup]: async (node) => {
      const hub = await pickHub(services, node, { title: 'Select Consumer Group', needs: 'monitor' });
      await useConsumerGroup(
        parts,
        hub,
        await askConsumerGroup(services, hub, monitors.of(hub).consumerGroup),
      );
    },
    [commands.deleteConsumerGroup]: async (node) => {
      const hub = await pickHub(services, node, { title: 'Delete Consumer Group', needs: 'monitor' });
      const name = await deleteConsumerGroup(services, hub);
      const chosen = memory.of({ id: hub.id, hubId: hub.id }).consumerGroup;
      if (name !== '' && (chosen ?? setting('monitor.consumerGroup')) === name)
        await memory.setConsumerGroup(hub.id, defaultConsumerGroup);
      for (const monitor of monitors.list(hub.id))
        if (monitor.isRunning && monitor.consumerGroup === name)
          await goOn(monitor, `Consumer group ${name} was deleted.`);
    },
    [commands.whyNoMessages]: async (node) => {
      const hub = await pickHub(services, node, { title: 'Why No Messages?', needs: 'monitor' });
      // The channel is the place for what is found out, also of a hub that is not monitored.
      await whyNoMessages(parts, await pickMonitor(parts, hub, 'Why No Messages?'));
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
      const hub = await pickHub(services, node, { title: 'Open Events View', needs: 'monitor' });
      await openView(parts, await pickMonitor(parts, hub, 'Open Events View'));
    },
    [commands.startRecording]: async (node) => {
      const hub = await pickHub(services, node, { title: 'Record Messages', needs: 'monitor' });
      const monitor = await pickMonitor(parts, hub, 'Record Messages');
      await recordings.start(monitor);
      if (recordings.isRecording(monitor) && !monitor.isRunning) await connect(monitor);
    },
    [commands.stopRecording]: async (node) => {
      const recorded = monitors.list(node?.hubId).filter((monitor) => recordings.isRecording(monitor));
      await recordings.stop(await pickOf(recorded, 'Stop Recording'));
    },
    [commands.openRecording]: async (uri) => {
      views.openRecording(uri ?? (await askRecording()));
    },
  };
}

/** Of the device of the node, of all that are selected with it, or of the one that the person picks. */
async function monitorOf(
  { services, monitors }: Reading,
  title: string,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
): Promise<Monitor> {
  const { hub, devices } = await pickDevices(services, node, selection, title);
  return monitors.ofDevices(
    hub,
    devices.map(({ deviceId }) => deviceId),
  );
}

async function askRecording(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: 'Open Recording',
      openLabel: 'Open',
      filters: { Recordings: ['jsonl', 'csv', 'sqlite', 'db'] },
    })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

async function openView({ views }: Parts, monitor: Monitor): Promise<void> {
  if (!monitor.isRunning) await connect(monitor, { isQuiet: true });
  views.openMonitor(monitor);
}

/** What is read with another consumer group from now on; a running monitor goes on with it. */
async function useConsumerGroup({ memory, monitors }: Parts, hub: Hub, consumerGroup: string): Promise<void> {
  await memory.setConsumerGroup(hub.id, consumerGroup);
  for (const monitor of monitors.list(hub.id)) {
    // Of one that runs: the one with which it was started.
    const isOther = monitor.consumerGroup !== consumerGroup;
    const hasFailed = monitor.status.kind === 'failed';
    if (!hasFailed && !(monitor.isRunning && isOther)) continue;
    await goOn(monitor, `The consumer group is ${consumerGroup} from now on.`);
  }
  if (!monitors.list(hub.id).some(({ isRunning }) => isRunning)) await connect(monitors.of(hub));
}

/** With the consumer group that is chosen now, behind the last message. */
async function goOn(monitor: Monitor, why: string): Promise<void> {
  await monitor.stop(why);
  await connect(monitor, { goesOn: true });
}

async function stopMonitoring(parts: Parts, node?: Node): Promise<void> {
  const { services, monitors } = parts;
  const isRunning = (hubId: string) => monitors.list(hubId).some((monitor) => monitor.isRunning);
  const hub = await pickHub(services, node, {
    title: 'Stop Monitoring',
    needs: 'monitor',
    isFitting: ({ id }) => isRunning(id),
    none: 'No hub is being monitored.',
  });
  const running = monitors.list(hub.id).filter((monitor) => monitor.isRunning);
  const all = 'all' as const;
  const chosen =
    running.length < 2
      ? all
      : noBack(
          await pickOne<Monitor | typeof all>({
            title: 'Stop Monitoring',
            placeholder: 'Which monitor?',
            choices: [
              { label: `All ${running.length} monitors of ${hub.name}`, value: all },
              ...running.map((monitor) => ({ label: monitor.label, value: monitor })),
            ],
          }),
        );
  for (const monitor of chosen === all ? running : [chosen]) await stop(parts, monitor);
}
