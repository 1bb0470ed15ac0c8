import * as l10n from '@vscode/l10n';
import { type AzureAccount } from '../../../core/azure/accounts';
import { type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { IotError } from '../../../core/errors';
import { type HubCapability } from '../../../core/hub/hubCapabilities';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';

/** The account of the node, or the one that the user selects; a single one is not asked for. */
export async function pickAccount(
  { azure }: Pick<AzureNeeds, 'azure'>,
  node: Node | undefined,
  title: string,
): Promise<AzureAccount> {
  const { account } = azureScopeOf(node);
  if (account) return account;
  const accounts = await azure.accounts();
  const [only] = accounts;
  if (!only) {
    throw new IotError('signInNeeded', l10n.t('Sign in to Azure first.'), {
      action: { kind: 'signIn' },
    });
  }
  if (accounts.length === 1) return only;
  return noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select an account'),
      choices: accounts.map((one) => ({ label: one.label, value: one })),
    }),
  );
}

/** The hub of the node, or one that the user selects among those of the accounts. */
export async function pickAzureHub(
  { hubs, azure }: Pick<AzureNeeds, 'hubs' | 'azure'>,
  node: Node | undefined,
  title: string,
  needs: HubCapability,
): Promise<AzureHubEntry> {
  const hub = await pickHub({ hubs }, node, {
    title,
    needs,
    none: l10n.t('No hub of an Azure account is listed yet. Sign in and expand a subscription in the tree.'),
  });
  const entry = azure.find(hub.id);
  if (entry) return entry;
  throw new IotError('unsupported', l10n.t('Hub "{0}" does not belong to an Azure account.', hub.name));
}
