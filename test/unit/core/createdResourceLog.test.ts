import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addResources,
  createdResourceKey,
  readResourceLog,
  removeResources,
  writeResourceLog,
} from '../../../src/core/azure/createdResourceLog';
import { type CreatedResource } from '../../../src/core/azure/createdResources';
import { CreatedResourceStore } from '../../../src/workbench/createdResourceStore';

const group = (name: string): CreatedResource => ({
  kind: 'resourceGroup',
  accountId: 'anna',
  subscriptionId: 'sub-1',
  name,
});
const hub = (name: string): CreatedResource => ({
  kind: 'hub',
  accountId: 'anna',
  subscriptionId: 'sub-1',
  resourceGroup: 'rg',
  name,
  sku: 'F1',
});
const device = (deviceId: string, hubId = 'hub-1'): CreatedResource => ({
  kind: 'device',
  hubId,
  hubName: 'My Hub',
  deviceId,
});
const certificate = (name: string): CreatedResource => ({
  kind: 'hubCertificate',
  hubId: 'hub-1',
  hubName: 'My Hub',
  name,
});
const authority = (authorityId: string): CreatedResource => ({
  kind: 'authority',
  authorityId,
  name: 'Root',
});
const keys = (resources: readonly CreatedResource[]) => resources.map(createdResourceKey).sort();

describe('The log of created resources', () => {
  it('is unchanged after a round trip through JSON', () => {
    const dated = [
      { ...group('new'), createdAt: 5 },
      { ...hub('new'), createdAt: 6 },
    ];
    const resources = [
      group('rg'),
      ...dated,
      hub('h'),
      device('d1'),
      device('d2'),
      certificate('c'),
      authority('a'),
    ];
    const kept: unknown = JSON.parse(JSON.stringify(writeResourceLog(resources)));
    expect(readResourceLog(kept)).toEqual({ resources, unreadable: 0 });
  });

  it('stores thousands of devices of a hub compactly', () => {
    const resources = Array.from({ length: 10_000 }, (_, n) => device(`sensor-${n}`));
    expect(JSON.stringify(writeResourceLog(resources)).length).toBeLessThan(10_000 * 16);
  });

  it.each([
    ['nothing', undefined, 0, 0],
    ['a text', 'hello', 0, 1],
    ['null', null, 0, 1],
    ['a later version', { version: 2 }, 0, 1],
    ['lists of other types', { version: 1, groups: 1, hubs: {}, onHubs: null, authorities: 'x' }, 0, 4],
    [
      'invalid entries',
      {
        version: 1,
        groups: [null, 5, {}, { accountId: 'a', subscriptionId: 's', name: '' }],
        hubs: [{ accountId: 'a', subscriptionId: 's', resourceGroup: 'g', name: 'h', sku: 'F1' }],
        onHubs: [
          { hubId: 'x', hubName: 'X', devices: ['d', 1, null, ''], certificates: ['c'] },
          { hubId: 'y', hubName: 'Y', devices: 'd', certificates: [] },
        ],
        authorities: [{ authorityId: '__proto__', name: 'constructor' }],
      },
      4,
      8,
    ],
  ])('reads %s without failing', (_, value, count, unreadable) => {
    const read = readResourceLog(value);
    expect(read.resources).toHaveLength(count);
    expect(read.unreadable).toBe(unreadable);
  });

  it('matches Azure names case-insensitively and in any account, and device IDs exactly', () => {
    expect(createdResourceKey({ ...group('RG'), accountId: 'bert' } as CreatedResource)).toBe(
      createdResourceKey(group('rg')),
    );
    expect(addResources([hub('Hub')], [hub('hub')]).resources).toEqual([hub('hub')]);
    expect(addResources([device('D')], [device('d')]).resources).toHaveLength(2);
    expect(removeResources([group('rg'), device('d')], [group('RG'), device('D')])).toEqual([device('d')]);
  });

  it('discards the oldest devices above the limit, never a hub, and reports how many', () => {
    const known = [hub('h'), group('g'), device('old'), device('older-not')];
    const { resources, dropped } = addResources(known, [device('new')], 4);
    expect(dropped).toBe(1);
    expect(keys(resources)).toEqual(keys([hub('h'), group('g'), device('older-not'), device('new')]));
    expect(addResources([hub('a'), hub('b')], [hub('c')], 1).resources).toHaveLength(3);
  });
});

