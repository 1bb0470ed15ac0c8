import * as l10n from '@vscode/l10n';
import { commands } from '../../contributions';
import { hubDescription } from '../../explorer/hubPresentation';
import { executeCommand } from '../../workbench/commands';
import { noBack, pickOne, type Choice } from '../../workbench/prompts';
import { toLocalHub, type LocalHubState } from './localHubState';

type MenuCommand = Extract<(typeof commands)[keyof typeof commands], `${string}LocalHub${string}`>;

/** Shows the actions that are available in the current state of the local hub. */
export async function localHubMenu(state: LocalHubState): Promise<void> {
  const hub = toLocalHub(state);
  const command = noBack(
    await pickOne({
      title: `${hub.name}: ${hubDescription(hub)}`,
      placeholder: l10n.t('Select a local hub action'),
      choices: menuItems(state),
    }),
  );
  await executeCommand(command);
}

function menuItems(state: LocalHubState): Choice<MenuCommand>[] {
  const isRunning = state.kind === 'running';
  const isUp = isRunning || state.kind === 'starting';
  const copy = l10n.t({ message: 'Copy', comment: ['Verb, heading of a group of commands'], args: [] });
  return [
    ...(isUp
      ? [
          { icon: 'debug-stop', label: l10n.t('Stop'), value: commands.stopLocalHub },
          { icon: 'debug-restart', label: l10n.t('Restart'), value: commands.restartLocalHub },
        ]
      : [{ icon: 'play', label: l10n.t('Start'), value: commands.startLocalHub }]),
    { icon: 'output', label: l10n.t('Show Log'), value: commands.showLocalHubLog },
    {
      group: copy,
      icon: 'copy',
      label: l10n.t('Copy Service Connection String'),
      description: l10n.t('for azure-iothub and other service SDKs'),
      value: commands.copyLocalHubServiceConnectionString,
    },
    {
      group: copy,
      icon: 'copy',
      label: l10n.t('Copy Event Hubs Connection String'),
      description: l10n.t('for @azure/event-hubs and other Event Hubs clients'),
      value: commands.copyLocalHubEventHubsConnectionString,
    },
    {
      group: copy,
      icon: 'copy',
      label: l10n.t('Copy Connection String for Add Hub'),
      description: l10n.t('includes ports and CA file, for Add Hub'),
      value: commands.copyLocalHubWorkbenchConnectionString,
    },
    {
      group: copy,
      icon: 'copy',
      label: l10n.t('Copy CA File Path'),
      description: l10n.t('for devices that connect over TLS'),
      value: commands.copyLocalHubCaPath,
    },
    {
      group: l10n.t('Data'),
      icon: 'trash',
      label: l10n.t('Reset Data…'),
      description: l10n.t('deletes all devices, messages, and keys'),
      value: commands.resetLocalHub,
    },
  ];
}
