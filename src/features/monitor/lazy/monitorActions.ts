import * as l10n from '@vscode/l10n';
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

/** The dependencies of the monitor commands. */
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
  await withProgress(l10n.t('Connecting to {0}', monitor.label), (signal) => monitor.start(signal, options));
}

/** The monitor of the hub, or a pick among its running monitors. */
export async function pickMonitor({ monitors }: Reading, hub: Hub, title: string): Promise<Monitor> {
  const running = monitors.list(hub.id).filter(({ isRunning }) => isRunning);
  return running.length === 0 ? monitors.forHub(hub) : pickAmong(running, title);
}

export async function pickAmong(monitors: readonly Monitor[], title: string): Promise<Monitor> {
  const [only] = monitors;
  if (only && monitors.length === 1) return only;
  return noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a monitor'),
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
      l10n.t('Stop monitoring {0}?', monitor.label),
      l10n.t('Messages are being recorded. The recording also stops.'),
      l10n.t('Stop'),
    );
    await recordings.stop(monitor);
  }
  await monitor.stop();
}

/** Prompts for a start position and restarts the monitor there. */
export async function startFrom({ memory }: Reading, monitor: Monitor): Promise<void> {
  const from = await askStart(monitor.target, memory);
  await monitor.stop();
  await connect(monitor, { from });
}

export async function changeFilter({ memory }: Reading, monitor: Monitor): Promise<void> {
  await monitor.setFilter(await askFilter(monitor.label, memory.get(monitor.target).filter ?? ''));
}

export function whyNoMessages(parts: Reading, monitor: Monitor): Promise<void> {
  const { services } = parts;
  return diagnoseNoMessages(services, services.hubs.get(monitor.hubId), monitor, {
    start: () => showOrConnect(monitor),
    startFrom: () => startFrom(parts, monitor),
    changeFilter: () => changeFilter(parts, monitor),
  });
}
