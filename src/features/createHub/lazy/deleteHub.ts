import * as l10n from '@vscode/l10n';
import { azureHubId, type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { withProgress } from '../../../workbench/progress';
import { askText, confirm, noBack } from '../../../workbench/prompts';
import { type CreateHubNeeds } from '../needs';
import { hubContentsText, readContents } from './hubContents';
import { removeHub, type Removal } from './removeHub';
import { showInformation, showWarning } from '../../../workbench/notifications';

const title = () => l10n.t('Delete Hub');

/** One hub, after its name was typed; for several at once people would type it by habit. */
export async function deleteHub(services: CreateHubNeeds, node?: Node): Promise<void> {
  const entry = await hubToDelete(services, node);
  const { hub, subscription } = entry;
  const contents = await withProgress(l10n.t('Reading the contents of hub "{0}"', hub.name), (signal) =>
    readContents(services, azureHubId(hub), signal),
  );
  await confirm(
    l10n.t('Delete hub "{0}"?', hub.name),
    hubContentsText(hub, contents),
    l10n.t({ message: 'Delete…', args: [], comment: ['Verb, button'] }),
  );
  noBack(
    await askText({
      title: l10n.t('Delete Hub "{0}"', hub.name),
      prompt: l10n.t('Type "{0}" to delete the hub and everything in it.', hub.name),
      placeholder: hub.name,
      validate: (text) => (text.trim() === hub.name ? undefined : l10n.t('Type "{0}" exactly.', hub.name)),
    }),
  );
  const { azure, createdResources, log } = services;
  const management = services.management.forSubscription(subscription);
  const removal = await withProgress(l10n.t('Deleting hub "{0}"', hub.name), (signal, report) =>
    removeHub({ management, directory: azure, createdResources }, entry, report, signal),
  );
  log.info(`Deleting hub ${hub.name}: ${removal}.`);
  if (removal === 'deleted') {
    services.devices.forget(azureHubId(hub));
    services.certificates.forget(azureHubId(hub));
  }
  showResult(services, entry, removal);
}

async function hubToDelete({ hubs, azure }: CreateHubNeeds, node?: Node): Promise<AzureHubEntry> {
  const { id, name } = await pickHub({ hubs }, node, {
    title: title(),
    placeholder: l10n.t('Select the hub to delete'),
    needs: 'deleteResource',
    none: l10n.t('There is no hub of an Azure account in the tree. Expand its subscription first.'),
  });
  const entry = azure.find(id);
  if (entry) return entry;
  throw new IotError(
    'unsupported',
    l10n.t(
      '"{0}" was added by connection string, which cannot delete the hub. Sign in to its Azure account, or remove only the entry from the list.',
      name,
    ),
  );
}

/** Not awaited: the command has ended. */
function showResult({ azure }: CreateHubNeeds, { hub, subscription }: AzureHubEntry, removal: Removal): void {
  const refresh = l10n.t('Refresh');
  const offerRefresh = (text: string) =>
    void showWarning(text, refresh).then((answer) => {
      if (answer === refresh) azure.refresh(subscription);
    });
  switch (removal) {
    case 'deleted':
      void showInformation(l10n.t('Hub "{0}" was deleted.', hub.name));
      return;
    case 'inProgress':
      return offerRefresh(
        l10n.t(
          'Azure continues to delete hub "{0}", because an accepted request cannot be canceled. Refresh the tree to see when it is deleted.',
          hub.name,
        ),
      );
    case 'kept':
      void showInformation(l10n.t('Canceled before Azure started. Hub "{0}" still exists.', hub.name));
      return;
    case 'unknown':
      return offerRefresh(
        l10n.t(
          'The deletion of hub "{0}" was canceled, but Azure may already have started it and could not be reached. Refresh the tree to see whether the hub still exists.',
          hub.name,
        ),
      );
  }
}
