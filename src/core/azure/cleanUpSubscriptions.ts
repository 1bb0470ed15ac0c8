import * as l10n from '@vscode/l10n';
import { isSameText } from '../base/sameText';
import { IotError, isIotError } from '../errors';
import { type AzureDirectory } from './azureDirectory';
import { type TenantFailure } from './subscriptionList';
import { type AzureSubscription } from './resources';

export interface Subscriptions {
  /** Through the account that created the resource, or else through any account that can access the subscription. */
  find(subscriptionId: string, accountId?: string): AzureSubscription | undefined;
  /** Why a subscription was not found. */
  failureOf(subscriptionId: string): IotError;
}

/** Resources outside Azure can be cleaned up even if Azure is unreachable. */
export async function findSubscriptions(
  azure: Pick<AzureDirectory, 'accounts' | 'allSubscriptions'>,
  signal?: AbortSignal,
): Promise<Subscriptions> {
  try {
    return await readSubscriptions(azure, signal);
  } catch (error) {
    if (!isIotError(error)) throw error;
    return { find: () => undefined, failureOf: () => error };
  }
}

/** Every subscription of every account, including hidden ones. */
async function readSubscriptions(
  azure: Pick<AzureDirectory, 'accounts' | 'allSubscriptions'>,
  signal?: AbortSignal,
): Promise<Subscriptions> {
  const accounts = await azure.accounts(signal);
  const lists = await Promise.all(accounts.map((account) => azure.allSubscriptions(account, signal)));
  const all = lists.flatMap(({ subscriptions }) => subscriptions);
  const failures: readonly TenantFailure[] = lists.flatMap((list) => list.failures);
  return {
    find: (subscriptionId, accountId) => {
      const fitting = all.filter(({ id }) => isSameText(id, subscriptionId));
      return fitting.find(({ account }) => account.id === accountId) ?? fitting[0];
    },
    failureOf: (subscriptionId) => {
      if (accounts.length === 0) {
        return new IotError(
          'signInNeeded',
          l10n.t('You are not signed in to Azure. Sign in and run Clean Up again.'),
          { action: { kind: 'signIn' } },
        );
      }
      const [failure] = failures;
      if (failure) return failure.error;
      if (lists.some(({ hiddenTenants = [] }) => hiddenTenants.length > 0)) {
        return new IotError(
          'notFound',
          l10n.t(
            'Subscription {0} may be in a hidden tenant. Select the tenant and run Clean Up again.',
            subscriptionId,
          ),
          { action: { kind: 'chooseSubscriptions' } },
        );
      }
      return new IotError(
        'signInNeeded',
        l10n.t(
          'No signed-in account can access subscription {0}. Sign in with the account that created it and run Clean Up again.',
          subscriptionId,
        ),
        { action: { kind: 'signIn' } },
      );
    },
  };
}
