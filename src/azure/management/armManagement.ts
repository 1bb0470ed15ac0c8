import * as l10n from '@vscode/l10n';
import { type AzureAccount, type AzureAccounts, type TokenSource } from '../../core/azure/accounts';
import { type AzureManagement, type AzureSubscription, type AzureTenant } from '../../core/azure/resources';
import { abortable, isAbort } from '../../core/base/abort';
import { armFailure } from './armFailure';
import { armTls, type ArmWatch } from './armConnection';
import { ArmRest } from './armRest';
import { apiVersions } from './apiVersions';
import { ArmSubscription } from './armSubscription';
import { Replication, type ReplicationOptions } from './replication';
import { readSubscription, readTenant } from './readResources';

/** Azure Resource Manager through accounts: their cloud is read for each call, since it is a setting. */
export function openAzureManagement(
  accounts: AzureAccounts,
  watch: ArmWatch = {},
  replication: ReplicationOptions = {},
): AzureManagement {
  return new ArmManagement(accounts, watch, new Replication(replication));
}

class ArmManagement implements AzureManagement {
  constructor(
    private readonly accounts: AzureAccounts,
    private readonly watch: ArmWatch,
    private readonly replication: Replication,
  ) {}

  async tenants(account: AzureAccount, signal?: AbortSignal): Promise<readonly AzureTenant[]> {
    const list = await this.list(account, undefined, `/tenants?api-version=${apiVersions.subscriptions}`, {
      outcome: l10n.t('The tenants of account "{0}" could not be read.', account.label),
      signal,
    });
    return list.map(readTenant);
  }

  async subscriptions(
    account: AzureAccount,
    tenantId: string,
    signal?: AbortSignal,
    onWait?: (seconds: number) => void,
  ): Promise<readonly AzureSubscription[]> {
    const path = `/subscriptions?api-version=${apiVersions.subscriptions}`;
    const outcome = l10n.t('The subscriptions of account "{0}" could not be read.', account.label);
    const list = await this.list(account, tenantId, path, { outcome, signal, onWait });
    return list.map((json) => ({ ...readSubscription(json), account }));
  }

  forSubscription(subscription: AzureSubscription): ArmSubscription {
    const { account, tenantId } = subscription;
    const cloud = this.accounts.cloud();
    return new ArmSubscription({
      subscription,
      cloud,
      tokens: tokensFor(this.accounts, account, tenantId, cloud.managementResource),
      hubTokens: tokensFor(this.accounts, account, tenantId, cloud.hubResource),
      watch: this.watch,
      replication: this.replication,
    });
  }

  private async list(
    account: AzureAccount,
    tenantId: string | undefined,
    path: string,
    {
      outcome,
      signal,
      onWait,
    }: {
      readonly outcome: string;
      readonly signal: AbortSignal | undefined;
      readonly onWait?: ((seconds: number) => void) | undefined;
    },
  ) {
    const { resourceManager: endpoint, managementResource, caFile } = this.accounts.cloud();
    const tokens = tokensFor(this.accounts, account, tenantId, managementResource);
    const about = l10n.t('account "{0}"', account.label);
    const watch: ArmWatch = {
      ...this.watch,
      onThrottled: (seconds, call) => {
        onWait?.(seconds);
        return this.watch.onThrottled?.(seconds, call);
      },
    };
    try {
      const rest = new ArmRest({ ...watch, about, endpoint, tokens, tls: await armTls(caFile) });
      return await abortable(rest.list(path, signal), signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      throw armFailure(error, { outcome, endpoint, isAccount: true });
    }
  }
}

/** Asks the accounts each time: they know when a token expires, and whether the user signed out. */
const tokensFor = (
  accounts: AzureAccounts,
  account: AzureAccount,
  tenantId: string | undefined,
  resource: string,
): TokenSource => ({
  getToken: async (challenge, signal) =>
    accounts.token(
      {
        account,
        resource,
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(challenge === undefined ? {} : { challenge }),
      },
      signal,
    ),
});
