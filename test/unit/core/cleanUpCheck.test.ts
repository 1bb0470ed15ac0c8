import { describe, expect, it } from 'vitest';
import { resourcesText } from '../../../src/features/cleanUp/lazy/resourceText';
import { abortError } from '../../../src/core/base/abort';
import { checkCreatedResources } from '../../../src/core/azure/checkCreatedResources';
import { type CleanUpScope, type CleanUpSources } from '../../../src/core/azure/checkOptions';
import { existingDevices } from '../../../src/core/azure/deviceInventory';
import { cleanUpPlan } from '../../../src/core/azure/cleanUpPlan';
import { type CreatedResource } from '../../../src/core/azure/createdResources';
import { type AzureHub, type AzureSubscription, type Resource } from '../../../src/core/azure/resources';
import { type HubCertificates } from '../../../src/core/certificate/hubCertificates';
import { type DeviceSummary } from '../../../src/core/device/device';
import { type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { IotError } from '../../../src/core/errors';
import { type Hub } from '../../../src/core/hub/hub';
import { aManagement, anAzureDirectory } from '../../support/azure';
import { aHubCertificate, anAuthority, anIssuedCertificate } from '../../support/certificates';
import {
  aHub,
  aSubscription,
  hubIdOfName,
  hubResource,
  madeDevice,
  madeGroup,
  madeHub,
  otherResource,
  shown,
} from '../../support/cleanUp';

/** Hubs, groups and devices that a test can modify. */
class World {
  subscriptions: readonly AzureSubscription[] = [aSubscription];
  groups = new Map<string, readonly Resource[]>();
  hubs: AzureHub[] = [];
  /** Hubs in the tree, by ID. */
  listed = new Map<string, Pick<Hub, 'kind' | 'name'> & { readonly hostName?: string }>([
    ['local-hub', { kind: 'local', name: 'Local Hub' }],
  ]);
  devices = new Map<string, string[]>();
  certificates = new Map<string, string[]>();
  authorities: string[] = [];
  failing = new Map<string, Error>();
  asked: string[] = [];
  isReadByTree = true;

  private ask(what: string): void {
    this.asked.push(what);
    const failure = this.failing.get(what);
    if (failure) throw failure;
  }

  sources(): CleanUpSources {
    return {
      azure: anAzureDirectory({
        accounts: async () => [...new Set(this.subscriptions.map(({ account }) => account))],
        allSubscriptions: async (account) => ({
          subscriptions: this.subscriptions.filter((one) => one.account.id === account.id),
          failures: [],
        }),
        hubs: async () => this.hubs,
        find: (hubId) => {
          const hub = this.hubs.find(({ name, resourceGroup }) => hubIdOfName(name, resourceGroup) === hubId);
          return hub && this.isReadByTree ? { hub, subscription: aSubscription } : undefined;
        },
      }),
      management: aManagement({
        resourceGroup: async (name) => {
          this.ask(`group ${name}`);
          return this.groups.has(name) ? { name, location: 'x', tags: {} } : undefined;
        },
        resourceGroups: async () =>
          [...this.groups.keys()].map((name) => ({ name, location: 'x', tags: {} })),
        resourcesOf: async (name) => this.groups.get(name) ?? [],
        hub: async ({ name }) => {
          this.ask(`hub ${name}`);
          return this.hubs.find((hub) => hub.name === name);
        },
        hubs: async () => this.hubs,
      }),
      hubs: {
        find: (hubId) => {
          const azure = this.hubs.find((hub) => hubIdOfName(hub.name, hub.resourceGroup) === hubId);
          const hub = this.listed.get(hubId) ?? (azure && { kind: 'azure', name: azure.name });
          return hub && ({ id: hubId, ...hub } as unknown as Hub);
        },
        connection: async (hubId) =>
          ({
            hostName:
              this.listed.get(hubId)?.hostName ??
              (hubId === 'local-hub' ? 'localhost' : `${hubId.split('/').at(-1)}.azure-devices.net`),
          }) as never,
      },
      registries: {
        forHub: async (hubId) => {
          this.ask(`registry ${hubId}`);
          const there = this.devices.get(hubId) ?? [];
          return registryOf(there);
        },
      },
      hubCertificates: {
        forHub: async (hubId) => {
          this.ask(`certificates ${hubId}`);
          const names = this.certificates.get(hubId) ?? [];
          return {
            list: async () => names.map((name) => aHubCertificate({ name, isVerified: true })),
          } as unknown as HubCertificates;
        },
      },
      authorities: {
        list: async () => this.authorities.map((id) => anAuthority({ id, name: `CA ${id}` })),
        issued: async () => this.authorities.map((id) => anIssuedCertificate({ authorityId: id })),
      },
    };
  }

  check(resources: readonly CreatedResource[], scope: CleanUpScope = {}) {
    return checkCreatedResources(resources, this.sources(), {
      scope,
      retry: { wait: async () => undefined },
    });
  }
}

const summary = (deviceId: string) => ({ deviceId }) as DeviceSummary;

function registryOf(there: readonly string[]) {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    find: async (deviceId: string) => (calls++, there.includes(deviceId) ? summary(deviceId) : undefined),
    list: async (query: string, pageSize: number, continuation?: string) => {
      calls++;
      const among = /IN \[(.*)\]$/.exec(query)?.[1];
      const wanted = among
        ? [...among.matchAll(/'((?:[^']|'')*)'/g)].map(([, id]) => (id ?? '').replaceAll("''", "'"))
        : undefined;
      const all = there.filter((id) => !wanted || wanted.includes(id));
      const from = Number(continuation ?? 0);
      const page = all.slice(from, from + pageSize).map(summary);
      return {
        devices: page,
        ...(from + pageSize < all.length ? { continuation: String(from + pageSize) } : {}),
      };
    },
  } as unknown as DeviceRegistry & { readonly calls: number };
}

