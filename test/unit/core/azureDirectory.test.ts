import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { azureHubId, subscriptionKey } from '../../../src/core/azure/azureDirectory';
import { CachedAzureDirectory } from '../../../src/core/azure/cachedAzureDirectory';
import {
  type SubscriptionChoice,
  type SubscriptionChoices,
} from '../../../src/core/azure/subscriptionChoice';
import {
  type AzureHub,
  type AzureManagement,
  type AzureSubscription,
  type AzureTenant,
} from '../../../src/core/azure/resources';
import { delay } from '../../../src/core/base/abort';
import { IotError } from '../../../src/core/errors';
import { anAccount, anAzureAccounts, anAzureHub, aSubscription, aTenant } from '../../support/azure';

const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const ann = anAccount('ann');
const bob = anAccount('bob');

interface Answers {
  tenants: (signal?: AbortSignal) => Promise<readonly AzureTenant[]>;
  subscriptions: (
    tenantId: string,
    signal?: AbortSignal,
    onWait?: (seconds: number) => void,
  ) => Promise<readonly AzureSubscription[]>;
  hubs: (subscription: AzureSubscription, signal?: AbortSignal) => Promise<readonly AzureHub[]>;
}

/** A directory with the given answers, which can be changed during a test. */
function aDirectory(change: Partial<Answers> = {}, ...signedIn: (typeof ann)[]) {
  const answers: Answers = {
    tenants: async () => [aTenant()],
    subscriptions: async (tenantId) => [aSubscription({ tenantId })],
    hubs: async () => [anAzureHub()],
    ...change,
  };
  const calls = { tenants: 0, subscriptions: [] as string[], hubs: 0 };
  const kept = new Map<string, SubscriptionChoice>();
  const choices: SubscriptionChoices = {
    get: (id) => kept.get(id) ?? {},
    set: async (id, choice) => void kept.set(id, choice),
  };
  const accounts = anAzureAccounts(...(signedIn.length > 0 ? signedIn : [ann]));
  const management = {
    tenants: (_, signal) => {
      calls.tenants++;
      return answers.tenants(signal);
    },
    subscriptions: async (account, tenantId, signal, onWait) => {
      calls.subscriptions.push(tenantId);
      const list = await answers.subscriptions(tenantId, signal, onWait);
      return list.map((one) => ({ ...one, account }));
    },
    forSubscription: (subscription) =>
      ({
        hubs: (signal?: AbortSignal) => {
          calls.hubs++;
          return answers.hubs(subscription, signal);
        },
      }) as ReturnType<AzureManagement['forSubscription']>,
  } satisfies AzureManagement;
  const directory = new CachedAzureDirectory(accounts, management, choices, quiet);
  const changes = vi.fn();
  directory.onDidChange(changes);
  return { directory, answers, calls, accounts, kept, changes };
}

