import type * as vscode from 'vscode';
import { type SubscriptionChoices } from '../../core/azure/subscriptionChoice';

const keys = {
  subscriptionIds: 'iotHubWorkbench.azureSubscriptions',
  hiddenTenants: 'iotHubWorkbench.azureHiddenTenants',
} as const;
type Stored = Readonly<Record<string, readonly string[]>>;

/** In the state of the extension, for every window and over restarts. */
export function storedChoices(state: vscode.Memento): SubscriptionChoices {
  const get = (key: string, accountId: string) => state.get<Stored>(key, {})[accountId];
  const set = async (key: string, accountId: string, ids: readonly string[] | undefined) => {
    const all: Record<string, readonly string[]> = { ...state.get<Stored>(key, {}) };
    if (ids) all[accountId] = ids;
    else Reflect.deleteProperty(all, accountId);
    await state.update(key, all);
  };
  return {
    get: (accountId) => {
      const subscriptionIds = get(keys.subscriptionIds, accountId);
      const hiddenTenants = get(keys.hiddenTenants, accountId);
      return { ...(subscriptionIds ? { subscriptionIds } : {}), ...(hiddenTenants ? { hiddenTenants } : {}) };
    },
    set: async (accountId, { subscriptionIds, hiddenTenants }) => {
      await set(keys.subscriptionIds, accountId, subscriptionIds);
      await set(keys.hiddenTenants, accountId, hiddenTenants);
    },
  };
}
