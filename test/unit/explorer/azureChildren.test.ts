import { describe, expect, it, vi } from 'vitest';
import { type AuthorityStore } from '../../../src/core/certificate/authorityStore';
import { azureHubId, type AzureDirectory } from '../../../src/core/azure/azureDirectory';
import { type AzureSubscription } from '../../../src/core/azure/resources';
import { Emitter } from '../../../src/core/base/event';
import { IotError } from '../../../src/core/errors';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { childrenOf, roots, type ChildServices } from '../../../src/explorer/children';
import { azureScopeOf, nodeId, parentOf, type Node } from '../../../src/explorer/nodes';
import { contextValue, present } from '../../../src/explorer/presentation';
import { anAccountHub } from '../../support/hubs';
import {
  anAccount,
  anAzureAccounts,
  anAzureDirectory,
  anAzureHub,
  aSubscription,
  aTenant,
} from '../../support/azure';

const account = anAccount();
const subscription = aSubscription();
const accountNode: Node = { kind: 'account', account };

function services(azure: Partial<AzureDirectory>): ChildServices {
  return {
    hubs: new HubDirectory(),
    devices: {} as ChildServices['devices'],
    certificates: {} as ChildServices['certificates'],
    authorities: { list: vi.fn() } as unknown as AuthorityStore,
    azure: anAzureDirectory(azure),
    accounts: anAzureAccounts(),
  };
}
const lists = (
  shown: readonly AzureSubscription[],
  all = shown,
  failures: Awaited<ReturnType<AzureDirectory['subscriptions']>>['failures'] = [],
): Partial<AzureDirectory> => ({
  subscriptions: async () => ({ subscriptions: shown, failures }),
  allSubscriptions: async () => ({ subscriptions: all, failures }),
});
const top = (services: ChildServices) => roots(services, () => undefined);
const look = (node: Node) => present(node, { hub: () => undefined, badges: () => [], now: 0 });

describe('The top level of the tree', () => {
  it('lists accounts between hubs and certificates', async () => {
    const nodes = await top(services({ accounts: async () => [account] }));
    expect(nodes).toEqual([{ kind: 'account', account }, { kind: 'authorityFolder' }]);
  });

  it('offers to sign in when there is no account', async () => {
    const [node] = await top(services({}));
    expect(node).toMatchObject({
      kind: 'notice',
      text: 'Sign In to Azure…',
      command: 'iotHubWorkbench.signIn',
    });
  });

  it('names a cloud that is not the default', async () => {
    const all = services({ accounts: async () => [account] });
    const cloud = { ...all.accounts.cloud(), name: 'Azure China' };
    const [node] = await top({ ...all, accounts: { ...all.accounts, cloud: () => cloud } });
    expect(node).toEqual({ kind: 'account', account, cloud: 'Azure China' });
    expect(node && look(node)).toMatchObject({ label: account.label, description: 'Azure China' });
  });

  it('is shown while VS Code still activates its authentication', async () => {
    const nodes = await top(services({ accounts: () => new Promise(() => undefined) }));
    expect(nodes[0]).toMatchObject({ kind: 'notice', icon: 'loading~spin' });
    expect(nodes.at(-1)).toEqual({ kind: 'authorityFolder' });
  });

  it.each([
    ['an answer', () => Promise.resolve([account])],
    ['a failure', () => Promise.reject(new Error('No network.'))],
  ])('is refreshed when %s becomes available', async (_, settle) => {
    let onAnswer: () => void = () => undefined;
    const accounts = new Promise<void>((resolve) => (onAnswer = resolve)).then(settle);
    accounts.catch(() => undefined);
    const all = services({ accounts: () => accounts });
    const redraw = vi.fn();
    await roots(all, redraw);
    expect(redraw).not.toHaveBeenCalled();
    onAnswer();
    await vi.waitFor(() => expect(redraw).toHaveBeenCalledTimes(1), 30_000);
    expect((await roots(all, redraw))[0]?.kind).toMatch(/^(account|failure)$/);
    expect(redraw).toHaveBeenCalledTimes(1);
  });

  it('reports an invalid cloud setting', async () => {
    const failure = new IotError('setupMissing', 'The custom cloud lacks its address.');
    const [node] = await top(services({ accounts: () => Promise.reject(failure) }));
    expect(node).toMatchObject({ kind: 'failure', branch: 'azure', message: failure.message });
    expect(node && parentOf(node)).toBeUndefined();
  });
});

