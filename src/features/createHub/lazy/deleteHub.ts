import * as vscode from 'vscode';
import { azureHubId, type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { withProgress } from '../../../workbench/progress';
import { askText, confirm, noBack } from '../../../workbench/prompts';
import { type CreateHubNeeds } from '../needs';
import { hubContentsText, readContents } from './hubContents';
import { removeHub, type Removal } from './removeHub';

const title = 'Delete Hub';

/** One hub, after its name was typed; several at once would be typed by habit. */
export async function deleteHub(services: CreateHubNeeds, node?: Node): Promise<void> {
  const entry = await hubToDelete(services, node);
  const { hub, subscription } = entry;
  const contents = await withProgress(`Looking into hub "${hub.name}"`, (signal) =>
    readContents(services, azureHubId(hub), signal),
  );
  await confirm(`Delete hub "${hub.name}"?`, hubContentsText(hub, contents), 'Delete…');
  noBack(
    await askText({
      title: `${title} "${hub.name}"`,
      prompt: `Type ${hub.name} to delete the hub with all that is in it.`,
      placeholder: hub.name,
      validate: (text) =>
        text.trim() === hub.name ? undefined : `This is not the name of the hub, ${hub.name}.`,
    }),
  );
  const { azure, createdResources, log } = services;
  const management = services.management.forSubscription(subscription);
  const removal = await withProgress(`Deleting hub "${hub.name}"`, (signal, report) =>
    removeHub({ management, directory: azure, createdResources }, entry, report, signal),
  );
  log.info(`Deleting hub ${hub.name}: ${removal}.`);
  if (removal === 'deleted') {
    services.devices.forget(azureHubId(hub));
    services.certificates.forget(azureHubId(hub));
  }
  say(services, entry, removal);
}

async function hubToDelete({ hubs, azure }: CreateHubNeeds, node?: Node): Promise<AzureHubEntry> {
  const { id, name } = await pickHub({ hubs }, node, {
    title,
    placeholder: 'Which hub should be deleted?',
    needs: 'deleteResource',
    none: 'No hub of an Azure account is in the tree. Open its subscription there first.',
  });
  const entry = azure.find(id);
  if (entry) return entry;
  throw new IotError(
    'unsupported',
    `"${name}" is in the list by a connection string, which cannot delete it. Sign in to its Azure account, or remove it from the list alone.`,
  );
}

/** Not awaited: the command is over. */
function say({ azure }: CreateHubNeeds, { hub, subscription }: AzureHubEntry, removal: Removal): void {
  const refresh = 'Refresh';
  const offerRefresh = (text: string) =>
    void vscode.window.showWarningMessage(text, refresh).then((answer) => {
      if (answer === refresh) azure.refresh(subscription);
    });
  switch (removal) {
    case 'deleted':
      void vscode.window.showInformationMessage(`Hub "${hub.name}" is deleted.`);
      return;
    case 'goesOn':
      return offerRefresh(
        `Azure goes on deleting hub "${hub.name}" by itself: a request that it has taken cannot be taken back. Refresh the tree to see whether it is gone.`,
      );
    case 'kept':
      void vscode.window.showInformationMessage(
        `Cancelled before Azure began: hub "${hub.name}" is still there.`,
      );
      return;
    case 'unknown':
      return offerRefresh(
        `The deletion of hub "${hub.name}" was cancelled, but Azure may have begun with it and could not be asked. Refresh the tree to see whether it is there.`,
      );
  }
}
