import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type SubscriptionList } from '../../../src/core/azure/subscriptionList';
import { type SubscriptionChoice } from '../../../src/core/azure/subscriptionChoice';
import { IotError } from '../../../src/core/errors';
import { type AzureNeeds } from '../../../src/features/azure/needs';
import { storedChoices } from '../../../src/features/azure/storedChoices';
import { anAccount, anAzureAccounts, anAzureDirectory, aSubscription, aTenant } from '../../support/azure';
import { fake, type FakeQuickPick } from '../../support/fakeVscode';

type Pick = FakeQuickPick<vscode.QuickPickItem>;
type Item = vscode.QuickPickItem;
/** The user: selects items of an open list before it is accepted, and answers questions. */
interface User {
  act: (pick: Pick, tick: (items: readonly Item[]) => void) => void;
  answer: (choices: { label: string; value: unknown }[]) => unknown;
}
const user = vi.hoisted((): User => ({ act: () => undefined, answer: () => undefined }));
vi.mock('../../../src/workbench/prompts', () => ({
  pickOne: async ({ choices }: { choices: { label: string; value: unknown }[] }) => user.answer(choices),
  noBack: (answer: unknown) => answer,
}));
vi.mock('../../../src/workbench/progress', () => ({
  withProgress: (_title: string, run: (signal: AbortSignal) => unknown) => run(new AbortController().signal),
}));
const { chooseSubscriptions, items } = await import('../../../src/features/azure/lazy/chooseSubscriptions');
const { signInToTenant } = await import('../../../src/features/azure/lazy/signIn');

const ann = anAccount();
const locked = { account: ann, tenant: aTenant('locked', 'Locked Inc.') };
const three: SubscriptionList = {
  subscriptions: [
    aSubscription(),
    aSubscription({ id: 's2', name: 'Test', state: 'Disabled' }),
    aSubscription({ id: 's3', name: 'Guests', tenantId: 'guest' }),
  ],
  tenants: [locked.tenant, aTenant('home', 'Contoso'), aTenant('guest', 'Fabrikam'), aTenant('old', 'Old')],
  hiddenTenants: ['old'],
  failures: [{ ...locked, error: new IotError('signInNeeded', 'Sign in again.') }],
};

/** The tenants of an account, as the directory returns them. */
function someServices(whole: SubscriptionList, choice: SubscriptionChoice = {}) {
  const chosen: SubscriptionChoice[] = [choice];
  const list = (isAll: boolean) => {
    const { subscriptionIds, hiddenTenants = [] } = chosen.at(-1) ?? {};
    const isHidden = (tenantId: string | undefined) => hiddenTenants.includes(tenantId ?? '');
    return {
      ...whole,
      hiddenTenants,
      failures: whole.failures.filter(({ tenant }) => !isHidden(tenant?.id)),
      subscriptions: whole.subscriptions.filter(
        ({ id, tenantId }) => !isHidden(tenantId) && (isAll || (subscriptionIds?.includes(id) ?? true)),
      ),
    };
  };
  const signIn = vi.fn(async () => ann);
  const services = {
    azure: anAzureDirectory({
      accounts: async () => [ann],
      subscriptions: async () => list(false),
      allSubscriptions: async () => list(true),
      choose: async (_, one) => void chosen.push(one),
    }),
    accounts: { ...anAzureAccounts(ann), signIn },
    hubs: { list: () => [] },
  } as unknown as AzureNeeds;
  return { services, signIn, chosen: () => chosen.slice(1) };
}

beforeEach(() => {
  fake.reset();
  user.act = () => undefined;
  fake.onQuickPick = (pick) => {
    user.act(pick, (items) => pick.select(items));
    pick.accept();
  };
});

