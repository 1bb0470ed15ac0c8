import * as l10n from '@vscode/l10n';
import { abortError, isAbort, timeLimit } from '../base/abort';
import { byName } from '../base/sorting';
import { CachedAnswer } from '../base/cachedAnswer';
import { DisposableStore, type Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import { inParallel } from '../base/inParallel';
import { type Logger } from '../base/logger';
import { IotError, isIotError, plainMessage } from '../errors';
import { type AzureAccount, type AzureAccounts } from './accounts';
import { azureHubId, subscriptionKey, type AzureDirectory, type AzureHubEntry } from './azureDirectory';
import { type SubscriptionList, type TenantFailure } from './subscriptionList';
import { type SubscriptionChoice, type SubscriptionChoices } from './subscriptionChoice';
import { type AzureHub, type AzureManagement, type AzureSubscription, type AzureTenant } from './resources';

const tenantsAtOnce = 5;
/** One tenant that hangs must not keep the others from being listed. */
const tenantPatienceMs = 20_000;

interface Found {
  readonly subscription: AzureSubscription;
  /** Id of the tenant whose token listed it. */
  readonly through: string;
}

interface HubsOf {
  readonly subscription: AzureSubscription;
  readonly answer: CachedAnswer<readonly AzureHub[]>;
}

/** What the accounts can see, in memory: requested once, tenants in parallel. */
export class CachedAzureDirectory implements AzureDirectory, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  readonly onDidChange: Event<void> = this.changed.event;
  private readonly signedIn = new CachedAnswer((signal) => this.readAccounts(signal));
  private readonly lists = new Map<string, CachedAnswer<SubscriptionList>>();
  private readonly hubLists = new Map<string, HubsOf>();

  constructor(
    private readonly accountsPort: AzureAccounts,
    private readonly management: Pick<AzureManagement, 'tenants' | 'subscriptions' | 'forSubscription'>,
    private readonly choices: SubscriptionChoices,
    private readonly log: Logger,
  ) {
    this.store.add(accountsPort.onDidChange(() => this.refresh()));
  }

  async accounts(signal?: AbortSignal): Promise<readonly AzureAccount[]> {
    return this.signedIn.get(signal);
  }

  async subscriptions(account?: AzureAccount, signal?: AbortSignal): Promise<SubscriptionList> {
    if (!account) {
      const accounts = await this.accounts(signal);
      return joined(await Promise.all(accounts.map((one) => this.subscriptions(one, signal))));
    }
    const all = await this.allSubscriptions(account, signal);
    return { ...all, subscriptions: all.subscriptions.filter((subscription) => this.isShown(subscription)) };
  }

  async allSubscriptions(account: AzureAccount, signal?: AbortSignal): Promise<SubscriptionList> {
    if (!(await this.isSignedIn(account, signal))) return joined([]);
    let list = this.lists.get(account.id);
    if (!list) {
      list = new CachedAnswer((reading) => this.readSubscriptions(account, reading));
      this.lists.set(account.id, list);
    }
    try {
      return await list.get(signal);
    } catch (error) {
      // The account was signed out meanwhile, which is not a failure.
      if (isAbort(error) && this.lists.get(account.id) !== list) return joined([]);
      throw error;
    }
  }

  async choose(account: AzureAccount, choice: SubscriptionChoice): Promise<void> {
    const { hiddenTenants: before = [] } = this.choices.get(account.id);
    await this.choices.set(account.id, choice);
    const { hiddenTenants: now = [] } = choice;
    // A hidden tenant may have listed subscriptions that another one lists too.
    if (before.toSorted().join() !== now.toSorted().join()) this.lists.get(account.id)?.refresh();
    this.changed.fire();
  }

  async hubs(subscription: AzureSubscription, signal?: AbortSignal): Promise<readonly AzureHub[]> {
    const key = subscriptionKey(subscription);
    let entry = this.hubLists.get(key);
    if (!entry) {
      const answer = new CachedAnswer(
        (reading) => this.readHubs(subscription, reading),
        () => this.changed.fire(),
      );
      entry = { subscription, answer };
      this.hubLists.set(key, entry);
    }
    try {
      return await entry.answer.get(signal);
    } catch (error) {
      if (isAbort(error) && this.hubLists.get(key) !== entry) return [];
      throw error;
    }
  }

  refresh(subscription?: AzureSubscription): void {
    if (subscription) {
      this.readAgain(this.hubLists.get(subscriptionKey(subscription))?.answer);
    } else {
      this.signedIn.refresh();
      for (const list of this.lists.values()) list.refresh();
      for (const { subscription: one, answer } of this.hubLists.values()) {
        if (this.isShown(one)) this.readAgain(answer);
        else answer.refresh();
      }
    }
    this.changed.fire();
  }

  find(hubId: string): AzureHubEntry | undefined {
    return this.known().find(({ hub }) => azureHubId(hub) === hubId);
  }

  /** Every hub that was read and is not hidden; a hub that several accounts see belongs to the first one. */
  known(): readonly AzureHubEntry[] {
    const byId = new Map<string, AzureHubEntry>();
    for (const { subscription, answer } of this.hubLists.values()) {
      if (!this.isShown(subscription)) continue;
      for (const hub of answer.known ?? []) {
        const id = azureHubId(hub);
        if (!byId.has(id)) byId.set(id, { hub, subscription });
      }
    }
    return [...byId.values()];
  }

  dispose(): void {
    this.signedIn.end();
    for (const { answer } of this.hubLists.values()) answer.end();
    for (const list of this.lists.values()) list.end();
    this.store.dispose();
  }

  private async isSignedIn(account: AzureAccount, signal?: AbortSignal): Promise<boolean> {
    return (await this.accounts(signal)).some(({ id }) => id === account.id);
  }

  private isShown({ account, id, tenantId }: AzureSubscription): boolean {
    const { subscriptionIds, hiddenTenants } = this.choices.get(account.id);
    return !hiddenTenants?.includes(tenantId) && (subscriptionIds?.includes(id) ?? true);
  }

  /** Unread lists stay unread; the next caller reads them and gets the outcome. */
  private readAgain(answer: CachedAnswer<readonly AzureHub[]> | undefined): void {
    if (!answer?.wasAsked) return;
    answer.refresh();
    answer.get().catch(() => undefined);
  }

  private async readAccounts(signal: AbortSignal): Promise<readonly AzureAccount[]> {
    const accounts = await this.accountsPort.list(signal);
    signal.throwIfAborted();
    this.forgetOthers(new Set(accounts.map(({ id }) => id)));
    return accounts;
  }

  private forgetOthers(accountIds: ReadonlySet<string>): void {
    for (const [id, list] of this.lists) {
      if (accountIds.has(id)) continue;
      this.lists.delete(id);
      list.end();
    }
    for (const [key, { subscription, answer }] of this.hubLists) {
      if (accountIds.has(subscription.account.id)) continue;
      this.hubLists.delete(key);
      answer.end();
    }
  }

  private async readSubscriptions(account: AzureAccount, signal: AbortSignal): Promise<SubscriptionList> {
    let tenants: readonly AzureTenant[];
    try {
      tenants = await this.management.tenants(account, signal);
    } catch (error) {
      return { subscriptions: [], failures: [this.failureOf(error, account)] };
    }
    const { hiddenTenants = [] } = this.choices.get(account.id);
    const hidden = tenants.filter(({ id }) => hiddenTenants.includes(id));
    const asked = tenants.filter((tenant) => !hidden.includes(tenant));
    const found = await inParallel(asked, tenantsAtOnce, async (tenant) => {
      try {
        return await this.readTenant(account, tenant, signal);
      } catch (error) {
        return this.failureOf(error, account, tenant);
      }
    });
    const lists = found.filter((one): one is readonly Found[] => !('error' in one));
    return {
      subscriptions: onceEach(lists.flat()),
      failures: found.filter((one): one is TenantFailure => 'error' in one),
      tenants,
      hiddenTenants: hidden.map(({ id }) => id),
    };
  }

  private async readTenant(
    account: AzureAccount,
    tenant: AzureTenant,
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    const late = new AbortController();
    let until = Date.now() + tenantPatienceMs;
    const reading = this.management.subscriptions(
      account,
      tenant.id,
      AbortSignal.any([signal, late.signal]),
      (seconds) => (until += seconds * 1000),
    );
    const giveUp = () => {
      late.abort();
      return new IotError(
        'timeout',
        l10n.t('Tenant "{0}" did not respond within {1} seconds.', tenant.name, tenantPatienceMs / 1000),
      );
    };
    const subscriptions = await timeLimit(reading, tenantPatienceMs, giveUp, () => until - Date.now());
    return subscriptions.map((subscription) => ({ subscription, through: tenant.id }));
  }

  /** A cancellation is not a failure of a tenant. */
  private failureOf(error: unknown, account: AzureAccount, tenant?: AzureTenant): TenantFailure {
    if (isAbort(error)) throw error;
    this.log.error(
      tenant ? 'Reading the subscriptions of a tenant failed.' : 'Reading the tenants of an account failed.',
      error,
    );
    return { account, ...(tenant ? { tenant } : {}), error: asIotError(error) };
  }

  private async readHubs(subscription: AzureSubscription, signal: AbortSignal): Promise<readonly AzureHub[]> {
    try {
      const hubs = await this.management.forSubscription(subscription).hubs(signal);
      if (signal.aborted) throw abortError();
      return hubs.toSorted(byName);
    } catch (error) {
      if (!isAbort(error)) this.log.error('Reading the hubs of a subscription failed.', error);
      throw error;
    }
  }
}

const asIotError = (error: unknown) =>
  isIotError(error) ? error : new IotError('serviceFailed', plainMessage(error), { cause: error });

/** A subscription that several tenants list counts once: in its own tenant, or in the first one that lists it. */
function onceEach(found: readonly Found[]): readonly AzureSubscription[] {
  const byId = new Map<string, Found>();
  for (const one of found) {
    const known = byId.get(one.subscription.id);
    if (!known || (!isHome(known) && isHome(one))) byId.set(one.subscription.id, one);
  }
  return [...byId.values()]
    .map(({ subscription, through }) => ({ ...subscription, tenantId: through }))
    .toSorted(byName);
}

const isHome = ({ subscription, through }: Found) => subscription.tenantId === through;

function joined(lists: readonly SubscriptionList[]): SubscriptionList {
  return {
    subscriptions: lists.flatMap(({ subscriptions }) => subscriptions),
    failures: lists.flatMap(({ failures }) => failures),
    tenants: lists.flatMap(({ tenants }) => tenants ?? []),
    hiddenTenants: lists.flatMap(({ hiddenTenants }) => hiddenTenants ?? []),
  };
}
