import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAzureManagement } from '../../src/azure/management/index';
import { ArmCertificates, AzureDeviceRegistries } from '../../src/azure/azureServices';
import { azureHubId } from '../../src/core/azure/azureDirectory';
import { CachedAzureDirectory } from '../../src/core/azure/cachedAzureDirectory';
import { checkCreatedResources } from '../../src/core/azure/checkCreatedResources';
import { type CleanUpSources } from '../../src/core/azure/checkOptions';
import { cleanUpPlan, resolveSelection, type CleanUpRow } from '../../src/core/azure/cleanUpPlan';
import { outcomeSummary } from '../../src/features/cleanUp/lazy/cleanUpReport';
import { runCleanUp, type CleanUpOperations } from '../../src/core/azure/runCleanUp';
import { readCloud } from '../../src/core/azure/cloud';
import { type AzureAccounts } from '../../src/core/azure/accounts';
import {
  type AzureManagement,
  type AzureSubscription,
  type SubscriptionManagement,
} from '../../src/core/azure/resources';
import { abortError } from '../../src/core/base/abort';
import { HubDirectory } from '../../src/core/hub/hubDirectory';
import { AzureHubs } from '../../src/features/azure/azureHubs';
import { cleanUpOperations } from '../../src/features/cleanUp/lazy/cleanUpOperations';
import { type CleanUpNeeds } from '../../src/features/cleanUp/needs';
import { resourceText } from '../../src/features/cleanUp/lazy/resourceText';
import { MemoryResourceLog, shown, type ShownRow } from '../support/cleanUp';
import { makeCertificate } from '../support/x509';
import { tokenOf } from './support/arm';
import { startTestHub, type TestHub } from './support/hub';

const account = { id: 'ada', label: 'ada@localhost' };
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const never = new AbortController().signal;

let hub: TestHub;
let management: AzureManagement;
let subscription: AzureSubscription;
let arm: SubscriptionManagement;
let azure: CachedAzureDirectory;
let sources: CleanUpSources;
let operations: CleanUpOperations;
let registries: AzureDeviceRegistries;

/** The services, wired as in extension.ts, for the account of the local hub. */
beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 100, armTokenSeconds: 3_600 });
  const accounts: AzureAccounts = {
    onDidChange: () => ({ dispose: () => undefined }),
    cloud: () =>
      readCloud({
        environment: 'custom',
        customEnvironment: { resourceManagerEndpointUrl: hub.endpoints.armEndpoint },
        caFile: hub.endpoints.caFile,
      }),
    list: async () => [account],
    signIn: async () => account,
    token: async () => ({ token: tokenOf(hub.endpoints), expiresAt: Date.now() + 60_000 }),
  };
  management = openAzureManagement(accounts);
  azure = new CachedAzureDirectory(
    accounts,
    management,
    { get: () => ({}), set: async () => undefined },
    log,
  );
  const [first] = (await azure.allSubscriptions(account)).subscriptions;
  if (!first) throw new Error('no subscription');
  subscription = first;
  arm = management.forSubscription(subscription);
  const hubs = new HubDirectory();
  hubs.add(new AzureHubs(azure, management, () => 'auto', log));
  registries = new AzureDeviceRegistries((hubId, signal) =>
    hubs.connection(hubId, ['RegistryRead', 'RegistryWrite', 'ServiceConnect'], signal),
  );
  const hubCertificates = new ArmCertificates((hubId, signal) => hubs.connection(hubId, [], signal));
  sources = {
    azure,
    management,
    hubs,
    registries,
    hubCertificates,
    authorities: { list: async () => [], issued: async () => [] },
  };
  operations = cleanUpOperations({
    ...sources,
    management,
    registries,
    hubCertificates,
  } as unknown as CleanUpNeeds);
});
afterAll(async () => {
  registries.dispose();
  azure.dispose();
  await hub.close();
});

let resourceLog: MemoryResourceLog;
beforeEach(() => {
  resourceLog = new MemoryResourceLog();
});

async function makeGroup(name: string): Promise<void> {
  await arm.createResourceGroup({ name, location: 'local', tags: {} });
  await resourceLog.add({
    kind: 'resourceGroup',
    accountId: account.id,
    subscriptionId: subscription.id,
    name,
  });
}

async function makeHub(name: string, resourceGroup: string, sku = 'S1', isOurs = true) {
  const made = await arm.createHub({
    name,
    resourceGroup,
    location: 'local',
    sku: { name: sku, units: 1 },
    partitionCount: 2,
    retentionDays: 1,
    isPublicAccessOff: false,
    isLocalAuthOff: false,
    tags: {},
  });
  if (isOurs)
    await resourceLog.add({
      kind: 'hub',
      accountId: account.id,
      subscriptionId: subscription.id,
      resourceGroup,
      name,
      sku,
    });
  azure.refresh(subscription);
  await azure.hubs(subscription);
  return azureHubId(made);
}

async function makeDevice(hubId: string, deviceId: string, isOurs = true): Promise<void> {
  const registry = await registries.forHub(hubId);
  await registry.create(deviceId, { kind: 'sas' });
  if (isOurs) await resourceLog.add({ kind: 'device', hubId, hubName: 'h', deviceId });
}

const plan = async () => {
  const findings = await checkCreatedResources(resourceLog.list(), sources);
  await resourceLog.remove(...findings.gone);
  expect(findings.unreachable).toEqual([]);
  return cleanUpPlan(findings).map(shown);
};
const defaults = (rows: readonly CleanUpRow[]) =>
  new Set(rows.filter(({ isPreselected }) => isPreselected).map(({ id }) => id));
