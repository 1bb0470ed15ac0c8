import * as l10n from '@vscode/l10n';
import { azureHubId } from '../../../core/azure/azureDirectory';
import { type HubDraft } from '../../../core/azure/hubDraft';
import { isFree } from '../../../core/azure/hubPlans';
import { type AzureHub, type AzureSubscription } from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { isIotError } from '../../../core/errors';
import { withProgress } from '../../../workbench/progress';
import { commands } from '../../../contributions';
import { executeCommand, showFailure } from '../../../workbench/commands';
import { type CreateHubNeeds } from '../needs';
import { type Making } from './makeHub';
import { showInformation, showWarning } from '../../../workbench/notifications';

interface Asked {
  readonly draft: HubDraft;
  readonly subscription: AzureSubscription;
  readonly portal: string | undefined;
}

/** Shows the result of a creation, and what can be done next. */
export async function showCreateResult(
  services: CreateHubNeeds,
  making: Making,
  asked: Asked,
): Promise<void> {
  const name = asked.draft.name ?? '';
  switch (making.kind) {
    case 'made':
      await showInTree(services, making.hub, asked.subscription);
      offerNext(services, making.hub, asked);
      return;
    case 'notReady':
      offerToWait(services, making.reason, asked);
      return;
    case 'inProgress':
      offerRefresh(
        services,
        asked,
        l10n.t(
          'Azure continues to create hub "{0}", because an accepted request cannot be canceled. Refresh the tree to see when the hub is ready. To remove it then, use Delete Hub….',
          name,
        ),
      );
      return;
    case 'unknown':
      offerRefresh(
        services,
        asked,
        l10n.t(
          'The creation of hub "{0}" was canceled, but Azure may already have started it and could not be reached. Refresh the tree to see whether the hub exists.',
          name,
        ),
      );
      return;
    case 'notMade':
      void showInformation(
        making.madeGroup === undefined
          ? l10n.t('Canceled before the request was sent. Hub "{0}" was not created.', name)
          : l10n.t(
              'Canceled before the request was sent. Hub "{0}" was not created. Resource group "{1}" was created and is empty; use Clean Up… to delete it.',
              name,
              making.madeGroup,
            ),
      );
  }
}

/** A hub of a hidden subscription is not in the tree. */
async function showInTree(
  { azure, hubs, explorer, log }: CreateHubNeeds,
  hub: AzureHub,
  subscription: AzureSubscription,
): Promise<void> {
  const hubId = azureHubId(hub);
  try {
    await azure.hubs(subscription);
    if (hubs.find(hubId)) await explorer.reveal({ kind: 'hub', hubId });
  } catch (error) {
    // The hub exists nevertheless; its branch of the tree shows the problem.
    log.error(`Hub ${hub.name} was created, but the tree cannot show it.`, error);
  }
}

/** Not awaited: the command has ended. */
function offerNext({ log }: CreateHubNeeds, hub: AzureHub, { draft, portal }: Asked): void {
  const node = { kind: 'hub', hubId: azureHubId(hub) } as const;
  const actions: readonly (readonly [string, () => Thenable<void>])[] = [
    [l10n.t('Show Hub Overview'), () => executeCommand(commands.showHubOverview, node)],
    [l10n.t('Register Device…'), () => executeCommand(commands.registerDevice, node)],
    ...(portal === undefined
      ? []
      : ([[l10n.t('Open in Portal'), () => executeCommand(commands.openInPortal, node)]] as const)),
  ];
  const region = draft.region?.displayName ?? hub.location;
  void showInformation(
    isFree(hub.sku.name)
      ? l10n.t('Hub "{0}" is ready in {1} ({2}, free).', hub.name, region, hub.sku.name)
      : l10n.t('Hub "{0}" is ready in {1} ({2}).', hub.name, region, hub.sku.name),
    ...actions.map(([label]) => label),
  )
    .then(async (answer) => actions.find(([label]) => label === answer)?.[1]())
    .then(undefined, (error: unknown) => showFailure(error, l10n.t('Create Hub'), log));
}

/** Not awaited: the command has ended. */
function offerToWait(services: CreateHubNeeds, reason: string, asked: Asked): void {
  const { draft, subscription } = asked;
  const { name = '', group } = draft;
  const again = l10n.t('Try Again');
  void showWarning(reason, again)
    .then(async (answer) => {
      if (answer !== again) return;
      const management = services.management.forSubscription(subscription);
      const reference = { name, resourceGroup: group?.name ?? '' };
      const hub = await withProgress(l10n.t('Waiting for hub "{0}"', name), (signal) =>
        management.awaitHub(reference, signal),
      );
      services.azure.refresh(subscription);
      await showCreateResult(services, { kind: 'made', hub }, asked);
    })
    .then(undefined, (error: unknown) => {
      if (isIotError(error) && error.code === 'notReady') offerToWait(services, error.message, asked);
      else if (!isAbort(error)) return showFailure(error, l10n.t('Create Hub'), services.log);
      return undefined;
    });
}

function offerRefresh({ azure }: CreateHubNeeds, { subscription }: Asked, text: string): void {
  const refresh = l10n.t('Refresh');
  void showWarning(text, refresh).then((answer) => {
    if (answer === refresh) azure.refresh(subscription);
  });
}
