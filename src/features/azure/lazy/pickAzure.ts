import { type AzureAccount } from '../../../core/azure/accounts';
import { type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { IotError } from '../../../core/errors';
import { type HubCapability } from '../../../core/hub/hubCapabilities';
import { azureScopeOf, type Node } from '../../../explorer/nodes';
import { pickHub } from '../../../explorer/pickTarget';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';

/** The account of the node, or the one that the person picks; a single one needs no question. */
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
    throw new IotError('signInNeeded', 'Sign in to Azure first.', {
      action: { kind: 'signIn' },
    });
  }
  if (accounts.length === 1) return only;
  return noBack(
    await pickOne({
      title,
      placeholder: 'Which account?',
      choices: accounts.map((one) => ({ label: one.label, value: one })),
    }),
  );
}

/** The hub of the node, or one that the person picks among those of the accounts. */
export async function pickAzureHub(
  { hubs, azure }: Pick<AzureNeeds, 'hubs' | 'azure'>,
  node: Node | undefined,
  title: string,
  needs: HubCapability,
): Promise<AzureHubEntry> {
  const hub = await pickHub({ hubs }, node, {
    title,
    needs,
    none: 'No hub of an Azure account is known yet. Sign in, and open a subscription in the tree.',
  });
  const entry = azure.find(hub.id);
  if (entry) return entry;
  throw new IotError('unsupported', `Hub "${hub.name}" is not one of an Azure account.`);
}
