import * as vscode from 'vscode';
import { azureHubId } from '../../../core/azure/azureDirectory';
import { type HubDraft } from '../../../core/azure/hubDraft';
import { isFree } from '../../../core/azure/hubPlans';
import { type AzureHub, type AzureSubscription } from '../../../core/azure/resources';
import { commands } from '../../../contributions';
import { executeCommand, showFailure } from '../../../workbench/commands';
import { type CreateHubNeeds } from '../needs';
import { type Making } from './makeHub';

interface Asked {
  readonly draft: HubDraft;
  readonly subscription: AzureSubscription;
  readonly portal: string | undefined;
}

/** Tells how a creation went, and what one may do next. */
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
    case 'goesOn':
      offerRefresh(
        services,
        asked,
        `Azure goes on creating hub "${name}" by itself: a request that it has taken cannot be taken back. The tree shows the hub; refresh it to see whether it is ready. Delete Hub… takes it away then.`,
      );
      return;
    case 'unknown':
      offerRefresh(
        services,
        asked,
        `The creation of hub "${name}" was cancelled, but Azure may have begun with it and could not be asked. Refresh the tree to see whether the hub is there.`,
      );
      return;
    case 'notMade':
      void vscode.window.showInformationMessage(
        making.madeGroup === undefined
          ? `Cancelled before Azure was asked: hub "${name}" was not created.`
          : `Cancelled before Azure was asked for it: hub "${name}" was not created. Resource group "${making.madeGroup}" was, and is empty; Clean Up… can delete it.`,
      );
  }
}

/** A hub of a subscription that the person does not want to see is not in the tree. */
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
    // The hub is there all the same; its branch of the tree says what is wrong.
    log.error(`Hub ${hub.name} is created, but the tree cannot show it.`, error);
  }
}

/** Not awaited: the command is over. */
function offerNext({ log }: CreateHubNeeds, hub: AzureHub, { draft, portal }: Asked): void {
  const node = { kind: 'hub', hubId: azureHubId(hub) } as const;
  const actions: readonly (readonly [string, () => Thenable<void>])[] = [
    ['Show Hub Overview', () => executeCommand(commands.showHubOverview, node)],
    ['Register Device…', () => executeCommand(commands.registerDevice, node)],
    ...(portal === undefined
      ? []
      : ([['Open in Portal', () => executeCommand(commands.openInPortal, node)]] as const)),
  ];
  const cost = isFree(hub.sku.name) ? ', free' : '';
  void vscode.window
    .showInformationMessage(
      `Hub "${hub.name}" is ready in ${draft.region?.displayName ?? hub.location} (${hub.sku.name}${cost}).`,
      ...actions.map(([label]) => label),
    )
    .then(async (answer) => actions.find(([label]) => label === answer)?.[1]())
    .then(undefined, (error: unknown) => showFailure(error, 'What follows a creation', log));
}

function offerRefresh({ azure }: CreateHubNeeds, { subscription }: Asked, text: string): void {
  const refresh = 'Refresh';
  void vscode.window.showWarningMessage(text, refresh).then((answer) => {
    if (answer === refresh) azure.refresh(subscription);
  });
}
