import { describe, expect, it, vi } from 'vitest';
import { anAccountHub } from '../../support/hubs';
import { azureHubId } from '../../../src/core/azure/azureDirectory';
import { type AzureHub, type HubPolicy } from '../../../src/core/azure/resources';
import { Emitter } from '../../../src/core/base/event';
import { IotError } from '../../../src/core/errors';
import { presentHub } from '../../../src/explorer/hubPresentation';
import { AzureHubs } from '../../../src/features/azure/azureHubs';
import { aManagement, anAccount, anAzureHub, aPolicy, aSubscription } from '../../support/azure';

const standard = [
  aPolicy('iothubowner', 'RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'),
  aPolicy('service', 'ServiceConnect'),
  aPolicy('device', 'DeviceConnect'),
  aPolicy('registryRead', 'RegistryRead'),
  aPolicy('registryReadWrite', 'RegistryRead', 'RegistryWrite'),
];
const forbidden = new IotError('forbidden', 'You may not read the keys.');

interface Situation {
  readonly hub?: AzureHub;
  readonly access?: 'auto' | 'entraId' | 'sharedAccessKey';
  readonly policies?: () => Promise<readonly HubPolicy[]>;
  /** Other responses of the directory. */
  readonly directory?: Partial<ConstructorParameters<typeof AzureHubs>[0]>;
}

function someHubs({
  hub = anAzureHub(),
  access = 'auto',
  policies = async () => standard,
  directory = {},
}: Situation = {}) {
  const clock = { now: 0 };
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const hubTokens = { getToken: vi.fn() };
  const tokens = { getToken: vi.fn() };
  const read = vi.fn(policies);
  const entry = { hub, subscription: aSubscription() };
  const readHubs = vi.fn(async () => [hub]);
  const hubs = new AzureHubs(
    {
      onDidChange: new Emitter<void>().event,
      known: () => [entry],
      accounts: async () => [anAccount()],
      find: (hubId) => (hubId === azureHubId(hub) ? entry : undefined),
      subscriptions: async () => ({
        subscriptions: [aSubscription(), aSubscription({ id: 's2' })],
        failures: [],
      }),
      hubs: readHubs,
      ...directory,
    },
    aManagement({ hubTokens, tokens, policies: read }),
    () => access,
    log,
    () => clock.now,
  );
  return { hubs, readHubs, id: azureHubId(hub), read, log, clock, hubTokens, tokens };
}

