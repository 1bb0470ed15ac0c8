import * as l10n from '@vscode/l10n';
import { commands } from '../../../contributions';
import { formatCount } from '../../../core/base/numbers';
import { executeCommand } from '../../../workbench/commands';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type Monitor } from './monitor';
import {
  changeFilter,
  connect,
  pickAmong,
  startFrom,
  stop,
  whyNoMessages,
  type Reading,
} from './monitorActions';

/** Shows the actions for a click on the status bar item. */
export async function monitorMenu(
  parts: Reading,
  openView: (monitor: Monitor) => Promise<void>,
  monitorId?: string,
): Promise<void> {
  const { monitors, recordings } = parts;
  const monitor =
    (monitorId === undefined ? undefined : monitors.find(monitorId)) ??
    (await pickAmong(monitors.list(), l10n.t('Monitoring Actions')));
  const recording = recordings.get(monitor);
  const run = noBack(
    await pickOne<() => Promise<unknown> | void>({
      title: `${monitor.label}: ${monitor.status.text}`,
      placeholder: l10n.t('Select an action'),
      choices: [
        monitor.isRunning
          ? { icon: 'debug-stop', label: l10n.t('Stop'), value: () => stop(parts, monitor) }
          : { icon: 'play', label: l10n.t('Start'), value: () => connect(monitor) },
        { icon: 'history', label: l10n.t('Start From…'), value: () => startFrom(parts, monitor) },
        { icon: 'output', label: l10n.t('Show Output Channel'), value: () => monitor.show() },
        { icon: 'table', label: l10n.t('Open Events View'), value: () => openView(monitor) },
        {
          icon: 'filter',
          label: l10n.t('Filter Messages…'),
          ...(monitor.hiding ? { description: monitor.hiding.filter } : {}),
          value: () => changeFilter(parts, monitor),
        },
        {
          icon: 'organization',
          label: l10n.t('Select Consumer Group…'),
          description: monitor.consumerGroup,
          value: async () =>
            executeCommand(commands.chooseConsumerGroup, { kind: 'hub', hubId: monitor.hubId }),
        },
        recording
          ? {
              icon: 'record',
              label: l10n.t('Stop Recording'),
              description:
                recording.written === 1
                  ? l10n.t('1 message in {0}', recording.file)
                  : l10n.t('{0} messages in {1}', formatCount(recording.written), recording.file),
              value: () => recordings.stop(monitor),
            }
          : { icon: 'record', label: l10n.t('Record Messages…'), value: () => recordings.start(monitor) },
        { icon: 'question', label: l10n.t('Why No Messages?'), value: () => whyNoMessages(parts, monitor) },
      ],
    }),
  );
  await run();
}
