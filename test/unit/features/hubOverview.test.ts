import { describe, expect, it, vi } from 'vitest';
import { type AzureDirectory } from '../../../src/core/azure/azureDirectory';
import { abortError } from '../../../src/core/base/abort';
import { type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { IotError } from '../../../src/core/errors';

import { type HubConnection } from '../../../src/core/hub/hubConnection';
import { type HubSettings } from '../../../src/core/hub/hubSettings';
import { hubNotice } from '../../../src/features/hubOverview/lazy/hubNotice';
import { OverviewReader, type ReaderNeeds } from '../../../src/features/hubOverview/lazy/overviewReader';
import { sectionNames, stateSchema } from '../../../src/webview/hubOverview/api';
import { anAzureDirectory, anAzureHub, aSubscription } from '../../support/azure';
import { aLocalHub, anAccountHub, aSavedHub } from '../../support/hubs';
import * as v from 'valibot';

const management = {
  endpoint: 'https://management.azure.com',
  subscriptionId: 's1',
  resourceGroup: 'rg-iot',
  hubName: 'factory',
  credential: { tokenFile: '/t' },
};
const aConnection = (change: Partial<HubConnection> = {}): HubConnection => ({
  hostName: 'factory.azure-devices.net',
  policyName: 'service',
  key: 'c2VjcmV0',
  mqttPort: 8883,
  httpsPort: 443,
  amqpPort: 5671,
  ...change,
});
const aSettings = (change: Partial<HubSettings> = {}): HubSettings => ({
  hub: async () => anAzureHub({ sku: { name: 'F1', tier: 'Free', units: 1 } }),
  quota: async () => ({ used: 6_500, limit: 8_000, devices: { used: 3, limit: 500 } }),
  statistics: async () => ({ total: 3, enabled: 2, disabled: 1 }),
  policies: async () => [{ name: 'service', rights: ['ServiceConnect'] }],
  consumerGroups: async () => ['$Default'],
  routing: async () => ({ routes: [], isFallbackOn: true, endpoints: [] }),
  createConsumerGroup: async () => undefined,
  deleteConsumerGroup: async () => undefined,
  addRoute: async () => undefined,
  removeRoute: async () => undefined,
  setFallback: async () => undefined,
  ...change,
});

function aReader({
  connection = aConnection({ management }),
  settings = aSettings(),
  registry = {},
  azure = {},
}: {
  readonly connection?: HubConnection;
  readonly settings?: HubSettings;
  readonly registry?: Partial<DeviceRegistry>;
  readonly azure?: Partial<AzureDirectory>;
} = {}) {
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const services = {
    hubs: { connection: async () => connection },
    hubSettings: { forHub: async () => settings },
    registries: {
      forHub: async () => ({
        connectedCount: async () => 1,
        statistics: async () => ({ total: 7, enabled: 7, disabled: 0 }),
        ...registry,
      }),
    },
    azure: anAzureDirectory(azure),
    log,
  } as unknown as ReaderNeeds;
  const onChange = vi.fn();
  const reader = new OverviewReader('h', services, onChange, () => 1_000);
  return { reader, onChange, log };
}

describe('hub overview data', () => {
  it('includes everything from the management of the hub, and the connections from its registry', async () => {
    const { reader, onChange } = aReader();
    await reader.read(sectionNames);
    const { properties, messages, devices, connected, policies, consumerGroups, routing } = reader.sections;
    expect(properties.data?.hub).toMatchObject({
      state: 'Active',
      location: 'westeurope',
      subscription: { name: null, id: 's1' },
    });
    expect(messages?.data).toEqual({ isReported: true, used: 6_500, limit: 8_000, meterBytes: 512 });
    expect(devices.data).toEqual({ total: 3, enabled: 2, disabled: 1, limit: 500 });
    expect(connected.data).toEqual({ count: 1 });
    expect(policies?.data).toEqual([{ name: 'service', rights: ['ServiceConnect'] }]);
    expect(consumerGroups?.data).toEqual(['$Default']);
    expect(routing?.data?.isFallbackOn).toBe(true);
    expect(reader.asOf).toBe(1_000);
    expect(reader.isLoading).toBe(false);
    expect(onChange).toHaveBeenCalled();
  });

  it('matches the page contract and contains no key', async () => {
    const { reader } = aReader();
    await reader.read(sectionNames);
    expect(v.safeParse(stateSchema.entries.sections, reader.sections).issues).toBeUndefined();
    expect(JSON.stringify(reader.sections)).not.toContain('c2VjcmV0');
  });

  it('loads the quota once for two sections', async () => {
    const quota = vi.fn(async () => ({ used: 1, limit: 2 }));
    const { reader } = aReader({ settings: aSettings({ quota }) });
    await reader.read(['messages', 'devices']);
    expect(quota).toHaveBeenCalledTimes(1);
    expect(reader.sections.devices.data?.limit).toBeNull();
  });

  it('fails per section, with a message and an action', async () => {
    const action = { kind: 'copyRoleAssignment', hubId: 'h', role: 'Reader' } as const;
    const policies = async () => {
      throw new IotError('forbidden', 'You may not: SharedAccessKey=c2VjcmV0c2VjcmV0', { action });
    };
    const connectedCount = async () => {
      throw new TypeError('bug');
    };
    const { reader, log } = aReader({ settings: aSettings({ policies }), registry: { connectedCount } });
    await reader.read(sectionNames);
    expect(reader.sections.policies).toMatchObject({ data: null, isLoading: false });
    expect(reader.sections.policies?.problem?.action).toBe('Copy az Command');
    expect(reader.sections.policies?.problem?.message).not.toContain('c2VjcmV0');
    expect(reader.actionOf('policies')).toEqual(action);
    expect(reader.sections.connected.problem?.message).toMatch(/See the log for details/);
    expect(log.error).toHaveBeenCalledTimes(2);
    expect(reader.sections.consumerGroups?.data).toEqual(['$Default']);
  });

  it('is kept when reloading fails', async () => {
    let isBroken = false;
    const consumerGroups = async () => {
      if (isBroken) throw new IotError('throttled', 'Azure asks to slow down.');
      return ['$Default', 'a'];
    };
    const { reader } = aReader({ settings: aSettings({ consumerGroups }) });
    await reader.read(['consumerGroups']);
    isBroken = true;
    await reader.read(['consumerGroups']);
    expect(reader.sections.consumerGroups).toMatchObject({
      data: ['$Default', 'a'],
      problem: { message: 'Azure asks to slow down.' },
    });
    isBroken = false;
    await reader.read(['consumerGroups']);
    expect(reader.sections.consumerGroups?.problem).toBeNull();
  });

  it('is the newest, even if an older response arrives later', async () => {
    const answers: ((names: readonly string[]) => void)[] = [];
    const consumerGroups = () => new Promise<readonly string[]>((resolve) => answers.push(resolve));
    const { reader } = aReader({ settings: aSettings({ consumerGroups }) });
    const first = reader.read(['consumerGroups']);
    const second = reader.read(['consumerGroups']);
    await vi.waitFor(() => expect(answers).toHaveLength(2), 30_000);
    answers[1]?.(['new']);
    await second;
    answers[0]?.(['old']);
    await first;
    expect(reader.sections.consumerGroups?.data).toEqual(['new']);
  });

  it('stops loading silently when the panel is closed', async () => {
    const consumerGroups = () => new Promise<readonly string[]>(() => undefined);
    const hub = (signal?: AbortSignal) =>
      new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(abortError())));
    const { reader, log } = aReader({ settings: aSettings({ consumerGroups, hub }) });
    void reader.read(['properties', 'consumerGroups']);
    await new Promise((resolve) => setImmediate(resolve));
    reader.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    expect(reader.isLoading).toBe(false);
    expect(reader.sections.properties.problem).toBeNull();
    expect(log.error).not.toHaveBeenCalled();
  });

  it('is limited to host name, policy and device counts if only a connection string is known', async () => {
    const { reader } = aReader({ connection: aConnection() });
    await reader.read(sectionNames);
    expect(reader.isManaged).toBe(false);
    expect(reader.sections.properties.data).toEqual({
      hostName: 'factory.azure-devices.net',
      policyName: 'service',
      hub: null,
    });
    expect(reader.sections.devices.data).toEqual({ total: 7, enabled: 7, disabled: 0, limit: null });
    expect(reader.sections).toMatchObject({
      messages: null,
      policies: null,
      consumerGroups: null,
      routing: null,
    });
    expect(reader.isLoading).toBe(false);
  });

  it.each([
    ['has a different state than the tree shows', async () => anAzureHub({ state: 'Deleting' }), 1],
    ['has the same state as the tree shows', async () => anAzureHub(), 0],
    [
      'no longer exists',
      async () => {
        throw new IotError('notFound', 'gone');
      },
      1,
    ],
  ])('refreshes the tree when the hub %s', async (_, hub, times) => {
    const refresh = vi.fn();
    const find = () => ({ hub: anAzureHub(), subscription: aSubscription() });
    const { reader } = aReader({ settings: aSettings({ hub }), azure: { refresh, find } });
    await reader.read(['properties']);
    expect(refresh).toHaveBeenCalledTimes(times);
  });
});

