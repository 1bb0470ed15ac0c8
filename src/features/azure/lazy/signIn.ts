import * as l10n from '@vscode/l10n';
import { type AzureAccount } from '../../../core/azure/accounts';
import { azureScopeOf, type MissingSession, type Node } from '../../../explorer/nodes';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';
import { pickAccount } from './pickAzure';

/** Adds an account of VS Code, and shows it. */
export async function signIn(services: AzureNeeds): Promise<void> {
  const account = await services.accounts.signIn();
  readAgain(services);
  // Another window may have signed it out in the meantime.
  const accounts = await services.azure.accounts();
  const known = accounts.find(({ id }) => id === account.id);
  if (known) await services.explorer.reveal({ kind: 'account', account: known });
}

/** Renews a session that has expired or is not sufficient, and reads again what failed because of it. */
export async function signInToTenant(services: AzureNeeds, node?: Node): Promise<void> {
  const missing = node?.kind === 'failure' ? (node.signIn ?? sessionOf(services, node)) : undefined;
  const { account, tenantId, resource, challenge } = missing ?? (await pickTenant(services, node));
  await services.accounts.signIn({
    account,
    resource: resource ?? services.accounts.cloud().managementResource,
    ...(tenantId ? { tenantId } : {}),
    ...(challenge === undefined ? {} : { challenge }),
  });
  readAgain(services);
}

/** A failure below a subscription means that the session of its tenant is missing. */
function sessionOf({ azure }: AzureNeeds, node: Node): MissingSession | undefined {
  const entry = node.hubId === undefined ? undefined : azure.find(node.hubId);
  const subscription = azureScopeOf(node).subscription ?? entry?.subscription;
  return subscription && { account: subscription.account, tenantId: subscription.tenantId };
}

function readAgain({ azure, hubs, devices, certificates }: AzureNeeds): void {
  azure.refresh();
  for (const { id, kind } of hubs.list()) {
    if (kind !== 'azure') continue;
    devices.refresh(id);
    certificates.refresh(id);
  }
}

async function pickTenant(services: AzureNeeds, node: Node | undefined): Promise<MissingSession> {
  const title = l10n.t('Sign In to Tenant');
  const account = await pickAccount(services, node, title);
  const choices = await withProgress(l10n.t('Reading your tenants'), (signal) =>
    tenantChoices(services, account, signal),
  );
  const tenantId = noBack(
    await pickOne({
      title: `${title} (${account.label})`,
      placeholder: l10n.t('Select the tenant to sign in to'),
      choices,
    }),
  );
  return { account, ...(tenantId ? { tenantId } : {}) };
}

/** Tenants that could not be read come first. */
async function tenantChoices(
  { azure }: AzureNeeds,
  account: AzureAccount,
  signal: AbortSignal,
): Promise<Choice<string | undefined>[]> {
  const { tenants = [], hiddenTenants = [], failures } = await azure.allSubscriptions(account, signal);
  const failed = new Map(failures.map(({ tenant, error }) => [tenant?.id, error.message]));
  const home = { label: account.label, description: l10n.t('the account itself'), value: undefined };
  const choices = tenants.map(({ id, name }) => ({
    label: name,
    description: hiddenTenants.includes(id) ? l10n.t('{0} · hidden', id) : id,
    ...(failed.has(id) ? { detail: failed.get(id) } : {}),
    value: id,
  }));
  return [
    ...choices.filter(({ value }) => failed.has(value)),
    ...choices.filter(({ value }) => !failed.has(value)),
    home,
  ];
}