describe('Selecting subscriptions', () => {
  it('lists each of several tenants with its subscriptions and its error', () => {
    const rows = items(three, new Set(['s1', 's3']));
    expect(rows.filter(({ kind }) => kind === undefined)).toMatchObject([
      { icon: 'organization', label: 'Tenant Contoso', description: 'home', picked: true },
      { label: 'Production', description: 's1', picked: true },
      { label: 'Test', description: 's2 · disabled', picked: false },
      { icon: 'organization', label: 'Tenant Fabrikam', description: 'guest', picked: true },
      { label: 'Guests', description: 's3', picked: true },
      { icon: 'organization', label: 'Tenant Locked Inc.', detail: 'Sign in again.', picked: true },
      { icon: 'organization', label: 'Tenant Old', description: 'old · hidden', picked: false },
    ]);
    expect(rows.filter(({ kind }) => kind !== undefined)).toHaveLength(4);
  });

  it('shows the only tenant as a heading', () => {
    const one = { subscriptions: [aSubscription()], failures: [], tenants: [aTenant('home', 'Contoso')] };
    expect(items(one, new Set())).toMatchObject([
      { label: 'Contoso', kind: -1 },
      { label: 'Production', picked: false },
    ]);
  });

  it('excludes a deselected tenant with its subscriptions', async () => {
    const { services, chosen } = someServices(three);
    user.act = (pick, tick) => {
      tick(pick.selectedItems.filter(({ label }) => !/Locked|Fabrikam/.test(label)));
      expect(pick.selectedItems.map(({ label }) => label)).not.toContain('Guests');
    };
    await chooseSubscriptions(services);
    expect(chosen()).toEqual([{ hiddenTenants: ['locked', 'guest'] }]);
  });

  it('includes a tenant with all its subscriptions again, although others are hidden', async () => {
    const { services, chosen } = someServices(three, {
      subscriptionIds: ['s1'],
      hiddenTenants: ['guest', 'locked', 'old'],
    });
    user.act = (pick, tick) => {
      tick(pick.items.filter((item) => item.picked || item.label.endsWith('Fabrikam')));
    };
    await chooseSubscriptions(services);
    expect(chosen().at(-1)).toEqual({ subscriptionIds: ['s1', 's3'], hiddenTenants: ['locked', 'old'] });
  });

  it('is possible even if no tenant can be read, so that they can be excluded', async () => {
    const tenants = [locked.tenant, aTenant('other', 'Other')];
    const { services, chosen } = someServices({ ...three, subscriptions: [], tenants });
    user.act = (pick, tick) => tick(pick.items.filter(({ label }) => label.endsWith('Other')));
    await chooseSubscriptions(services);
    expect(chosen()).toEqual([{ hiddenTenants: ['locked'] }]);
    const alone = someServices({ ...three, subscriptions: [], tenants: [locked.tenant] });
    await expect(chooseSubscriptions(alone.services)).rejects.toThrow(
      'The subscriptions of ann@contoso.com could not be read: Sign in again.',
    );
  });
});

describe('Selecting the tenant to sign in to', () => {
  it('lists failed tenants first, then the others, and the account itself', async () => {
    const { services, signIn } = someServices(three, { hiddenTenants: ['old'] });
    let shown: readonly unknown[] = [];
    user.answer = (choices) => {
      shown = choices;
      return choices.find(({ label }) => label === 'Fabrikam')?.value;
    };
    await signInToTenant(services);
    expect(shown).toEqual([
      { label: 'Locked Inc.', description: 'locked', detail: 'Sign in again.', value: 'locked' },
      { label: 'Contoso', description: 'home', value: 'home' },
      { label: 'Fabrikam', description: 'guest', value: 'guest' },
      { label: 'Old', description: 'old · hidden', value: 'old' },
      { label: 'ann@contoso.com', description: 'the account itself', value: undefined },
    ]);
    const resource = 'https://management.core.windows.net/';
    expect(signIn).toHaveBeenLastCalledWith({ account: ann, tenantId: 'guest', resource });
    user.answer = () => undefined;
    await signInToTenant(services);
    expect(signIn).toHaveBeenLastCalledWith({ account: ann, resource });
  });

  it('is not requested again when it is known to be missing, and is then created with all that Azure requires', async () => {
    const { services, signIn } = someServices(three);
    const missing = {
      account: ann,
      tenantId: 'locked',
      resource: 'https://x',
      challenge: 'Bearer claims="e30="',
    };
    await signInToTenant(services, { kind: 'failure', branch: 'tenant', message: '', signIn: missing });
    expect(signIn).toHaveBeenLastCalledWith(missing);
  });
});

describe('The saved selection of subscriptions', () => {
  it('is kept by account, and forgotten when it is everything', async () => {
    const state = new Map<string, unknown>();
    const choices = storedChoices({
      get: (key: string, otherwise: unknown) => state.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => void state.set(key, value),
    } as never);
    await choices.set('ann', { subscriptionIds: [], hiddenTenants: ['old'] });
    await choices.set('bob', { hiddenTenants: ['home'] });
    expect(choices.get('ann')).toEqual({ subscriptionIds: [], hiddenTenants: ['old'] });
    await choices.set('ann', {});
    expect(choices.get('ann')).toEqual({});
    expect(choices.get('bob')).toEqual({ hiddenTenants: ['home'] });
  });
});
