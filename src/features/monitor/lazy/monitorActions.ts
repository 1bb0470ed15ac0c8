import { type Hub } from '../../../core/hub/hub';
import { withProgress } from '../../../workbench/progress';
import { confirm, noBack, pickOne } from '../../../workbench/prompts';
import { type MonitorNeeds } from '../needs';
import { askFilter, askStart } from './chooseMessages';
import { diagnoseNoMessages } from './diagnoseNoMessages';
import { type Monitor } from './monitor';
import { type MonitorMemory, type MonitorStart } from './monitorChoices';
import { type Monitors } from './monitors';
import { type Recordings } from './recordings';

/** What the commands of monitors work with. */
export interface Reading {
  readonly services: MonitorNeeds;
  readonly memory: MonitorMemory;
  readonly monitors: Monitors;
  readonly recordings: Recordings;
}

export async function showOrConnect(monitor: Monitor): Promise<void> {
  if (monitor.isRunning) monitor.show();
  else await connect(monitor);
}

export async function connect(monitor: Monitor, options: MonitorStart = {}): Promise<void> {
  await withProgress(`Connecting to the events of ${monitor.label}`, (signal) =>
    monitor.start(signal, options),
  );
}

/** The one of the hub, unless others of it run too. */
export async function pickMonitor({ monitors }: Reading, hub: Hub, title: string): Promise<Monitor> {
  const running = monitors.list(hub.id).filter(({ isRunning }) => isRunning);
  return running.length === 0 ? monitors.of(hub) : pickOf(running, title);
}

export async function pickOf(monitors: readonly Monitor[], title: string): Promise<Monitor> {
  const [only] = monitors;
  if (only && monitors.length === 1) return only;
  return noBack(
    await pickOne({
      title,
      placeholder: 'Which monitor?',
      choices: monitors.map((monitor) => ({
        label: monitor.label,
        description: monitor.status.text,
        value: monitor,
      })),
    }),
  );
}

export async function stop({ recordings }: Reading, monitor: Monitor): Promise<void> {
  if (recordings.isRecording(monitor)) {
    await confirm(
      `Stop monitoring ${monitor.label}?`,
      'Its messages are being recorded; the recording ends too.',
      'Stop',
    );
    await recordings.stop(monitor);
  }
  await monitor.stop();
}

/** Asks from when on, and begins anew there. */
export async function startFrom({ memory }: Reading, monitor: Monitor): Promise<void> {
  const from = await askStart(monitor.target, memory);
  await monitor.stop();
  await connect(monitor, { from });
}

export async function changeFilter({ memory }: Reading, monitor: Monitor): Promise<void> {
  await monitor.setFilter(await askFilter(monitor.label, memory.of(monitor.target).filter ?? ''));
}

export function whyNoMessages(parts: Reading, monitor: Monitor): Promise<void> {
  const { services } = parts;
  return diagnoseNoMessages(services, services.hubs.get(monitor.hubId), monitor, {
    start: () => showOrConnect(monitor),
    startFrom: () => startFrom(parts, monitor),
    changeFilter: () => changeFilter(parts, monitor),
  });
}
