import { describe, expect, it, vi } from 'vitest';
import { type HubDraft } from '../../../src/core/azure/hubDraft';
import { type CreatedResource } from '../../../src/core/azure/createdResources';
import { type StateListener, type SubscriptionManagement } from '../../../src/core/azure/resources';
import { abortError } from '../../../src/core/base/abort';
import { IotError } from '../../../src/core/errors';
import {
  groupChoices,
  planChoices,
  regionChoices,
  subscriptionChoices,
} from '../../../src/features/createHub/lazy/quickPickItems';
import { SubscriptionData } from '../../../src/features/createHub/lazy/subscriptionData';
import { hubContentsText, readContents } from '../../../src/features/createHub/lazy/hubContents';
import { makeHub } from '../../../src/features/createHub/lazy/makeHub';
import { nameVerdict } from '../../../src/features/createHub/lazy/nameVerdict';
import { provisioningStateText } from '../../../src/features/createHub/lazy/provisioningStates';
import { removeHub, type Removal } from '../../../src/features/createHub/lazy/removeHub';
import { continueText, reviewChoices } from '../../../src/features/createHub/lazy/review';
import { anAzureHub, aSubscription } from '../../support/azure';

const subscription = aSubscription();
const regions = [
  { name: 'westeurope', displayName: 'West Europe', geography: 'Europe' },
  { name: 'eastus', displayName: 'East US', geography: 'US' },
];
const aDraft = (change: Partial<HubDraft> = {}): HubDraft => ({
  subscription,
  group: { kind: 'new', name: 'iot' },
  name: 'factory',
  region: { name: 'westeurope', displayName: 'West Europe' },
  sku: 'F1',
  units: 1,
  partitionCount: 2,
  retentionDays: 1,
  isPublicAccessOff: false,
  isLocalAuthOff: false,
  ...change,
});
const made = anAzureHub({
  name: 'factory',
  resourceGroup: 'iot',
  sku: { name: 'F1', tier: 'Free', units: 1 },
});

/** The services that creation needs, which record calls in order. */
function someAzure(change: Partial<SubscriptionManagement> = {}) {
  const calls: string[] = [];
  const resourceLog: CreatedResource[] = [];
  const reports: string[] = [];
  const log = { error: vi.fn() };
  const needs = {
    management: {
      resourceGroup: async () => undefined,
      createResourceGroup: async (group: { name: string; location: string }) => {
        calls.push(`group ${group.name} in ${group.location}`);
        return { ...group, tags: {} };
      },
      hub: async () => undefined,
      createHub: async ({ name }: { name: string }, follow?: StateListener) => {
        calls.push(`hub ${name}`);
        follow?.('Activating');
        return made;
      },
      deleteHub: async ({ name }: { name: string }) => void calls.push(`delete ${name}`),
      ...change,
    },
    directory: { refresh: () => void calls.push('refresh') },
    createdResources: {
      add: async (...resources: readonly CreatedResource[]) => void resourceLog.push(...resources),
      remove: async (...resources: readonly CreatedResource[]) => {
        for (const resource of resources) {
          const at = resourceLog.findIndex((one) => one.kind === resource.kind);
          if (at >= 0) resourceLog.splice(at, 1);
        }
      },
      list: () => resourceLog,
    },
    log,
  };
  const controller = new AbortController();
  const create = (draft = aDraft()) =>
    makeHub(needs, subscription, draft, (text) => reports.push(text), controller.signal);
  return { calls, resourceLog, reports, log, needs, controller, create };
}

