import { commands } from '../../../contributions';
import { formatCount } from '../../../core/base/numbers';
import { executeCommand } from '../../../workbench/commands';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type Monitor } from './monitor';
import {
  changeFilter,
  connect,
  pickOf,
  startFrom,
  stop,
  whyNoMessages,
  type Reading,
} from './monitorActions';

/** What a click on the status bar offers. */
export async function monitorMenu(
  parts: Reading,
  openView: (monitor: Monitor) => Promise<void>,
  monitorId?: string,
): Promise<void> {
  const { monitors, recordings } = parts;
  const monitor =
    (monitorId === undefined ? undefined : monitors.find(monitorId)) ??
    (await pickOf(monitors.list(), 'Monitor'));
  const recording = recordings.of(monitor);
  const run = noBack(
    await pickOne<() => Promise<unknown> | void>({
      title: `${monitor.label}: ${monitor.status.text}`,
      placeholder: 'What should the monitor do?',
      choices: [
        monitor.isRunning
          ? { label: '$(debug-stop) Stop', value: () => stop(parts, monitor) }
          : { label: '$(play) Start', value: () => connect(monitor) },
        { label: '$(history) Start From…', value: () => startFrom(parts, monitor) },
        { label: '$(output) Show Channel', value: () => monitor.show() },
        { label: '$(table) Open Events View', value: () => openView(monitor) },
        {
          label: '$(filter) Filter Messages…',
          ...(monitor.hiding ? { description: monitor.hiding.filter } : {}),
          value: () => changeFilter(parts, monitor),
        },
        {
          label: '$(organization) Select Consumer Group…',
          description: monitor.consumerGroup,
          value: async () =>
            executeCommand(commands.chooseConsumerGroup, { kind: 'hub', hubId: monitor.hubId }),
        },
        recording
          ? {
              label: '$(record) Stop Recording',
              description: `${formatCount(recording.written)} messages in ${recording.file}`,
              value: () => recordings.stop(monitor),
            }
          : { label: '$(record) Record Messages…', value: () => recordings.start(monitor) },
        { label: '$(question) Why No Messages?', value: () => whyNoMessages(parts, monitor) },
      ],
    }),
  );
  await run();
}