const certificate = (name: string, hubId = 'local-hub') =>
  ({ kind: 'hubCertificate', hubId, hubName: 'Local Hub', name }) as const;

describe('Checking created resources', () => {
  it('distinguishes existing from deleted resources in Azure, on the local hub and on this computer', async () => {
    const world = new World();
    world.groups.set('rg', [hubResource('h'), otherResource('photos')]);
    world.hubs = [aHub('h')];
    world.devices.set('local-hub', ['d1', 'sample']);
    world.certificates.set('local-hub', ['CA']);
    world.authorities = ['a1'];
    const { found, gone, unreachable } = await world.check([
      madeGroup('rg'),
      madeGroup('gone-rg'),
      madeHub('h'),
      madeHub('gone-h'),
      madeDevice('d1'),
      madeDevice('gone-d'),
      certificate('CA'),
      certificate('gone-CA'),
      { kind: 'authority', authorityId: 'a1', name: 'Old name' },
    ]);
    expect(unreachable).toEqual([]);
    expect(gone.map((resource) => ('name' in resource ? resource.name : resource.deviceId)).sort()).toEqual([
      'gone-CA',
      'gone-d',
      'gone-h',
      'gone-rg',
    ]);
    expect(found.map(({ kind }) => kind).sort()).toEqual([
      'authority',
      'device',
      'hub',
      'hubCertificate',
      'resourceGroup',
    ]);
    expect(found).toContainEqual(
      expect.objectContaining({
        kind: 'resourceGroup',
        foreign: [otherResource('photos')],
        paidHubs: ['h'],
      }),
    );
    expect(found).toContainEqual(expect.objectContaining({ kind: 'authority', name: 'CA a1', issued: 1 }));
  });

  it('does not take a resource for deleted that was created a moment ago, or that Azure still lists', async () => {
    const world = new World();
    const minute = 60_000;
    const ofHub = { ...madeDevice('d1'), hubId: hubIdOfName('new'), hubName: 'new' };
    const made = [{ ...madeGroup('new-rg'), createdAt: 0 }, { ...madeHub('new'), createdAt: 0 }, ofHub];
    for (const [at, forgotten] of [
      [minute, 0],
      [59 * minute, 0],
      [61 * minute, 3],
    ] as const) {
      const { gone, unreachable } = await checkCreatedResources(made, world.sources(), { now: () => at });
      expect(gone).toHaveLength(forgotten);
      expect(unreachable.flatMap(({ resources }) => resources)).toHaveLength(3 - forgotten);
    }
    // One server answers 404, another lists it.
    world.groups.set('old-rg', []);
    world.hubs = [aHub('old')];
    const sources = world.sources();
    const management = aManagement({
      ...sources.management.forSubscription(aSubscription),
      hub: async () => undefined,
      resourceGroup: async () => undefined,
    });
    const listed = await checkCreatedResources(
      [
        { ...madeGroup('old-rg'), createdAt: 0 },
        { ...madeHub('old'), createdAt: 0 },
      ],
      { ...sources, management },
      { now: () => 61 * minute },
    );
    expect(listed).toMatchObject({ gone: [], found: [], unreachable: [{}, {}] });
  });

  it('neither lists nor forgets a key whose folder is unavailable', async () => {
    const { found, gone } = await new World().check([{ kind: 'authority', authorityId: 'a', name: 'A' }]);
    expect([...found, ...gone]).toEqual([]);
  });

  it('counts devices that were not registered here, also on a hub by connection string', async () => {
    const world = new World();
    world.hubs = [aHub('h')];
    world.listed.set('saved', { kind: 'connectionString', name: 'Mine', hostName: 'H.azure-devices.net' });
    world.devices.set(hubIdOfName('h'), ['ours', 'ours-too', 'theirs']);
    world.devices.set('saved', ['ours', 'ours-too', 'theirs']);
    const { found } = await world.check([
      madeHub('h'),
      madeDevice('ours', hubIdOfName('h'), 'h'),
      madeDevice('ours-too', 'saved', 'Mine'),
    ]);
    expect(found.find(({ kind }) => kind === 'hub')).toMatchObject({
      devices: { count: 3, foreign: 1, isMore: false },
    });
    const rows = cleanUpPlan({ found }).map(shown);
    expect(rows.filter(({ within }) => within.length > 0).map(({ label }) => label)).toEqual([
      'ours',
      'ours-too',
    ]);
  });

  it('stops counting after a thousand devices', async () => {
    const world = new World();
    world.hubs = [aHub('h')];
    world.devices.set(
      hubIdOfName('h'),
      Array.from({ length: 5_000 }, (_, n) => `d${n}`),
    );
    const { found } = await world.check([madeHub('h')]);
    expect(found[0]).toMatchObject({ devices: { count: 1_000, isMore: true } });
  });

  it('forgets resources on a deleted hub', async () => {
    const { gone } = await new World().check([
      madeDevice('d', hubIdOfName('gone'), 'gone'),
      certificate('CA', hubIdOfName('gone')),
    ]);
    expect(gone).toHaveLength(2);
  });

  it('reports unreachable resources with the reason, and finds the others', async () => {
    const world = new World();
    world.groups.set('rg', []);
    world.failing.set(
      'registry local-hub',
      new IotError('unreachable', 'localhost:8443 cannot be reached: is the local hub running?'),
    );
    world.failing.set('group no', new IotError('forbidden', 'The account may not read group no.'));
    world.certificates.set('local-hub', ['CA']);
    const { found, gone, unreachable } = await world.check([
      madeGroup('rg'),
      madeGroup('no'),
      madeDevice('d'),
      certificate('CA'),
      madeDevice('x', 'removed', 'Old Hub'),
    ]);
    expect(gone).toEqual([]);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['hubCertificate', 'resourceGroup']);
    expect(unreachable.map((one) => [resourcesText(one), one.reason.slice(0, 30)])).toEqual(
      expect.arrayContaining([
        ['resource group "no"', 'The account may not read group'],
        ['1 device on hub "Local Hub"', 'localhost:8443 cannot be reach'],
        ['1 device on hub "Old Hub"', 'This hub was removed from the '],
      ]),
    );
  });

  it('lists a hub whose devices cannot be read, and reports it', async () => {
    const world = new World();
    world.hubs = [aHub('h')];
    world.failing.set(`registry ${hubIdOfName('h')}`, new IotError('forbidden', 'No key.'));
    const { found } = await world.check([madeHub('h')]);
    expect(found).toMatchObject([{ kind: 'hub', devices: undefined, failure: { code: 'forbidden' } }]);
  });

  it('asks to sign in when no account has access to the subscription, and forgets nothing', async () => {
    const world = new World();
    world.subscriptions = [];
    const { gone, unreachable } = await world.check([madeGroup('rg'), madeHub('h')]);
    expect(gone).toEqual([]);
    expect(unreachable).toMatchObject(
      [{ reason: /sign in/i, action: { kind: 'signIn' } }, { reason: /sign in/i }].map((one) => ({
        ...one,
        reason: expect.stringMatching(one.reason) as string,
      })),
    );
  });

  it('offers to select an excluded tenant that may contain the subscription', async () => {
    const sources = new World().sources();
    const list = { subscriptions: [], failures: [], hiddenTenants: ['guest'] };
    const azure = { ...sources.azure, allSubscriptions: async () => list };
    const { gone, unreachable } = await checkCreatedResources([madeGroup('rg')], { ...sources, azure });
    expect(gone).toEqual([]);
    expect(unreachable).toMatchObject([
      {
        reason: expect.stringContaining('Select the tenant') as string,
        action: { kind: 'chooseSubscriptions' },
      },
    ]);
  });

  it('checks the other resources when the accounts cannot be read', async () => {
    const world = new World();
    world.devices.set('local-hub', ['d']);
    const sources = world.sources();
    const failure = new IotError('setupMissing', 'The custom cloud is not described.');
    const azure = { ...sources.azure, accounts: () => Promise.reject(failure) };
    const { found, unreachable } = await checkCreatedResources([madeGroup('rg'), madeDevice('d')], {
      ...sources,
      azure,
    });
    expect(found.map(({ kind }) => kind)).toEqual(['device']);
    expect(unreachable.map(({ reason }) => reason)).toEqual(['The custom cloud is not described.']);
  });

  it('finds the subscription through another account', async () => {
    const world = new World();
    world.subscriptions = [{ ...aSubscription, account: { id: 'bert', label: 'bert@contoso.com' } }];
    world.groups.set('rg', []);
    const { found } = await world.check([madeGroup('rg')]);
    expect(found).toMatchObject([{ subscription: { account: { id: 'bert' } } }]);
  });

  it('names the subscription that is hidden in the tree', async () => {
    const world = new World();
    world.hubs = [aHub('h')];
    world.isReadByTree = false;
    const { unreachable } = await world.check([madeDevice('d', hubIdOfName('h'), 'h')]);
    expect(unreachable).toMatchObject([{ action: { kind: 'chooseSubscriptions' } }]);
  });

  it('makes no requests outside of known accounts and subscriptions', async () => {
    const world = new World();
    world.groups.set('rg', []);
    world.devices.set('local-hub', ['d']);
    const resources = [
      madeGroup('rg'),
      { ...madeGroup('elsewhere'), subscriptionId: 'sub-2', accountId: 'bert' },
      madeDevice('d'),
      { kind: 'authority', authorityId: 'a', name: 'A' } as const,
    ];
    for (const scope of [{ accountId: 'anna' }, { accountId: 'anna', subscriptionId: 'SUB-1' }]) {
      world.asked = [];
      const { found, unreachable } = await world.check(resources, scope);
      expect(found.map(({ created }) => created)).toEqual([madeGroup('rg')]);
      expect(unreachable).toEqual([]);
      expect(world.asked).toEqual(['group rg']);
    }
  });

  it('stops when canceled', async () => {
    const world = new World();
    await expect(
      checkCreatedResources([madeDevice('d')], world.sources(), { signal: AbortSignal.abort(abortError()) }),
    ).rejects.toThrow('Canceled');
  });

  it('ignores a hub that is being deleted', async () => {
    const world = new World();
    world.hubs = [{ ...aHub('h'), state: 'Deleting' }];
    expect(await world.check([madeHub('h')])).toEqual({ found: [], gone: [], unreachable: [] });
  });
});

