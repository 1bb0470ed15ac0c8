import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAzureManagement } from '../../src/azure/management/index';
import { type AzureAccounts } from '../../src/core/azure/accounts';
import { failedWizardStep } from '../../src/core/azure/failedWizardStep';
import { type HubDraft } from '../../src/core/azure/hubDraft';
import { freeHubOf } from '../../src/core/azure/hubPlans';
import { type CreatedResource } from '../../src/core/azure/createdResources';
import { readCloud } from '../../src/core/azure/cloud';
import { type AzureSubscription, type SubscriptionManagement } from '../../src/core/azure/resources';
import { abortError } from '../../src/core/base/abort';
import { SubscriptionData } from '../../src/features/createHub/lazy/subscriptionData';
import { makeHub, type MakingNeeds } from '../../src/features/createHub/lazy/makeHub';
import { nameVerdict } from '../../src/features/createHub/lazy/nameVerdict';
import { removeHub } from '../../src/features/createHub/lazy/removeHub';
import { MemoryResourceLog } from '../support/cleanUp';
import { tokenOf } from './support/arm';
import { startTestHub, type TestHub } from './support/hub';

const account = { id: 'ada', label: 'ada@localhost' };

async function openSubscription({ endpoints }: TestHub) {
  const accounts: AzureAccounts = {
    onDidChange: () => ({ dispose: () => undefined }),
    cloud: () =>
      readCloud({
        environment: 'custom',
        customEnvironment: { resourceManagerEndpointUrl: endpoints.armEndpoint },
        caFile: endpoints.caFile,
      }),
    list: async () => [account],
    signIn: async () => account,
    token: async () => ({ token: tokenOf(endpoints), expiresAt: Date.now() + 60_000 }),
  };
  const azure = openAzureManagement(accounts);
  const [subscription] = await azure.subscriptions(account, endpoints.tenantId);
  if (!subscription) throw new Error('no subscription');
  return { subscription, management: azure.forSubscription(subscription) };
}

