import { lazy } from '../../core/base/lazy';
import { type AzureAccounts, type TokenSource } from '../../core/azure/accounts';
import {
  type AzureManagement,
  type AzureSubscription,
  type SubscriptionManagement,
} from '../../core/azure/resources';

type Call = Exclude<keyof SubscriptionManagement, 'cloud' | 'tokens' | 'hubTokens'>;

/** Loads the adapter on first use; what is known without it is returned at once. */
export class LazyAzureManagement implements AzureManagement {
  private readonly adapter: () => Promise<AzureManagement>;

  constructor(
    private readonly accounts: AzureAccounts,
    load: () => Promise<AzureManagement>,
  ) {
    this.adapter = lazy(load);
  }

  async tenants(...args: Parameters<AzureManagement['tenants']>) {
    return (await this.adapter()).tenants(...args);
  }

  async subscriptions(...args: Parameters<AzureManagement['subscriptions']>) {
    return (await this.adapter()).subscriptions(...args);
  }

  forSubscription(subscription: AzureSubscription): SubscriptionManagement {
    const { accounts } = this;
    const tokens = (resource: () => string): TokenSource => ({
      getToken: async (challenge, signal) =>
        accounts.token(
          {
            account: subscription.account,
            tenantId: subscription.tenantId,
            resource: resource(),
            ...(challenge === undefined ? {} : { challenge }),
          },
          signal,
        ),
    });
    const call = <K extends Call>(name: K) =>
      (async (...args: unknown[]) => {
        const there = (await this.adapter()).forSubscription(subscription);
        // The name has the right method; TypeScript cannot correlate the two by itself.
        return (there[name] as (...args: unknown[]) => Promise<unknown>).apply(there, args);
      }) as unknown as SubscriptionManagement[K];
    return {
      get cloud() {
        return accounts.cloud();
      },
      tokens: tokens(() => accounts.cloud().managementResource),
      hubTokens: tokens(() => accounts.cloud().hubResource),
      resourceGroups: call('resourceGroups'),
      resourceGroup: call('resourceGroup'),
      createResourceGroup: call('createResourceGroup'),
      deleteResourceGroup: call('deleteResourceGroup'),
      resourcesOf: call('resourcesOf'),
      regions: call('regions'),
      provider: call('provider'),
      registerProvider: call('registerProvider'),
      hubs: call('hubs'),
      hub: call('hub'),
      policies: call('policies'),
      hubNameProblem: call('hubNameProblem'),
      createHub: call('createHub'),
      awaitHub: call('awaitHub'),
      deleteHub: call('deleteHub'),
    };
  }
}