/** A promise that the test resolves or rejects. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => ((resolve = done), (reject = failed)));
  return { promise, resolve, reject };
}

const names = (list: { readonly subscriptions: readonly AzureSubscription[] }) =>
  list.subscriptions.map(({ name }) => name);

describe('Subscriptions of an account', () => {
  it('are requested once for concurrent callers', async () => {
    const { directory, calls } = aDirectory();
    const both = await Promise.all([directory.subscriptions(ann), directory.allSubscriptions(ann)]);
    await directory.subscriptions();
    expect(both.map(names)).toEqual([['Production'], ['Production']]);
    expect(calls).toMatchObject({ tenants: 1, subscriptions: ['home'] });
  });

  it('are read from all tenants, at most five at a time', async () => {
    let running = 0;
    let most = 0;
    const { directory } = aDirectory({
      tenants: async () => Array.from({ length: 12 }, (_, n) => aTenant(`t${n}`)),
      subscriptions: async (tenantId) => {
        most = Math.max(most, ++running);
        await delay(5);
        running--;
        return [aSubscription({ id: tenantId, tenantId, name: tenantId })];
      },
    });
    expect((await directory.subscriptions(ann)).subscriptions).toHaveLength(12);
    expect(most).toBe(5);
  });

  it('are listed without a failing tenant, which is named', async () => {
    const { directory } = aDirectory({
      tenants: async () => [aTenant('good'), aTenant('locked')],
      subscriptions: async (tenantId) => {
        if (tenantId === 'locked') throw new IotError('signInNeeded', 'Sign in again.');
        return [aSubscription({ tenantId })];
      },
    });
    const list = await directory.subscriptions(ann);
    expect(names(list)).toEqual(['Production']);
    expect(list.failures).toMatchObject([
      { account: ann, tenant: { id: 'locked' }, error: { code: 'signInNeeded' } },
    ]);
    expect(list.tenants?.map(({ id }) => id)).toEqual(['good', 'locked']);
  });

  it('fail without naming a tenant when the tenants cannot be read', async () => {
    const { directory } = aDirectory({ tenants: () => Promise.reject(new Error('No network.')) });
    const { subscriptions, failures } = await directory.subscriptions(ann);
    expect(subscriptions).toEqual([]);
    expect(failures).toMatchObject([{ account: ann, error: { message: 'No network.' } }]);
    expect(failures[0]?.tenant).toBeUndefined();
  });

  it('are listed once, with their home tenant, when two tenants return them', async () => {
    const seen = aSubscription({ tenantId: 'home' });
    const { directory } = aDirectory({
      tenants: async () => [aTenant('guest'), aTenant('home')],
      subscriptions: async () => [seen],
    });
    expect((await directory.subscriptions(ann)).subscriptions).toEqual([{ ...seen, tenantId: 'home' }]);
  });

  it('keep the tenant that returned them when their home tenant is not read', async () => {
    const { directory } = aDirectory({
      tenants: async () => [aTenant('managing')],
      subscriptions: async () => [aSubscription({ tenantId: 'customer' })],
    });
    expect((await directory.subscriptions(ann)).subscriptions[0]?.tenantId).toBe('managing');
  });

  it('are sorted by name, and include all accounts by default', async () => {
    const { directory } = aDirectory(
      {
        subscriptions: async () => [
          aSubscription({ id: 'z', name: 'Zebra' }),
          aSubscription({ id: 'a', name: 'Ape' }),
        ],
      },
      ann,
      bob,
    );
    const { subscriptions } = await directory.subscriptions();
    expect(subscriptions.map(({ name, account }) => `${account.id} ${name}`)).toEqual([
      'ann Ape',
      'ann Zebra',
      'bob Ape',
      'bob Zebra',
    ]);
  });

  it('repeat a failure until they are refreshed', async () => {
    const { directory, answers, calls } = aDirectory({
      tenants: () => Promise.reject(new Error('No network.')),
    });
    await directory.subscriptions(ann);
    answers.tenants = async () => [aTenant()];
    expect((await directory.subscriptions(ann)).failures).toHaveLength(1);
    expect(calls.tenants).toBe(1);
    directory.refresh();
    expect(names(await directory.subscriptions(ann))).toEqual(['Production']);
  });

  describe('with a tenant that does not respond', () => {
    beforeEach(() => vi.useFakeTimers());
    afterEach(() => vi.useRealTimers());

    it('are returned after the time limit, and the call is aborted', async () => {
      let given: AbortSignal | undefined;
      const { directory } = aDirectory({
        tenants: async () => [aTenant('slow', 'Slow'), aTenant('good')],
        subscriptions: (tenantId, signal) => {
          if (tenantId === 'good') return Promise.resolve([aSubscription({ tenantId })]);
          given = signal;
          return new Promise(() => undefined);
        },
      });
      const reading = directory.subscriptions(ann);
      await vi.advanceTimersByTimeAsync(20_000);
      const list = await reading;
      expect(names(list)).toEqual(['Production']);
      expect(list.failures).toMatchObject([{ tenant: { id: 'slow' }, error: { code: 'timeout' } }]);
      expect(given?.aborted).toBe(true);
    });

    it('get more time when Azure throttles', async () => {
      const { directory } = aDirectory({
        subscriptions: async (tenantId, signal, onWait) => {
          onWait?.(45);
          await delay(60_000, signal);
          return [aSubscription({ tenantId })];
        },
      });
      const reading = directory.subscriptions(ann);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await reading).toMatchObject({ subscriptions: [{ name: 'Production' }], failures: [] });
    });

    it('are aborted when the extended time is over', async () => {
      const { directory } = aDirectory({
        subscriptions: (_tenantId, _signal, onWait) => {
          onWait?.(45);
          return new Promise(() => undefined);
        },
      });
      const reading = directory.subscriptions(ann);
      await vi.advanceTimersByTimeAsync(64_000);
      expect(await Promise.race([reading, Promise.resolve('waits')])).toBe('waits');
      await vi.advanceTimersByTimeAsync(1_000);
      expect((await reading).failures).toMatchObject([{ error: { code: 'timeout' } }]);
    });
  });
});

describe('Selected subscriptions', () => {
  const two = async () => [
    aSubscription({ id: 's1', name: 'One' }),
    aSubscription({ id: 's2', name: 'Two' }),
  ];

  it('are saved per account and can be reset to all', async () => {
    const { directory, kept, changes } = aDirectory({ subscriptions: two }, ann, bob);
    await directory.choose(ann, { subscriptionIds: ['s2'] });
    expect(changes).toHaveBeenCalledTimes(1);
    expect(names(await directory.subscriptions(ann))).toEqual(['Two']);
    expect(names(await directory.subscriptions(bob))).toEqual(['One', 'Two']);
    expect(names(await directory.allSubscriptions(ann))).toEqual(['One', 'Two']);
    await directory.choose(ann, {});
    expect(names(await directory.subscriptions(ann))).toEqual(['One', 'Two']);
    expect(kept.get('ann')).toEqual({});
  });

  it('can be none, which hides hubs that were already read', async () => {
    const { directory } = aDirectory({ subscriptions: two });
    await directory.hubs(aSubscription({ id: 's1' }));
    expect(directory.known()).toHaveLength(1);
    await directory.choose(ann, { subscriptionIds: [] });
    expect(names(await directory.subscriptions(ann))).toEqual([]);
    expect(directory.known()).toEqual([]);
  });

  it('can exclude a tenant, which is then not read and no longer fails', async () => {
    const { directory, calls } = aDirectory({
      tenants: async () => [aTenant('home'), aTenant('locked')],
      subscriptions: async (tenantId) => {
        if (tenantId === 'locked') throw new IotError('signInNeeded', 'Sign in again.');
        return [aSubscription({ tenantId })];
      },
    });
    expect((await directory.subscriptions(ann)).failures).toHaveLength(1);
    calls.subscriptions.length = 0;
    await directory.choose(ann, { hiddenTenants: ['locked', 'gone'] });
    const list = await directory.subscriptions(ann);
    expect(names(list)).toEqual(['Production']);
    expect(list.failures).toEqual([]);
    expect(list.hiddenTenants).toEqual(['locked']);
    expect(list.tenants?.map(({ id }) => id)).toEqual(['home', 'locked']);
    expect(calls.subscriptions).toEqual(['home']);
    // Selecting the same again sends no request.
    await directory.choose(ann, { hiddenTenants: ['gone', 'locked'], subscriptionIds: [] });
    expect(names(await directory.subscriptions(ann))).toEqual([]);
    expect(calls.subscriptions).toEqual(['home']);
    await directory.choose(ann, {});
    expect((await directory.subscriptions(ann)).failures).toHaveLength(1);
  });

  it('include subscriptions that an excluded tenant shares with another tenant', async () => {
    const { directory, calls } = aDirectory({
      tenants: async () => [aTenant('home'), aTenant('guest')],
      subscriptions: async (tenantId) => [
        aSubscription({ tenantId: 'home' }),
        ...(tenantId === 'home' ? [aSubscription({ id: 's2', name: 'Own', tenantId })] : []),
      ],
    });
    const [own] = (await directory.subscriptions(ann)).subscriptions;
    if (!own) throw new Error('It is missing.');
    await directory.hubs(own);
    expect(directory.known()).toHaveLength(1);
    await directory.choose(ann, { hiddenTenants: ['home'] });
    const { subscriptions } = await directory.subscriptions(ann);
    expect(subscriptions).toMatchObject([{ name: 'Production', tenantId: 'guest' }]);
    expect(directory.known()).toEqual([]);
    directory.refresh();
    expect(calls.hubs).toBe(1);
  });
});

describe('Hubs of a subscription', () => {
  const subscription = aSubscription();

  it('are requested once, sorted and cached', async () => {
    const { directory, calls, changes } = aDirectory({
      hubs: async () => [anAzureHub({ name: 'b' }), anAzureHub({ name: 'a' })],
    });
    expect(directory.known()).toEqual([]);
    const [hubs] = await Promise.all([directory.hubs(subscription), directory.hubs(subscription)]);
    expect(hubs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(calls.hubs).toBe(1);
    expect(changes).toHaveBeenCalledTimes(1);
    expect(directory.find(azureHubId(anAzureHub({ name: 'a' })))).toMatchObject({ subscription });
  });

  it('are found by ID regardless of its case', async () => {
    const hub = anAzureHub();
    const { directory } = aDirectory({ hubs: async () => [{ ...hub, id: hub.id.toUpperCase() }] });
    await directory.hubs(subscription);
    expect(directory.find(azureHubId(hub))?.hub.name).toBe('factory');
  });

  it('stay cached during a refresh and when it fails', async () => {
    const { directory, answers } = aDirectory();
    await directory.hubs(subscription);
    const next = deferred<readonly AzureHub[]>();
    answers.hubs = () => next.promise;
    directory.refresh(subscription);
    expect(directory.known()).toHaveLength(1);
    next.reject(new Error('No network.'));
    await expect(directory.hubs(subscription)).rejects.toThrow('No network.');
    expect(directory.known()).toHaveLength(1);
  });

  it('are those of the newest request when an older response arrives late', async () => {
    const old = deferred<readonly AzureHub[]>();
    const { directory, answers } = aDirectory({ hubs: () => old.promise });
    const waiting = directory.hubs(subscription);
    await delay(0);
    answers.hubs = async () => [anAzureHub({ name: 'new' })];
    directory.refresh(subscription);
    expect((await waiting).map(({ name }) => name)).toEqual(['new']);
    old.resolve([anAzureHub({ name: 'old' })]);
    await delay(0);
    expect(directory.known().map(({ hub }) => hub.name)).toEqual(['new']);
  });

  it('cancel the previous request when they are refreshed', async () => {
    let given: AbortSignal | undefined;
    const { directory, answers } = aDirectory({
      hubs: (_, signal) => {
        given = signal;
        return new Promise(() => undefined);
      },
    });
    const waiting = directory.hubs(subscription);
    await delay(0);
    answers.hubs = async () => [];
    directory.refresh(subscription);
    expect(given?.aborted).toBe(true);
    expect(await waiting).toEqual([]);
  });

  it('are still returned to other callers when one caller cancels', async () => {
    const answer = deferred<readonly AzureHub[]>();
    const { directory } = aDirectory({ hubs: () => answer.promise });
    const controller = new AbortController();
    const impatient = directory.hubs(subscription, controller.signal);
    const patient = directory.hubs(subscription);
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
    answer.resolve([anAzureHub()]);
    expect(await patient).toHaveLength(1);
  });

  it('that were not requested are not read by a refresh; the others are read at once', async () => {
    const { directory, calls } = aDirectory();
    directory.refresh();
    expect(calls.hubs).toBe(0);
    await directory.hubs(subscription);
    directory.refresh();
    expect(calls.hubs).toBe(2);
  });

  it('belong to the first account when two accounts have access', async () => {
    const { directory } = aDirectory({}, ann, bob);
    const ofBob = aSubscription({ account: bob });
    await directory.hubs(subscription);
    await directory.hubs(ofBob);
    expect(directory.known()).toHaveLength(1);
    expect(subscriptionKey(directory.known()[0]?.subscription ?? ofBob)).toBe(subscriptionKey(subscription));
  });
});

describe('An account that signs out', () => {
  it('removes the subscriptions and hubs that were read through it', async () => {
    const { directory, accounts, changes } = aDirectory({}, ann, bob);
    await directory.subscriptions();
    await directory.hubs(aSubscription({ account: ann }));
    await directory.hubs(aSubscription({ id: 's2', account: bob }));
    accounts.signedIn.splice(0, 1);
    changes.mockClear();
    accounts.changed.fire();
    expect(changes).toHaveBeenCalled();
    expect(await directory.accounts()).toEqual([bob]);
    expect(directory.known().map(({ subscription }) => subscription.account.id)).toEqual(['bob']);
    expect(await directory.subscriptions(ann)).toMatchObject({ subscriptions: [], failures: [] });
  });

  it('while its subscriptions are read rejects all waiting callers', async () => {
    const { directory, accounts } = aDirectory({ tenants: () => new Promise(() => undefined) });
    const waiting = directory.subscriptions(ann);
    await delay(0);
    accounts.signedIn.pop();
    accounts.changed.fire();
    // As the tree does when it refreshes.
    await directory.accounts();
    expect(await waiting).toMatchObject({ subscriptions: [], failures: [] });
  });

  it('is distinguished from an incomplete cloud setting', async () => {
    const { directory, accounts } = aDirectory();
    accounts.list = () => Promise.reject(new IotError('setupMissing', 'The custom cloud lacks its address.'));
    directory.refresh();
    await expect(directory.accounts()).rejects.toMatchObject({ code: 'setupMissing' });
  });

  it('makes no request when there is no account', async () => {
    const { directory, accounts, calls } = aDirectory();
    accounts.signedIn.pop();
    expect(await directory.subscriptions()).toMatchObject({ subscriptions: [], failures: [] });
    expect(calls.tenants).toBe(0);
  });
});
