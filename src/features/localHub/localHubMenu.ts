import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../core/base/abort';
import { commands } from '../../contributions';
import { hubDescription } from '../../explorer/hubPresentation';
import { executeCommand } from '../../workbench/commands';
import { toLocalHub, type LocalHubState } from './localHubState';

type MenuCommand = Extract<(typeof commands)[keyof typeof commands], `${string}LocalHub${string}`>;

/** Shows the actions that are available in the current state of the local hub. */
export async function localHubMenu(state: LocalHubState): Promise<void> {
  const items = menuItems(state);
  const hub = toLocalHub(state);
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${hub.name}: ${hubDescription(hub)}`,
    placeHolder: l10n.t('Select a local hub action'),
  });
  if (!chosen?.command) throw abortError();
  await executeCommand(chosen.command);
}

type Item = vscode.QuickPickItem & { readonly command?: MenuCommand };

function menuItems(state: LocalHubState): Item[] {
  const isRunning = state.kind === 'running';
  const isUp = isRunning || state.kind === 'starting';
  return [
    ...(isUp
      ? [
          { label: `$(debug-stop) ${l10n.t('Stop')}`, command: commands.stopLocalHub },
          { label: `$(debug-restart) ${l10n.t('Restart')}`, command: commands.restartLocalHub },
        ]
      : [{ label: `$(play) ${l10n.t('Start')}`, command: commands.startLocalHub }]),
    { label: `$(output) ${l10n.t('Show Log')}`, command: commands.showLocalHubLog },
    separator(l10n.t({ message: 'Copy', comment: ['Verb, heading of a group of commands'], args: [] })),
    {
      label: `$(copy) ${l10n.t('Copy Service Connection String')}`,
      description: l10n.t('for azure-iothub and other service SDKs'),
      command: commands.copyLocalHubServiceConnectionString,
    },
    {
      label: `$(copy) ${l10n.t('Copy Event Hubs Connection String')}`,
      description: l10n.t('for @azure/event-hubs and other Event Hubs clients'),
      command: commands.copyLocalHubEventHubsConnectionString,
    },
    {
      label: `$(copy) ${l10n.t('Copy Connection String for Add Hub')}`,
      description: l10n.t('includes ports and CA file, for Add Hub'),
      command: commands.copyLocalHubWorkbenchConnectionString,
    },
    {
      label: `$(copy) ${l10n.t('Copy CA File Path')}`,
      description: l10n.t('for devices that connect over TLS'),
      command: commands.copyLocalHubCaPath,
    },
    separator(l10n.t('Data')),
    {
      label: `$(trash) ${l10n.t('Reset Data…')}`,
      description: l10n.t('deletes all devices, messages, and keys'),
      command: commands.resetLocalHub,
    },
  ];
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