describe('Checking many devices', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `it's-${n}`);

  it('uses few queries and escapes quotes in IDs', async () => {
    const registry = registryOf(ids(1_200));
    const { there, unsure } = await existingDevices(registry, ids(1_200), {});
    expect(there.size).toBe(1_200);
    expect(unsure.size).toBe(0);
    expect(registry.calls).toBe(12);
  });

  it('looks up devices that the query index does not contain yet', async () => {
    const registry = registryOf(ids(50));
    const behind = { ...registry, list: async () => ({ devices: ids(45).map(summary) }) };
    const { there } = await existingDevices(behind, ids(50), {});
    expect(there.size).toBe(50);
  });

  it('does not look up too many missing devices', async () => {
    const registry = registryOf(ids(10));
    const { there, unsure } = await existingDevices(registry, ids(500), {});
    expect([there.size, unsure.size]).toEqual([10, 490]);
  });

  it('limits the length of statements with long IDs', async () => {
    const long = Array.from({ length: 100 }, (_, n) => `${n}`.padStart(128, 'x'));
    let longest = 0;
    const registry = registryOf(long);
    const watched = {
      list: (query: string, pageSize: number, continuation?: string) => {
        longest = Math.max(longest, query.length);
        return registry.list(query, pageSize, continuation);
      },
      find: (deviceId: string) => registry.find(deviceId),
    };
    expect((await existingDevices(watched, long, {})).there.size).toBe(100);
    expect(longest).toBeLessThan(8_000);
  });
});