describe('Create Hub with Azure Resource Manager', () => {
  let hub: TestHub;
  let subscription: AzureSubscription;
  let management: SubscriptionManagement;
  let made: MemoryResourceLog;
  let needs: MakingNeeds & { readonly createdResources: MemoryResourceLog };
  let refreshes = 0;
  const kinds = () => made.list().map(({ kind }: CreatedResource) => kind);
  const aDraft = (change: Partial<HubDraft> = {}): HubDraft => ({
    subscription,
    group: { kind: 'new', name: 'wizard' },
    name: 'wizard-hub',
    region: { name: 'eastlocal', displayName: 'East Local' },
    sku: 'F1',
    units: 1,
    partitionCount: 2,
    retentionDays: 1,
    isPublicAccessOff: false,
    isLocalAuthOff: false,
    ...change,
  });
  const create = (draft: HubDraft, signal = new AbortController().signal, progress: string[] = []) =>
    makeHub(needs, subscription, draft, (text) => void progress.push(text), signal);
  const failure = async (draft: HubDraft) =>
    create(draft).then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(async () => {
    hub = await startTestHub({ armPhaseMs: 300, armTokenSeconds: 3_600 });
    ({ subscription, management } = await openSubscription(hub));
    made = new MemoryResourceLog();
    needs = {
      management,
      createdResources: made,
      directory: { refresh: () => void refreshes++ },
      log: { error: () => undefined },
    };
  });
  afterAll(() => hub.close());

  it('offers only regions where the provider is available', async () => {
    const names = (await new SubscriptionData(management).hubRegions()).map(({ name }) => name);
    expect(names).toContain('eastlocal');
    expect(names).not.toContain('nohubslocal');
    expect(names).not.toContain('anywherelocal');
  });

  it('creates a resource group and a hub and reports the progress', async () => {
    const progress: string[] = [];
    const making = await create(aDraft(), undefined, progress);
    expect(making).toMatchObject({
      kind: 'made',
      hub: { name: 'wizard-hub', state: 'Active', sku: { name: 'F1' } },
    });
    expect(progress.slice(0, 3)).toEqual([
      'Creating resource group "wizard"',
      'Checking whether hub "wizard-hub" exists',
      'Sending the request',
    ]);
    expect(progress[3]).toBe('Activating…');
    expect(kinds()).toEqual(['resourceGroup', 'hub']);
    expect(refreshes).toBeGreaterThanOrEqual(2);
  });

  it('finds an existing free hub and a taken name before creation', async () => {
    expect(freeHubOf(await management.hubs())?.name).toBe('wizard-hub');
    const signal = new AbortController().signal;
    expect(await nameVerdict(management, 'wizard-hub', signal)).toMatchObject({ kind: 'refused' });
    expect(await nameVerdict(management, 'wizard-hub-2', signal)).toMatchObject({ kind: 'fine' });
  });

  it('reports the tier for a second free hub and the name for a taken one', async () => {
    const group = { kind: 'existing', name: 'wizard', location: 'eastlocal' } as const;
    expect(failedWizardStep(await failure(aDraft({ group, name: 'wizard-hub-2' })))).toBe('plan');
    const other = aDraft({ group: { kind: 'new', name: 'wizard-2' }, sku: 'S1' });
    expect(failedWizardStep(await failure(other))).toBe('name');
    expect(other.group).toMatchObject({ kind: 'existing', name: 'wizard-2' });
    expect(kinds()).toEqual(['resourceGroup', 'hub', 'resourceGroup']);
  });

  it('reports a region at capacity, removes the partial hub, and succeeds in another region', async () => {
    const draft = aDraft({
      group: { kind: 'existing', name: 'wizard', location: 'eastlocal' },
      name: 'wizard-full',
      sku: 'S1',
      region: { name: 'nocapacitylocal', displayName: 'No Capacity Local' },
    });
    const error = await failure(draft);
    expect(error).toMatchObject({ code: 'regionFull' });
    expect(failedWizardStep(error)).toBe('region');
    expect((await management.hubs()).map(({ name }) => name)).not.toContain('wizard-full');
    expect(kinds()).toEqual(['resourceGroup', 'hub', 'resourceGroup']);
    draft.region = { name: 'westlocal', displayName: 'West Local' };
    expect(await create(draft)).toMatchObject({ kind: 'made', hub: { location: 'westlocal' } });
  });

  it('continues in Azure after cancellation and reports that', async () => {
    const controller = new AbortController();
    const draft = aDraft({
      group: { kind: 'existing', name: 'wizard', location: 'eastlocal' },
      name: 'wizard-canceled',
      sku: 'S1',
    });
    const making = makeHub(
      needs,
      subscription,
      draft,
      (text) => {
        if (/^(Request accepted|Activating…)$/.test(text)) controller.abort(abortError());
      },
      controller.signal,
    );
    expect(await making).toEqual({ kind: 'inProgress' });
    await expect
      .poll(async () => (await management.hub({ resourceGroup: 'wizard', name: 'wizard-canceled' }))?.state)
      .toBe('Active');
  });

  it('deletes a hub, removes it from the log, and frees its name', async () => {
    const there = await management.hub({ resourceGroup: 'wizard', name: 'wizard-hub' });
    if (!there) throw new Error('no hub');
    const entry = { hub: there, subscription };
    const progress: string[] = [];
    expect(await removeHub(needs, entry, (text) => progress.push(text), new AbortController().signal)).toBe(
      'deleted',
    );
    expect(progress).toContain('Deleting…');
    expect(made.list().some((thing) => thing.kind === 'hub' && thing.name === 'wizard-hub')).toBe(false);
    expect(await management.hubNameProblem('wizard-hub')).toBeUndefined();
  });

  it("reports the lock of the process's own hub", async () => {
    const own = (await management.hubs()).find(({ name }) => name === 'local-hub');
    if (!own) throw new Error('no own hub');
    const removing = removeHub(
      needs,
      { hub: own, subscription },
      () => undefined,
      new AbortController().signal,
    );
    await expect(removing).rejects.toMatchObject({ code: 'locked' });
  });
});