/** The state of VS Code as several windows see it: each has a copy that is updated with a delay. */
class SharedState {
  private whole: Record<string, unknown> = {};
  private readonly windows: { copy: Record<string, unknown> }[] = [];

  window() {
    const own = { copy: { ...this.whole } };
    this.windows.push(own);
    return {
      get: <T>(key: string) => own.copy[key] as T,
      update: async (key: string, value: unknown) => {
        own.copy = { ...own.copy, [key]: JSON.parse(JSON.stringify(value)) as unknown };
        const written = own.copy;
        await Promise.resolve();
        // The whole state is written, so concurrent writes of other windows are lost.
        this.whole = written;
        setTimeout(() => this.windows.forEach((window) => (window.copy = this.whole)), 50);
      },
    } as unknown as ConstructorParameters<typeof CreatedResourceStore>[0]['state'];
  }
}

describe('Created resources in the state of VS Code', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const warned: string[] = [];
  const open = (state: ConstructorParameters<typeof CreatedResourceStore>[0]['state'], place = 'here') =>
    new CreatedResourceStore({
      state,
      machineId: () => place,
      isFromThisComputer: ({ kind }) => kind === 'authority',
      log: { warn: (text) => void warned.push(text) },
    });

  it('are kept after a restart and shared with other windows', async () => {
    const shared = new SharedState();
    const one = open(shared.window());
    const other = open(shared.window());
    let changes = 0;
    one.onDidChange(() => changes++);
    await one.add(group('rg'), device('d'), authority('a'));
    await vi.advanceTimersByTimeAsync(100);
    await other.add(hub('h'));
    await vi.advanceTimersByTimeAsync(100);
    await one.remove(device('d'), device('never there'));
    await vi.advanceTimersByTimeAsync(100);
    expect(changes).toBe(2);
    expect(keys(open(shared.window()).list())).toEqual(keys([group('rg'), hub('h'), authority('a')]));
  });

  it('loses nothing when two windows write at the same time', async () => {
    const shared = new SharedState();
    const one = open(shared.window());
    const other = open(shared.window());
    await Promise.all([one.add(device('one'), authority('a')), other.add(device('other'), group('g'))]);
    await vi.advanceTimersByTimeAsync(10_000);
    const all = keys([device('one'), device('other'), authority('a'), group('g')]);
    expect(keys(one.list())).toEqual(all);
    expect(keys(other.list())).toEqual(all);
  });

  it('are added and removed in the order of the calls, also without awaiting', async () => {
    const store = open(new SharedState().window());
    await Promise.all([store.add(device('a')), store.add(device('b')), store.remove(device('a'))]);
    expect(store.list()).toEqual([device('b')]);
  });

  it('on the disk of a computer are listed only on that computer', async () => {
    const shared = new SharedState();
    await open(shared.window(), 'laptop').add(authority('a'), group('g'));
    await vi.advanceTimersByTimeAsync(100);
    expect(keys(open(shared.window(), 'server').list())).toEqual(keys([group('g')]));
    expect(keys(open(shared.window(), 'laptop').list())).toEqual(keys([authority('a'), group('g')]));
  });

  it('that cannot be read are discarded and logged', async () => {
    const state = new SharedState().window();
    await state.update('iotHubWorkbench.madeHere', { version: 1, groups: 'x' });
    warned.length = 0;
    const store = open(state);
    expect(store.list()).toEqual([]);
    store.list();
    expect(warned).toHaveLength(1);
    await store.add(device('d'));
    expect(store.list()).toEqual([device('d')]);
  });

  it('do not cause a failure when the state cannot be written', async () => {
    warned.length = 0;
    const store = open({
      get: () => undefined,
      update: () => Promise.reject(new Error('disk full')),
    } as never);
    await store.add(device('d'));
    expect(warned.join()).toContain('disk full');
  });
});