const tick = (rows: readonly ShownRow[], label: string) => {
  const before = defaults(rows);
  const row = rows.find((one) => one.label === label);
  return resolveSelection(rows, before, new Set([...before, row?.id ?? '']));
};
const run = async (rows: readonly CleanUpRow[], ticked: ReadonlySet<string>, signal = never) =>
  outcomeSummary(await runCleanUp(rows, ticked, operations, resourceLog, { signal }));

describe('Clean Up of an account', () => {
  it('deletes a resource group with hubs, devices and certificates', async () => {
    await makeGroup('plant');
    const paid = await makeHub('pumps', 'plant');
    await makeHub('spare', 'plant', 'F1');
    await makeDevice(paid, 'pump-1');
    const access = await sources.hubCertificates.forHub(paid);
    const { pem } = await makeCertificate({ commonName: 'CA', isAuthority: true });
    await access.upload('CA', pem, { isVerified: true });
    await resourceLog.add({ kind: 'hubCertificate', hubId: paid, hubName: 'pumps', name: 'CA' });

    const rows = await plan();
    expect(rows.map(({ label, isPreselected }) => [label, isPreselected])).toEqual([
      ['plant', true],
      ['pumps', true],
      ['spare', true],
      ['pump-1', true],
      ['CA', true],
    ]);
    expect(rows[0]?.description).toContain('billed');
    expect(await run(rows, defaults(rows))).toBe('1 resource deleted.');
    expect(resourceLog.list()).toEqual([]);
    expect(await arm.resourceGroup('plant')).toBeUndefined();
    expect(await arm.hub({ resourceGroup: 'plant', name: 'pumps' })).toBeUndefined();
  });

  it('keeps resources not created by the extension unless they are selected', async () => {
    await makeGroup('shared');
    const ours = await makeHub('ours', 'shared');
    await makeHub('theirs', 'shared', 'S1', false);
    await makeDevice(ours, 'd');
    const rows = await plan();
    expect(rows.map(({ label, isPreselected }) => [label, isPreselected])).toEqual([
      ['shared', false],
      ['ours', true],
      ['d', true],
    ]);
    expect(await run(rows, defaults(rows))).toBe('1 resource deleted.');
    expect(await arm.hub({ resourceGroup: 'shared', name: 'ours' })).toBeUndefined();
    expect(await arm.hub({ resourceGroup: 'shared', name: 'theirs' })).toMatchObject({ name: 'theirs' });
    const left = await plan();
    expect(left.map(({ label, isPreselected }) => [label, isPreselected])).toEqual([['shared', false]]);
    expect(await run(left, tick(left, 'shared'))).toBe('1 resource deleted.');
    expect(await arm.resourceGroup('shared')).toBeUndefined();
  });

  it('does not preselect a hub with devices registered elsewhere', async () => {
    await makeGroup('field');
    const field = await makeHub('field-hub', 'field');
    await makeDevice(field, 'ours');
    await makeDevice(field, 'theirs', false);
    const rows = await plan();
    expect(rows.map(({ label, isPreselected }) => [label, isPreselected])).toEqual([
      ['field', false],
      ['field-hub', false],
      ['ours', false],
    ]);
    expect(rows[1]?.detail).toContain('1 of its devices was not registered here');
    expect(await run(rows, resolveSelection(rows, new Set(), new Set([rows[2]?.id ?? ''])))).toBe(
      '1 resource deleted.',
    );
    const registry = await registries.forHub(field);
    expect(await registry.find('ours')).toBeUndefined();
    expect(await registry.find('theirs')).toBeDefined();
    await arm.deleteResourceGroup('field');
  });

  it("reports that the process's own hub and group are locked, and deletes what is in them", async () => {
    const own = (await azure.hubs(subscription)).find(({ name }) => name === 'local-hub');
    if (!own) throw new Error('no own hub');
    const { accountId, subscriptionId } = { accountId: account.id, subscriptionId: subscription.id };
    await resourceLog.add(
      { kind: 'resourceGroup', accountId, subscriptionId, name: own.resourceGroup },
      { kind: 'hub', accountId, subscriptionId, resourceGroup: own.resourceGroup, name: own.name, sku: 'S1' },
    );
    await makeDevice(azureHubId(own), 'd');
    const rows = await plan();
    const all = new Set(rows.map(({ id }) => id));
    const outcomes = await runCleanUp(rows, all, operations, resourceLog, { signal: never });
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'locked' } }]);
    expect(resourceLog.list()).toHaveLength(3);
    const device = rows.find(({ label }) => label === 'd');
    expect(await run(rows, new Set([device?.id ?? '']))).toBe('1 resource deleted.');
  });

  it('completes a canceled deletion in a second run', async () => {
    await makeGroup('a');
    await makeHub('a-hub', 'a');
    await makeGroup('b');
    const rows = await plan();
    const controller = new AbortController();
    const outcomes = await runCleanUp(rows, defaults(rows), operations, resourceLog, {
      signal: controller.signal,
      report: (progress) => {
        // Azure has accepted the request and reports its progress.
        if (progress.state !== undefined && resourceText(progress.resource) === 'resource group a')
          controller.abort(abortError());
      },
    });
    expect(
      outcomes.find(({ resource: find }) => 'name' in find.created && find.created.name === 'a')?.status,
    ).toBe('cut');
    await expect.poll(() => arm.resourceGroup('a')).toBeUndefined();
    const left = await plan();
    await run(left, defaults(left));
    expect(await plan()).toEqual([]);
    expect(resourceLog.list()).toEqual([]);
    expect(await arm.resourceGroup('b')).toBeUndefined();
  });
});
