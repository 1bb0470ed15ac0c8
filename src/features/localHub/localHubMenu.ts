import * as vscode from 'vscode';
import { abortError } from '../../core/base/abort';
import { commands } from '../../contributions';
import { hubDescription } from '../../explorer/hubPresentation';
import { executeCommand } from '../../workbench/commands';
import { toLocalHub, type LocalHubState } from './localHubState';

type MenuCommand = Extract<(typeof commands)[keyof typeof commands], `${string}LocalHub${string}`>;

/** What can be done with the local hub in the state it is in. */
export async function localHubMenu(state: LocalHubState): Promise<void> {
  const items = menuItems(state);
  const hub = toLocalHub(state);
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${hub.name}: ${hubDescription(hub)}`,
    placeHolder: 'What should the local hub do?',
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
          { label: '$(debug-stop) Stop', command: commands.stopLocalHub },
          { label: '$(debug-restart) Restart', command: commands.restartLocalHub },
        ]
      : [{ label: '$(play) Start', command: commands.startLocalHub }]),
    { label: '$(output) Show Log', command: commands.showLocalHubLog },
    separator('copy'),
    {
      label: '$(copy) Copy Service Connection String',
      description: 'for azure-iothub and other service SDKs',
      command: commands.copyLocalHubServiceConnectionString,
    },
    {
      label: '$(copy) Copy Event Hubs Connection String',
      description: 'for @azure/event-hubs and other readers',
      command: commands.copyLocalHubEventHubsConnectionString,
    },
    {
      label: '$(copy) Copy Workbench Connection String',
      description: 'with ports and CA file, for Add Hub',
      command: commands.copyLocalHubWorkbenchConnectionString,
    },
    {
      label: '$(copy) Copy CA File Path',
      description: 'for devices that connect by TLS',
      command: commands.copyLocalHubCaPath,
    },
    separator('data'),
    {
      label: '$(trash) Reset Data…',
      description: 'deletes its devices, messages and keys',
      command: commands.resetLocalHub,
    },
  ];
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