describe('An account', () => {
  it('lists subscriptions and shows how many are hidden', async () => {
    const other = aSubscription({ id: 's2', name: 'Two' });
    const nodes = await childrenOf(accountNode, services(lists([subscription], [subscription, other])));
    expect(nodes).toMatchObject([
      { kind: 'subscription', subscription },
      {
        kind: 'notice',
        text: '1 subscription hidden. Select…',
        command: 'iotHubWorkbench.chooseSubscriptions',
      },
    ]);
    expect(azureScopeOf(nodes[1])).toEqual({ account });
  });

  it('reports that no subscription is selected or none exists', async () => {
    expect(await childrenOf(accountNode, services(lists([], [subscription])))).toMatchObject([
      { text: 'No subscriptions selected. Select…' },
    ]);
    expect(await childrenOf(accountNode, services(lists([])))).toMatchObject([
      { text: 'No subscriptions in this account' },
    ]);
  });

  it('shows how many tenants are excluded, and offers to select them', async () => {
    const choose = { kind: 'notice', command: 'iotHubWorkbench.chooseSubscriptions' };
    const leftOut = (shown: AzureSubscription[], all: AzureSubscription[], ...hiddenTenants: string[]) => {
      const list = { failures: [], hiddenTenants };
      return services({
        subscriptions: async () => ({ ...list, subscriptions: shown }),
        allSubscriptions: async () => ({ ...list, subscriptions: all }),
      });
    };
    const other = aSubscription({ id: 's2', name: 'Two' });
    expect(
      await childrenOf(accountNode, leftOut([subscription], [subscription, other], 'a', 'b')),
    ).toMatchObject([
      { kind: 'subscription' },
      { ...choose, text: '1 subscription and 2 tenants hidden. Select…' },
    ]);
    expect(await childrenOf(accountNode, leftOut([subscription], [subscription], 'a'))).toMatchObject([
      { kind: 'subscription' },
      { ...choose, text: '1 tenant hidden. Select…' },
    ]);
    expect(await childrenOf(accountNode, leftOut([], [], 'a'))).toMatchObject([
      { ...choose, text: 'No subscriptions selected. Select…' },
    ]);
  });

  it('lists failed tenants below subscriptions, each with its sign-in', async () => {
    const failures = [
      {
        account,
        tenant: aTenant('locked', 'Locked Inc.'),
        error: new IotError('signInNeeded', 'Sign in again.'),
      },
      {
        account,
        tenant: aTenant('slow', 'Slow Ltd.'),
        error: new IotError('timeout', 'It did not answer.'),
      },
    ];
    const nodes = await childrenOf(accountNode, services(lists([subscription], [subscription], failures)));
    const [, locked, slow] = nodes;
    if (!locked || !slow) throw new Error('They are missing.');
    expect(locked).toMatchObject({
      kind: 'failure',
      command: 'iotHubWorkbench.signInToTenant',
      signIn: { account, tenantId: 'locked' },
    });
    expect(look(locked)).toMatchObject({ label: 'Locked Inc.', description: 'Sign in again.', icon: 'lock' });
    expect(contextValue(locked, look(locked))).toBe('failure;tenant');
    // A click retries; the context menu signs in.
    expect(slow).toMatchObject({ signIn: { tenantId: 'slow' } });
    expect(look(slow)).toMatchObject({ command: { id: 'iotHubWorkbench.refresh' }, icon: 'error' });
    expect(look(slow).spoken).toBe('Failed: Slow Ltd., It did not answer. Press Enter to try again.');
    expect(new Set(nodes.map(nodeId)).size).toBe(3);
    expect(parentOf(locked)).toEqual(accountNode);
  });
});

describe('A subscription', () => {
  const node: Node = { kind: 'subscription', subscription };
  const withHubs = (account: AzureSubscription['account']): ChildServices => {
    const all = services({ hubs: async () => [anAzureHub()] });
    all.hubs.add({
      onDidChange: new Emitter<void>().event,
      hubs: () => [anAccountHub({}, { ...subscription, account })],
      connection: () => Promise.reject(new Error()),
    });
    return all;
  };

  it('lists its hubs', async () => {
    const all = withHubs(account);
    expect(await childrenOf(node, all)).toEqual([{ kind: 'hub', hubId: azureHubId(anAzureHub()) }]);
    // Hubs are listed below their account only, not at the top level.
    expect((await top(all)).map(({ kind }) => kind)).toEqual(['notice', 'authorityFolder']);
  });

  it('shows a hub that is listed in another account as a note', async () => {
    expect(await childrenOf(node, withHubs(anAccount('bob')))).toMatchObject([
      { kind: 'notice', text: '1 hub is shown under another account' },
    ]);
  });

  it('offers to create its first hub', async () => {
    const [notice] = await childrenOf(node, services({}));
    expect(notice).toMatchObject({ text: 'No hubs yet. Create one…', command: 'iotHubWorkbench.createHub' });
    expect(azureScopeOf(notice)).toEqual({ account, subscription });
  });

  it('that cannot be read shows the reason, and offers to sign in if that helps', async () => {
    const failing = (error: Error) => services({ hubs: () => Promise.reject(error) });
    expect(await childrenOf(node, failing(new Error('No network.')))).toEqual([
      { kind: 'failure', branch: 'subscription', above: node, message: 'No network.' },
    ]);
    const signIn = { account, tenantId: 'home', resource: 'https://management.core.windows.net/' };
    const ended = new IotError('signInNeeded', 'Sign in again.', {
      action: { kind: 'renewSession', session: signIn },
    });
    expect(await childrenOf(node, failing(ended))).toMatchObject([
      { kind: 'failure', command: 'iotHubWorkbench.signInToTenant', signIn },
    ]);
  });

  it('shows a state other than Enabled', () => {
    expect(look(node)).toMatchObject({ label: 'Production', description: '' });
    const disabled = aSubscription({ state: 'Disabled' });
    expect(look({ kind: 'subscription', subscription: disabled })).toMatchObject({
      description: 'disabled',
      spoken: 'Subscription Production, disabled',
    });
  });

  it('has its account as parent', () => {
    expect(nodeId(node)).toBe('azure/ann/s1');
    expect(parentOf(node)).toEqual(accountNode);
    expect(nodeId(accountNode)).toBe('azure/ann');
  });
});