describe('Creating a hub', () => {
  it('creates the group first, logs both, and refreshes the tree when the request is accepted and when the hub is ready', async () => {
    const azure = someAzure();
    const draft = aDraft();
    expect(await azure.create(draft)).toEqual({ kind: 'made', hub: made });
    expect(azure.calls).toEqual(['group iot in westeurope', 'hub factory', 'refresh', 'refresh']);
    const createdAt = expect.any(Number) as number;
    expect(azure.resourceLog).toEqual([
      { kind: 'resourceGroup', accountId: 'ann', subscriptionId: 's1', name: 'iot', createdAt },
      {
        kind: 'hub',
        accountId: 'ann',
        subscriptionId: 's1',
        resourceGroup: 'iot',
        name: 'factory',
        sku: 'F1',
        createdAt,
      },
    ]);
    expect(azure.reports.at(-1)).toBe('Activating…');
    expect(draft.group).toEqual({ kind: 'existing', name: 'iot', location: 'westeurope' });
  });

  it('creates the group in the selected region', async () => {
    const azure = someAzure();
    await azure.create(
      aDraft({ group: { kind: 'new', name: 'iot', region: { name: 'eastus', displayName: '' } } }),
    );
    expect(azure.calls[0]).toBe('group iot in eastus');
  });

  it('uses a group that was created meanwhile, without logging it', async () => {
    const azure = someAzure({ resourceGroup: async () => ({ name: 'iot', location: 'eastus', tags: {} }) });
    await azure.create();
    expect(azure.calls[0]).toBe('hub factory');
    expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['hub']);
  });

  it('never changes an existing hub', async () => {
    const azure = someAzure({ hub: async () => made });
    await expect(azure.create()).rejects.toMatchObject({ code: 'alreadyExists' });
    expect(azure.calls).not.toContain('hub factory');
  });

  it('does not create a hub if its group could not be created', async () => {
    const forbidden = new IotError('forbidden', 'You may not create resource group "iot".');
    const azure = someAzure({ createResourceGroup: () => Promise.reject(forbidden) });
    const draft = aDraft();
    await expect(azure.create(draft)).rejects.toBe(forbidden);
    expect(azure.calls).toEqual(['refresh']);
    expect(azure.resourceLog).toEqual([]);
    expect(draft.group).toEqual({ kind: 'new', name: 'iot' });
  });

  it('that is rejected immediately leaves only the group, which the next attempt uses', async () => {
    const taken = new IotError('alreadyExists', 'The name is taken.');
    const azure = someAzure({ createHub: () => Promise.reject(taken) });
    const draft = aDraft();
    await expect(azure.create(draft)).rejects.toBe(taken);
    expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup']);
    expect(draft.group?.kind).toBe('existing');
    expect(azure.calls).not.toContain('delete factory');
  });

  it('that fails later removes the partial hub, so that the name is available again', async () => {
    const full = new IotError('regionFull', 'The region takes no new hubs.');
    let isThere = false;
    const azure = someAzure({
      hub: async () => (isThere ? { ...made, state: 'ActivationFailed' } : undefined),
      createHub: async (_, follow) => {
        follow?.('Activating');
        isThere = true;
        return Promise.reject(full);
      },
    });
    await expect(azure.create()).rejects.toBe(full);
    expect(azure.calls).toContain('delete factory');
    expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup']);
  });

  it('that some servers of Azure do not know yet is logged and not removed', async () => {
    const notReady = new IotError('notReady', 'The hub is not ready yet.');
    for (const isReported of [true, false]) {
      const azure = someAzure({
        createHub: async (_, follow) => {
          if (isReported) follow?.('Succeeded');
          return Promise.reject(notReady);
        },
      });
      expect(await azure.create()).toEqual({ kind: 'notReady', reason: 'The hub is not ready yet.' });
      expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup', 'hub']);
      expect(azure.calls).not.toContain('delete factory');
    }
  });

  it('that failed after it was accepted and is not found stays in the list for Clean Up', async () => {
    const azure = someAzure({
      createHub: async (_, follow) => {
        follow?.('Activating');
        return Promise.reject(new IotError('notFound', 'The resource no longer exists.'));
      },
    });
    await expect(azure.create()).rejects.toMatchObject({ code: 'notFound' });
    expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup', 'hub']);
  });

  it('keeps a hub that works despite the failure, and leaves a hub that cannot be deleted to Clean Up', async () => {
    const lost = new IotError('unreachable', 'No network.');
    let state = 'Active';
    let isThere = false;
    const change: Partial<SubscriptionManagement> = {
      hub: async () => (isThere ? { ...made, state } : undefined),
      createHub: async (_, follow) => {
        follow?.('Activating');
        isThere = true;
        return Promise.reject(lost);
      },
      deleteHub: () => Promise.reject(lost),
    };
    const well = someAzure(change);
    await expect(well.create()).rejects.toBe(lost);
    expect(well.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup', 'hub']);
    expect(well.log.error).not.toHaveBeenCalled();
    [state, isThere] = ['Failed', false];
    const stuck = someAzure(change);
    await expect(stuck.create()).rejects.toBe(lost);
    expect(stuck.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup', 'hub']);
    expect(stuck.log.error).toHaveBeenCalledOnce();
  });

  it('canceled before the request creates no hub and reports the group', async () => {
    const azure = someAzure({
      createResourceGroup: async (group) => {
        azure.controller.abort(abortError());
        return group;
      },
      hub: async (_, signal) => {
        signal?.throwIfAborted();
        return undefined;
      },
    });
    expect(await azure.create()).toEqual({ kind: 'notMade', madeGroup: 'iot' });
    expect(azure.calls).not.toContain('hub factory');
  });

  it('canceled after the request was accepted continues in Azure and is logged', async () => {
    const azure = someAzure({
      createHub: async (_, follow) => {
        follow?.('Activating');
        await Promise.resolve();
        throw abortError();
      },
    });
    expect(await azure.create()).toEqual({ kind: 'inProgress' });
    expect(azure.resourceLog.map(({ kind }) => kind)).toEqual(['resourceGroup', 'hub']);
  });

  it('canceled during the request checks for the hub, and reports when that fails', async () => {
    let looks = 0;
    const canceled = (second: SubscriptionManagement['hub']) => {
      looks = 0;
      return someAzure({
        hub: (...args) => (looks++ === 0 ? Promise.resolve(undefined) : second(...args)),
        createHub: () => Promise.reject(abortError()),
      });
    };
    expect(await canceled(async () => made).create()).toEqual({ kind: 'inProgress' });
    expect(await canceled(async () => undefined).create()).toMatchObject({ kind: 'notMade' });
    expect(await canceled(() => Promise.reject(new Error('no network'))).create()).toEqual({
      kind: 'unknown',
    });
  });

  it('rejects an incomplete draft', async () => {
    await expect(someAzure().create(aDraft({ units: undefined }))).rejects.toThrow('open questions');
  });
});

describe('Deleting a hub', () => {
  const entry = { hub: made, subscription };
  const hubId = `azure:${made.id.toLowerCase()}`;
  const remove = (change: Partial<SubscriptionManagement>) => {
    const azure = someAzure(change);
    azure.resourceLog.push(
      {
        kind: 'hub',
        accountId: 'ann',
        subscriptionId: 's1',
        resourceGroup: 'iot',
        name: 'factory',
        sku: 'F1',
      },
      { kind: 'device', hubId, hubName: 'factory', deviceId: 'boiler-1' },
    );
    const removal = removeHub(
      azure.needs,
      entry,
      (text) => azure.reports.push(text),
      azure.controller.signal,
    );
    return { ...azure, removal };
  };

  it('forgets the hub and the resources created on it, and refreshes the tree', async () => {
    const azure = remove({ deleteHub: async (_, follow) => follow?.('Deleting') });
    expect(await azure.removal).toBe('deleted');
    expect(azure.resourceLog).toEqual([]);
    expect(azure.calls).toEqual(['refresh', 'refresh']);
    expect(azure.reports).toEqual(['Sending the request', 'Deleting…']);
  });

  it('that a lock prevents keeps the hub and its logged resources', async () => {
    const locked = new IotError('locked', 'A lock on hub "factory" keeps Azure from it.');
    const azure = remove({ deleteHub: () => Promise.reject(locked) });
    await expect(azure.removal).rejects.toBe(locked);
    expect(azure.resourceLog).toHaveLength(2);
    expect(azure.calls).toEqual(['refresh']);
  });

  it.each<[Removal, SubscriptionManagement['hub'], number]>([
    ['inProgress', async () => ({ ...made, state: 'Deleting' }), 0],
    ['deleted', async () => undefined, 0],
    ['kept', async () => made, 2],
    ['unknown', () => Promise.reject(new Error('no network')), 2],
  ])('that was canceled reports the state in Azure: %s', async (outcome, hub, left) => {
    const azure = remove({ deleteHub: () => Promise.reject(abortError()), hub });
    expect(await azure.removal).toBe(outcome);
    expect(azure.resourceLog).toHaveLength(left);
  });

  it('that is canceled after Azure accepted it continues', async () => {
    const azure = remove({
      deleteHub: async (_, follow) => {
        follow?.('Deleting');
        throw abortError();
      },
    });
    expect(await azure.removal).toBe('inProgress');
  });

  it('lists what is deleted, as far as known', () => {
    const text = hubContentsText(made, { devices: 3, certificates: 1, consumerGroups: 0 });
    expect(text).toContain(
      'The following will be deleted permanently: 3 devices with keys and twins, the messages of the last day, 1 CA certificate, keys, routes, and settings.',
    );
    expect(text).toMatch(/name may not be available again for a while/);
    expect(text).toMatch(/free hub of the subscription. You can create another one afterward/);
    const paid = hubContentsText(anAzureHub(), {
      devices: undefined,
      certificates: undefined,
      consumerGroups: 2,
    });
    expect(paid).toMatch(/devices with keys and twins, .*CA certificates, 2 consumer groups/);
    expect(paid).toMatch(/no longer incurs charges/);
  });

  it('reads the contents of the hub, and continues when a part does not respond', async () => {
    const error = vi.fn();
    const no = () => Promise.reject(new IotError('forbidden', 'You may not.'));
    const contents = await readContents(
      {
        hubCertificates: { forHub: no },
        hubSettings: {
          forHub: async () =>
            ({
              statistics: async () => ({ total: 12, enabled: 12, disabled: 0 }),
              consumerGroups: async () => ['$Default', 'dashboards'],
            }) as never,
        },
        log: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error },
      },
      hubId,
      new AbortController().signal,
    );
    expect(contents).toEqual({ devices: 12, certificates: undefined, consumerGroups: 1 });
    expect(error).toHaveBeenCalledOnce();
  });
});