describe('hub overview notice', () => {
  it('is absent if the hub is available', () => {
    expect(hubNotice('factory', aSavedHub(), true)).toEqual({ isReachable: true, notice: null });
    expect(hubNotice('factory', aSavedHub(), undefined).notice).toBeNull();
  });

  it('reports a hub that no longer exists', () => {
    const { isReachable, notice } = hubNotice('factory', undefined, true);
    expect(isReachable).toBe(false);
    expect(notice?.text).toMatch(/"factory" no longer exists/);
  });

  it('offers to start a stopped hub, which is not queried', () => {
    expect(hubNotice('Local Hub', aLocalHub({ kind: 'stopped' }), true)).toEqual({
      isReachable: false,
      notice: { kind: 'info', text: 'Local Hub is stopped.', action: 'Start Local Hub' },
      action: { title: 'Start Local Hub', command: 'iotHubWorkbench.startLocalHub', args: [] },
    });
  });

  it('reports a hub that Azure has suspended, which is still queried', () => {
    const suspended = anAccountHub({ state: 'Suspended' });
    expect(hubNotice('factory', suspended, true)).toMatchObject({
      isReachable: true,
      notice: {
        kind: 'error',
        text: 'Hub "factory" cannot be used. Its state in Azure is suspended.',
        action: 'Retry',
      },
    });
    expect(hubNotice('factory', anAccountHub({ state: 'Deleting' }), true)).toMatchObject({
      isReachable: true,
      notice: { text: 'The hub is being deleted…' },
    });
  });

  it('offers to sign in for a hub with a connection string only', () => {
    const { isReachable, notice, action } = hubNotice('factory', aSavedHub(), false);
    expect(isReachable).toBe(true);
    expect(notice?.text).toMatch(/quota/);
    expect(action?.command).toBe('iotHubWorkbench.signIn');
  });
});
