import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { isIotError } from '../../core/errors';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import { hubShortName } from '../../core/hub/hubConnection';
import { commands } from '../../contributions';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { askText, back, confirm, noBack } from '../../workbench/prompts';
import { generateHubSasToken } from './generateHubSasToken';
import { parseConnection, SavedHubs } from './savedHubs';
import { showInformation } from '../../workbench/notifications';

type Needs = Pick<Services, 'hubs' | 'devices' | 'certificates' | 'explorer' | 'azure' | 'management'>;

/** Hubs by connection string: add, rename, remove, tokens. */
export function registerHubs(
  services: Needs,
  context: vscode.ExtensionContext,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const saved = store.add(new SavedHubs(context.globalState, context.secrets));
  services.hubs.add(saved);
  store.add(registerCommand(commands.addHub, () => addHub(services, saved)));
  store.add(registerCommand(commands.renameHub, (node) => renameHub(services, saved, node)));
  store.add(registerCommand(commands.removeHub, (node) => removeHub(services, saved, node)));
  store.add(registerCommand(commands.generateHubSasToken, (node) => generateHubSasToken(services, node)));
  return store;
}

async function addHub({ hubs, devices, certificates, explorer }: Needs, saved: SavedHubs): Promise<void> {
  const title = l10n.t('Add Hub');
  let text = '';
  for (;;) {
    text = noBack(
      await askText({
        title,
        step: 1,
        totalSteps: 2,
        isSecret: true,
        value: text,
        prompt: l10n.t(
          'Connection string of a shared access policy, or an Event Hubs-compatible one for monitoring only. It is saved in Secret Storage.',
        ),
        placeholder: 'HostName=…;SharedAccessKeyName=…;SharedAccessKey=…',
        validate: connectionProblem,
      }),
    );
    const known = await saved.sameAddress(text);
    const suggestion = suggestedName(parseConnection(text));
    const name = known
      ? hubs.get(known).name
      : await askText({
          title,
          step: 2,
          totalSteps: 2,
          canGoBack: true,
          value: suggestion,
          prompt: l10n.t('Name of the hub in the tree'),
          validate: nameProblem,
        });
    if (name === back) continue;
    const { hubId, isNew } = await saved.add(text, name.trim());
    devices.refresh(hubId);
    certificates.refresh(hubId);
    await explorer.reveal({ kind: 'hub', hubId });
    if (!isNew)
      void showInformation(
        l10n.t('Hub "{0}" is already in the list. It now uses the new connection string.', name),
      );
    return;
  }
}

async function renameHub({ hubs }: Needs, saved: SavedHubs, node?: Node): Promise<void> {
  const title = l10n.t('Rename Hub');
  const hub = await pickHub({ hubs }, node, {
    title,
    needs: 'renameEntry',
    none: l10n.t('There is no hub that can be renamed.'),
  });
  const name = noBack(
    await askText({
      title,
      value: hub.name,
      prompt: l10n.t('New name of the hub in the tree'),
      validate: nameProblem,
    }),
  );
  await saved.rename(hub.id, name.trim());
}

async function removeHub(
  { hubs, devices, certificates }: Needs,
  saved: SavedHubs,
  node?: Node,
): Promise<void> {
  const hub = await pickHub({ hubs }, node, {
    title: l10n.t('Remove Hub'),
    needs: 'removeEntry',
    none: l10n.t('There is no hub that can be removed.'),
  });
  await confirm(
    l10n.t('Remove hub "{0}" from the list?', hub.name),
    l10n.t(
      'Its connection string is deleted from this computer. The hub itself and its devices are not changed.',
    ),
    l10n.t({ message: 'Remove', args: [], comment: ['Verb, button'] }),
  );
  await saved.remove(hub.id);
  devices.forget(hub.id);
  certificates.forget(hub.id);
}

const suggestedName = (target: EventsTarget) =>
  'entityPath' in target ? target.entityPath : hubShortName(target.hostName);

function connectionProblem(text: string): string | undefined {
  try {
    parseConnection(text);
    return undefined;
  } catch (error) {
    if (isIotError(error)) return error.message;
    throw error;
  }
}

function nameProblem(text: string): string | undefined {
  if (text.trim() === '') return l10n.t('Enter a name.');
  return text.trim().length > 60 ? l10n.t('A name can have at most 60 characters.') : undefined;
}
