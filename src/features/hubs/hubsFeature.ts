import * as vscode from 'vscode';
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
  const title = 'Add Hub';
  let text = '';
  for (;;) {
    text = noBack(
      await askText({
        title,
        step: 1,
        totalSteps: 2,
        isSecret: true,
        value: text,
        prompt:
          'Connection string of a shared access policy, or Event Hubs-compatible one to monitor only. It is kept in the secret storage of VS Code.',
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
          prompt: 'Name of the hub in the tree',
          validate: nameProblem,
        });
    if (name === back) continue;
    const { hubId, isNew } = await saved.add(text, name.trim());
    devices.refresh(hubId);
    certificates.refresh(hubId);
    await explorer.reveal({ kind: 'hub', hubId });
    if (!isNew)
      void vscode.window.showInformationMessage(
        `Hub "${name}" is in the list already; it uses the new connection string now.`,
      );
    return;
  }
}

async function renameHub({ hubs }: Needs, saved: SavedHubs, node?: Node): Promise<void> {
  const title = 'Rename Hub';
  const hub = await pickHub({ hubs }, node, {
    title,
    needs: 'renameEntry',
    none: 'There is no hub that could be renamed.',
  });
  const name = noBack(
    await askText({
      title,
      value: hub.name,
      prompt: 'New name of the hub in the tree',
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
    title: 'Remove Hub',
    needs: 'removeEntry',
    none: 'There is no hub that could be removed.',
  });
  await confirm(
    `Remove hub "${hub.name}" from the list?`,
    'Its connection string is deleted from this machine. The hub itself and its devices stay as they are.',
    'Remove',
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
  if (text.trim() === '') return 'A name has at least one character.';
  return text.trim().length > 60 ? 'A name has at most 60 characters.' : undefined;
}