describe('The availability of a hub name', () => {
  const signal = new AbortController().signal;
  it.each<[string, SubscriptionManagement['hubNameProblem'], RegExp]>([
    ['fine', async () => undefined, /"factory" is available/],
    ['refused', async () => 'It is taken.', /It is taken/],
    [
      'unsure',
      () => Promise.reject(new IotError('unreachable', 'No network.')),
      /will be checked on creation. No network/,
    ],
  ])('is %s', async (kind, hubNameProblem, text) => {
    const verdict = await nameVerdict({ hubNameProblem }, 'factory', signal);
    expect(verdict.kind).toBe(kind);
    expect(verdict.text).toMatch(text);
  });

  it('is not decided by a canceled check', async () => {
    const canceled = nameVerdict({ hubNameProblem: () => Promise.reject(abortError()) }, 'factory', signal);
    await expect(canceled).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('Items of Create Hub', () => {
  const explain = vi.fn();
  const openPricing = vi.fn();

  it('include F1 with its limits while it is available', () => {
    const [free] = planChoices({ hubs: [anAzureHub()], explain, openPricing });
    expect(free).toMatchObject({ label: 'F1', description: 'free', value: 'F1' });
    expect(free?.detail).toMatch(/8,000 messages per day, up to 500 devices/);
    expect(free?.instead).toBeUndefined();
  });

  it('exclude F1 if the subscription has a free hub, and name that hub', () => {
    const [free] = planChoices({ hubs: [made], explain, openPricing });
    expect(free?.description).toBe('free · already used in this subscription');
    expect(free?.detail).toMatch(/"factory" in resource group "iot"/);
    free?.instead?.();
    expect(explain).toHaveBeenCalledWith(free?.detail);
  });

  it('contain no prices, but a link to them', () => {
    const choices = planChoices({ hubs: [], explain, openPricing });
    expect(JSON.stringify(choices)).not.toMatch(/[$€£] ?\d/);
    expect(choices.filter(({ description }) => description?.startsWith('billed'))).toHaveLength(6);
    choices.at(-1)?.instead?.();
    expect(openPricing).toHaveBeenCalledOnce();
  });

  it('do not include disabled subscriptions', () => {
    const disabled = aSubscription({ id: 's2', name: 'Old', state: 'Disabled' });
    const [good, bad] = subscriptionChoices([subscription, disabled], explain);
    expect(good?.instead).toBeUndefined();
    expect(bad?.detail).toMatch(/"Old" is disabled/);
    bad?.instead?.();
    expect(explain).toHaveBeenLastCalledWith(bad?.detail);
  });

  it('are a new group, then existing groups with their regions', () => {
    const groups = [
      { name: 'web', location: 'eastus', tags: {} },
      { name: 'iot', location: 'westeurope', tags: {} },
    ];
    expect(
      groupChoices(groups, regions).map(({ icon, label, description }) => [icon, label, description]),
    ).toEqual([
      ['add', 'New resource group…', 'Groups resources so you can delete them together'],
      ['folder', 'iot', 'West Europe'],
      ['folder', 'web', 'East US'],
    ]);
  });

  it('are regions with the reason for their rank', () => {
    const choices = regionChoices(regions, { here: { longitude: 0 }, lastUsed: 'westeurope' });
    expect(choices.map(({ label, group, description }) => [label, group, description])).toEqual([
      ['West Europe', 'Last used', 'Europe'],
      ['East US', 'All other regions', 'US'],
    ]);
  });
});

describe('The review step of Create Hub', () => {
  const lines = (draft: HubDraft, steps: Parameters<typeof reviewChoices>[1]['steps']) =>
    reviewChoices(draft, { steps, regions }).map(({ label, description, value, instead }) => ({
      text: `${label.replace(/^\$\([\w-]+\) /, '')}: ${description ?? ''}`,
      value,
      canChange: !instead,
    }));

  it('shows all answers, and each leads back to its step', () => {
    const draft = aDraft({ sku: 'S1', units: 3, partitionCount: 8, retentionDays: 2, isLocalAuthOff: true });
    const all = lines(draft, ['subscription', 'units', 'partitions', 'retention']);
    expect(all.map(({ text }) => text)).toEqual([
      'Create hub "factory": billed from creation, whether used or not',
      'Subscription: Production',
      'Resource group: iot (new)',
      'Region of the resource group: same as the hub',
      'Name: factory',
      'Region: West Europe',
      'Tier: S1 · 1,200,000 messages per day',
      'Units: 3',
      'Partitions: 8',
      'Retention: 2 days',
      'Public network access: enabled',
      'Shared access keys: disabled: Microsoft Entra ID only',
    ]);
    expect(all.every(({ canChange }) => canChange)).toBe(true);
    expect(all[0]?.value).toBe('create');
  });

  it('does not lead to values that the free tier determines, nor to the only subscription', () => {
    const draft = aDraft({ group: { kind: 'existing', name: 'web', location: 'eastus' } });
    const all = lines(draft, ['group', 'name']);
    expect(all[0]?.text).toBe('Create hub "factory": free');
    expect(all.map(({ text }) => text)).toContain('Resource group: web · East US');
    expect(all.filter(({ canChange }) => !canChange).map(({ text }) => text)).toEqual([
      'Subscription: Production',
      'Partitions: 2 (fixed in the free tier)',
      'Retention: 1 day (fixed in the free tier)',
    ]);
  });

  it('describes a saved draft by its known values', () => {
    expect(continueText(aDraft())).toBe('Continue with hub "factory" (iot, West Europe, F1)');
    expect(continueText(aDraft({ name: undefined, region: undefined, sku: undefined }))).toBe(
      'Continue with the unfinished hub (iot)',
    );
  });
});

describe('SubscriptionData', () => {
  it('reads each list once, and again after a failure', async () => {
    const hubs = vi.fn(async () => [made]);
    const resourceGroups = vi
      .fn<SubscriptionManagement['resourceGroups']>()
      .mockRejectedValueOnce(new IotError('unreachable', 'No network.'))
      .mockResolvedValue([]);
    const data = new SubscriptionData({
      hubs,
      resourceGroups,
    } as Partial<SubscriptionManagement> as SubscriptionManagement);
    await Promise.all([data.hubs(), data.hubs()]);
    await data.hubs();
    expect(hubs).toHaveBeenCalledOnce();
    await expect(data.groups()).rejects.toThrow('No network');
    expect(await data.groups()).toEqual([]);
  });
});

describe('Provisioning states of Azure', () => {
  it.each([
    ['Activating', 'Activating…'],
    ['InProgress', 'In progress'],
    ['Something New', 'Something New'],
  ])('%s are shown as "%s"', (state, text) => {
    expect(provisioningStateText(state)).toBe(text);
  });
});
