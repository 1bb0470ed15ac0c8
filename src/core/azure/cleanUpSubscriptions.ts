import { isSameText } from '../base/sameText';
import { IotError, isIotError } from '../errors';
import { type AzureDirectory } from './azureDirectory';
import { type TenantFailure } from './subscriptionList';
import { type AzureSubscription } from './resources';

export interface Subscriptions {
  /** Through the account that made the thing, or else through any that sees the subscription. */
  find(subscriptionId: string, accountId?: string): AzureSubscription | undefined;
  /** Why a subscription was not found. */
  failureOf(subscriptionId: string): IotError;
}

/** What is not in Azure can be cleaned up also when Azure cannot be asked. */
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

/** Every subscription of every account, also those that are left out of the tree. */
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
        return new IotError('signInNeeded', 'Nobody is signed in to Azure. Sign in, and clean up again.', {
          action: { kind: 'signIn' },
        });
      }
      const [failure] = failures;
      if (failure) return failure.error;
      if (lists.some(({ hiddenTenants = [] }) => hiddenTenants.length > 0)) {
        return new IotError(
          'notFound',
          `Subscription ${subscriptionId} may be in a tenant that you left out. Tick the tenant, and clean up again.`,
          { action: { kind: 'chooseSubscriptions' } },
        );
      }
      return new IotError(
        'signInNeeded',
        `No account that is signed in sees subscription ${subscriptionId}. Sign in with the account that made it, and clean up again.`,
        { action: { kind: 'signIn' } },
      );
    },
  };
}