describe('A hub of an account', () => {
  it('is connected without a key if no right is requested', async () => {
    const { hubs, id, read, tokens } = someHubs();
    const connection = await hubs.connection(id, []);
    expect(connection).toMatchObject({
      hostName: 'factory.azure-devices.net',
      policyName: '',
      key: '',
      httpsPort: 443,
    });
    expect(connection.management).toMatchObject({ hubName: 'factory', credential: tokens });
    expect(read).not.toHaveBeenCalled();
  });

  it.each([
    [['ServiceConnect'], 'service'],
    [['RegistryRead'], 'registryRead'],
    [['RegistryRead', 'RegistryWrite'], 'registryReadWrite'],
    [['DeviceConnect'], 'device'],
  ] as const)('for %j uses the policy %s', async (rights, policyName) => {
    const { hubs, id } = someHubs();
    expect(await hubs.connection(id, rights)).toMatchObject({ policyName });
  });

  it('reads its keys once every few minutes, and again after one was rejected', async () => {
    const { hubs, id, read, clock } = someHubs();
    await Promise.all([hubs.connection(id, ['RegistryRead']), hubs.connection(id, ['ServiceConnect'])]);
    expect(read).toHaveBeenCalledTimes(1);
    hubs.forgetKeys(id);
    await hubs.connection(id, ['RegistryRead']);
    expect(read).toHaveBeenCalledTimes(2);
    clock.now += 10 * 60_000;
    await hubs.connection(id, ['RegistryRead']);
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('reads its keys again after a failure', async () => {
    const { hubs, id, read } = someHubs();
    read.mockRejectedValueOnce(new IotError('unreachable', 'No network.'));
    await expect(hubs.connection(id, ['RegistryRead'])).rejects.toThrow('No network.');
    expect(await hubs.connection(id, ['RegistryRead'])).toMatchObject({ policyName: 'registryRead' });
  });

  it('is used with Microsoft Entra ID if local authentication is disabled, its keys cannot be read, or the setting requires it', async () => {
    const isOff = anAzureHub({ isLocalAuthOff: true });
    const locked = new IotError('locked', 'A lock prevents it.');
    for (const { hubs, id, hubTokens } of [
      someHubs({ hub: isOff }),
      someHubs({ policies: () => Promise.reject(forbidden) }),
      someHubs({ policies: () => Promise.reject(locked) }),
      someHubs({ access: 'entraId' }),
    ]) {
      hubTokens.getToken.mockResolvedValue({ token: 'of the hub', expiresAt: 1 });
      const connection = await hubs.connection(id, ['RegistryRead']);
      expect(connection).toMatchObject({ policyName: '', key: '' });
      expect(await connection.tokens?.getToken()).toMatchObject({ token: 'of the hub' });
    }
  });

  it('names why its keys are not used when Microsoft Entra ID issues no token for it', async () => {
    const { hubs, id, hubTokens } = someHubs({ policies: () => Promise.reject(forbidden) });
    hubTokens.getToken.mockRejectedValue(new IotError('unsupported', 'No tokens (AADSTS65002).'));
    const { tokens } = await hubs.connection(id, ['RegistryRead']);
    await expect(tokens?.getToken()).rejects.toMatchObject({
      code: 'unsupported',
      message: 'You may not read the keys. No tokens (AADSTS65002).',
    });
  });

  it('reports the reason if the setting allows only keys and there are none', async () => {
    const off = someHubs({ hub: anAzureHub({ isLocalAuthOff: true }), access: 'sharedAccessKey' });
    await expect(off.hubs.connection(off.id, ['RegistryRead'])).rejects.toMatchObject({
      code: 'unsupported',
      action: { kind: 'openSetting', setting: 'azure.dataPlaneAccess' },
    });
    const hidden = someHubs({ policies: () => Promise.reject(forbidden), access: 'sharedAccessKey' });
    await expect(hidden.hubs.connection(hidden.id, ['RegistryRead'])).rejects.toBe(forbidden);
  });

  it('is not used with Entra ID because the network failed', async () => {
    const { hubs, id } = someHubs({ policies: () => Promise.reject(new IotError('unreachable', 'Gone.')) });
    await expect(hubs.connection(id, ['RegistryRead'])).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('never uses Microsoft Entra ID on behalf of a device', async () => {
    const { hubs, id } = someHubs({ access: 'entraId' });
    expect(await hubs.connection(id, ['DeviceConnect'])).toMatchObject({ policyName: 'device' });
    const off = someHubs({ hub: anAzureHub({ isLocalAuthOff: true }) });
    await expect(off.hubs.connection(off.id, ['DeviceConnect'])).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('is monitored at its event endpoint with only the required right', async () => {
    const { hubs, id } = someHubs();
    expect(await hubs.events(id)).toMatchObject({
      host: 'iothub-ns-factory-1.servicebus.windows.net',
      entityPath: 'factory',
      policyName: 'service',
      isPlain: false,
    });
    const off = someHubs({ hub: anAzureHub({ isLocalAuthOff: true }) });
    await expect(off.hubs.events(off.id)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('on a dedicated port supports every protocol', async () => {
    const { hubs, id } = someHubs({ hub: anAzureHub({ hostName: 'localhost:4711' }) });
    expect(await hubs.connection(id, [])).toMatchObject({
      hostName: 'localhost',
      mqttPort: 4711,
      httpsPort: 4711,
      amqpPort: 4711,
    });
  });

  it('logs once which policy is used, and never a key', async () => {
    const { hubs, id, log } = someHubs();
    await hubs.connection(id, ['RegistryRead']);
    await hubs.connection(id, ['RegistryRead']);
    const lines = log.info.mock.calls.flat().map(String);
    expect(lines).toEqual([expect.stringContaining('"registryRead"')]);
    for (const { primaryKey, secondaryKey } of standard) {
      expect(lines.join()).not.toContain(primaryKey);
      expect(lines.join()).not.toContain(secondaryKey);
    }
  });

  const unread = azureHubId(anAzureHub({ name: 'unread', id: '/SUBSCRIPTIONS/S2/resourceGroups/x' }));

  it('that is requested by ID causes only its subscription to be read', async () => {
    const { hubs, readHubs, id } = someHubs();
    await expect(hubs.seek('saved-hub')).resolves.toBeUndefined();
    await expect(hubs.seek(id)).resolves.toBeUndefined();
    await expect(hubs.seek(unread)).resolves.toEqual({ message: 'This hub no longer exists.' });
    expect(readHubs.mock.calls).toMatchObject([[{ id: 's2' }]]);
  });

  it('is not read when its account is signed out, and reports that', async () => {
    const { hubs, readHubs } = someHubs({ directory: { accounts: async () => [] } });
    await expect(hubs.seek(unread)).resolves.toMatchObject({
      message: expect.stringMatching(/signed out/) as string,
      action: { kind: 'signIn' },
    });
    expect(readHubs).not.toHaveBeenCalled();
  });

  it('is not found when no account has its subscription, and offers to sign in', async () => {
    const { hubs } = someHubs();
    const other = azureHubId(anAzureHub({ id: '/subscriptions/s9/resourceGroups/x' }));
    await expect(hubs.seek(other)).resolves.toMatchObject({
      message: expect.stringMatching(/subscription/) as string,
      action: { kind: 'signIn' },
    });
  });

  it.each([
    [
      'a tenant',
      (error: IotError) => ({
        subscriptions: async () => ({ subscriptions: [], failures: [{ account: anAccount(), error }] }),
      }),
    ],
    ['its subscription', (error: IotError) => ({ hubs: async () => Promise.reject(error) })],
  ])('is not found when %s cannot be read, and offers a remedy', async (_, failing) => {
    const action = { kind: 'signIn' } as const;
    const ended = someHubs({
      directory: failing(new IotError('signInNeeded', 'The session ended.', { action })),
    });
    await expect(ended.hubs.seek(unread)).resolves.toEqual({ message: 'The session ended.', action });
    const away = someHubs({ directory: failing(new IotError('unreachable', 'Azure was not reached.')) });
    await expect(away.hubs.seek(unread)).resolves.toEqual({
      message: 'Azure was not reached.',
      canRefresh: true,
    });
  });

  it('that no longer exists is reported', async () => {
    await expect(someHubs().hubs.connection('azure:/gone', [])).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('A hub of an account in the tree', () => {
  const look = (change: Partial<AzureHub>) => presentHub(anAccountHub(change));

  it('shows resource group, region and tier', () => {
    expect(anAccountHub()).toMatchObject({
      kind: 'azure',
      name: 'factory',
      status: 'ready',
      subscriptionKey: 'azure/ann/s1',
    });
    expect(look({})).toMatchObject({
      description: 'rg-iot · westeurope · S1',
      tags: ['azure'],
      icon: 'cloud',
    });
    expect(look({ sku: { name: 'F1', tier: 'Free', units: 1 } }).description).toMatch(/ · F1 free$/);
    expect(look({ sku: { name: 'S1', tier: 'Standard', units: 2 } }).description).toMatch(/ · S1 × 2$/);
  });

  it('shows what is disabled', () => {
    const { tooltip } = look({ isLocalAuthOff: true, isPublicAccessOff: true });
    expect(tooltip).toContain('factory.azure-devices.net');
    expect(tooltip).toContain('Shared access keys are disabled');
    expect(tooltip).toContain('Public network access is disabled');
    expect(look({}).tooltip).not.toContain('disabled');
  });

  it.each([
    ['Activating', 'busy', 'creating…'],
    ['Deleting', 'busy', 'deleting…'],
    ['FailingOver', 'busy', 'failing over…'],
    ['ActivationFailed', 'failed', 'activation failed'],
    ['Suspended', 'failed', 'suspended'],
    ['SomethingNew', 'ready', 'something new'],
  ])('in the state %s is %s', (state, kind, text) => {
    const { description, tags } = look({ state });
    expect(anAccountHub({ state }).status).toBe(kind);
    expect(description).toContain(text);
    expect(tags).toEqual(kind === 'ready' ? ['azure'] : ['azure', kind]);
  });
});
