import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
import { type AzureAccount } from '../../../core/azure/accounts';
import { type SubscriptionList } from '../../../core/azure/subscriptionList';
import { type AzureSubscription, type AzureTenant } from '../../../core/azure/resources';
import {
  choiceOf,
  followTicks,
  hasTenantRows,
  tenantRowId,
  type TickRow,
} from '../../../core/azure/subscriptionChoice';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { withProgress } from '../../../workbench/progress';
import { createQuickPick, showPrompt, type PromptItem } from '../../../workbench/quickInputs';
import { type AzureNeeds } from '../needs';
import { pickAccount } from './pickAzure';
import { showStatus } from '../../../workbench/statusTexts';

type Item = PromptItem & { readonly row?: TickRow };

/** Asks which tenants and subscriptions of an account the tree shows, and stores the answer. */
export async function chooseSubscriptions(services: AzureNeeds, node?: Node): Promise<void> {
  const title = l10n.t('Select Subscriptions');
  const { azure } = services;
  const account = await pickAccount(services, node, title);
  const read = () =>
    withProgress(l10n.t('Reading your subscriptions'), (signal) =>
      Promise.all([azure.allSubscriptions(account, signal), azure.subscriptions(account, signal)]),
    );
  const [all, shown] = await read();
  if (all.subscriptions.length === 0 && !hasTenantRows(all)) throw nothingToChoose(account, all);
  const ticked = await askTicks(
    `${title} (${account.label})`,
    items(all, new Set(shown.subscriptions.map(({ id }) => id))),
  );
  const choice = choiceOf(all, ticked);
  await azure.choose(account, choice);
  const back = all.hiddenTenants?.filter((id) => !choice.hiddenTenants?.includes(id)) ?? [];
  if (choice.subscriptionIds && back.length > 0) {
    // The subscriptions of a hidden tenant are known only now; they are selected with their tenant.
    const [now] = await read();
    const own = now.subscriptions.filter(({ tenantId }) => back.includes(tenantId));
    await azure.choose(account, choiceOf(now, new Set([...ticked, ...own.map(({ id }) => id)])));
  }
  const [known, seen] = await read();
  showStatus('filter', resultText(known, seen));
}

function nothingToChoose({ label }: AzureAccount, { failures: [failure] }: SubscriptionList): IotError {
  return new IotError(
    'notFound',
    failure
      ? l10n.t('The subscriptions of {0} could not be read: {1}', label, failure.error.message)
      : l10n.t('{0} has no subscriptions.', label),
  );
}

function resultText(all: SubscriptionList, { subscriptions }: SubscriptionList): string {
  const total = all.subscriptions.length;
  const hidden = all.hiddenTenants?.length ?? 0;
  if (hidden === 0 && subscriptions.length === total)
    return l10n.t('All subscriptions are shown, including later ones');
  if (hidden === 0) return l10n.t('{0} of {1} subscriptions are shown', subscriptions.length, total);
  return hidden === 1
    ? l10n.t('{0} of {1} subscriptions are shown, 1 tenant is hidden', subscriptions.length, total)
    : l10n.t(
        '{0} of {1} subscriptions are shown, {2} tenants are hidden',
        subscriptions.length,
        total,
        hidden,
      );
}

/** @returns ids of the selected rows */
async function askTicks(title: string, list: readonly Item[]): Promise<ReadonlySet<string>> {
  const store = new DisposableStore();
  const pick = createQuickPick<Item>(store);
  pick.title = title;
  pick.placeholder = l10n.t('Select what to show in the tree');
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.items = list;
  pick.selectedItems = list.filter(({ picked }) => picked);
  const rows = list.flatMap(({ row }) => row ?? []);
  const idsOf = (chosen: readonly Item[]) => new Set(chosen.flatMap(({ row }) => row?.id ?? []));
  let ticked: ReadonlySet<string> = idsOf(pick.selectedItems);
  try {
    return await new Promise((resolve, reject) => {
      store.add(
        pick.onDidChangeSelection((chosen) => {
          const now = idsOf(chosen);
          ticked = followTicks(rows, ticked, now);
          if (ticked.size !== now.size || [...ticked].some((id) => !now.has(id)))
            pick.selectedItems = list.filter(({ row }) => row && ticked.has(row.id));
        }),
      );
      store.add(pick.onDidAccept(() => resolve(ticked)));
      store.add(pick.onDidHide(() => reject(abortError())));
      showPrompt(pick);
    });
  } finally {
    store.dispose();
  }
}

/** By tenant. Where there are several, each is a row above its subscriptions; otherwise its name is a heading. */
export function items(list: SubscriptionList, ticked: ReadonlySet<string>): Item[] {
  const { subscriptions, tenants = [] } = list;
  const byTenant = new Map<string, AzureSubscription[]>();
  for (const subscription of subscriptions) {
    const { tenantId } = subscription;
    byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), subscription]);
  }
  if (!hasTenantRows(list)) {
    const names = new Map(tenants.map(({ id, name }) => [id, name]));
    return [...byTenant].flatMap(([tenantId, own]) => [
      heading(names.get(tenantId) ?? tenantId),
      ...own.map((subscription) => subscriptionItem(subscription, ticked)),
    ]);
  }
  // Tenants with subscriptions come first.
  const ordered = [
    ...tenants.filter(({ id }) => byTenant.has(id)),
    ...tenants.filter(({ id }) => !byTenant.has(id)),
  ];
  return ordered.flatMap((tenant): Item[] => [
    heading(''),
    tenantItem(tenant, list),
    ...(byTenant.get(tenant.id) ?? []).map((one) => subscriptionItem(one, ticked, tenantRowId(tenant.id))),
  ]);
}

const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });

function tenantItem({ id, name }: AzureTenant, { hiddenTenants = [], failures }: SubscriptionList): Item {
  const failure = failures.find(({ tenant }) => tenant?.id === id);
  const isHidden = hiddenTenants.includes(id);
  return {
    icon: 'organization',
    label: l10n.t('Tenant {0}', name),
    description: isHidden ? l10n.t('{0} · hidden', id) : id,
    ...(failure ? { detail: failure.error.message } : {}),
    picked: !isHidden,
    row: { id: tenantRowId(id) },
  };
}

const subscriptionItem = (
  { id, name, state }: AzureSubscription,
  ticked: ReadonlySet<string>,
  above?: string,
): Item => ({
  label: name,
  description: state === 'Enabled' ? id : `${id} · ${state.toLowerCase()}`,
  picked: ticked.has(id),
  row: { id, ...(above === undefined ? {} : { above }) },
});
