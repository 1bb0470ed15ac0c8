import { describe, expect, it, vi } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import { type DevicePage, type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { DeviceLists } from '../../../src/explorer/deviceLists';

const aDevice = (deviceId: string, isEnabled = true): DeviceSummary => ({
  deviceId,
  authentication: 'sas',
  isEnabled,
  isConnected: false,
  isEdge: false,
});
const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

/** A registry with these IDs, two per page. */
function listsOf(...ids: string[]) {
  const list = vi.fn((_query: string, pageSize: number, continuation?: string): Promise<DevicePage> => {
    const start = Number(continuation ?? 0);
    const end = start + pageSize;
    return Promise.resolve({
      devices: ids.slice(start, end).map((id) => aDevice(id)),
      ...(end < ids.length ? { continuation: String(end) } : {}),
    });
  });
  const registry = { list } as unknown as DeviceRegistry;
  return { list, ids, lists: new DeviceLists({ forHub: () => Promise.resolve(registry) }, () => 2, quiet) };
}
const shown = (lists: DeviceLists) => lists.loaded('h')?.devices.map(({ deviceId }) => deviceId);

describe('Devices in the tree', () => {
  it('are read page by page, and once for concurrent callers', async () => {
    const { lists, list } = listsOf('a', 'b', 'c', 'd', 'e');
    await Promise.all([lists.load('h'), lists.load('h')]);
    expect(list).toHaveBeenCalledTimes(1);
    expect(shown(lists)).toEqual(['a', 'b']);
    await lists.loadMore('h');
    expect(shown(lists)).toEqual(['a', 'b', 'c', 'd']);
    await lists.loadMore('h');
    await lists.loadMore('h');
    expect(shown(lists)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(lists.loaded('h')?.continuation).toBeUndefined();
  });

  it('load a page once if it is requested twice', async () => {
    const { lists } = listsOf('a', 'b', 'c', 'd');
    await lists.load('h');
    await Promise.all([lists.loadMore('h'), lists.loadMore('h')]);
    expect(shown(lists)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are as many after a refresh as before', async () => {
    const { lists } = listsOf('a', 'b', 'c', 'd', 'e');
    await lists.load('h');
    await lists.loadMore('h');
    lists.refresh('h');
    await lists.load('h');
    expect(shown(lists)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not read by a refresh of a hub that was not expanded', () => {
    const { lists, list } = listsOf('a');
    lists.refresh('h');
    expect(list).not.toHaveBeenCalled();
  });

  it('ignore a response that arrives after a refresh', async () => {
    const { lists, list } = listsOf('new');
    let answerLate: (page: DevicePage) => void = () => undefined;
    list.mockImplementationOnce(() => new Promise((resolve) => (answerLate = resolve)));
    const first = lists.load('h');
    await vi.waitFor(() => expect(list).toHaveBeenCalledTimes(1), 30_000);
    lists.refresh('h');
    await lists.load('h');
    answerLate({ devices: [aDevice('stale')] });
    expect((await first).devices.map(({ deviceId }) => deviceId)).toEqual(['new']);
    expect(shown(lists)).toEqual(['new']);
  });

  it('keep a failure until they are refreshed', async () => {
    const { lists, list } = listsOf('a');
    list.mockImplementationOnce(() => Promise.reject(new Error('no key')));
    await expect(lists.load('h')).rejects.toThrow('no key');
    await expect(lists.load('h')).rejects.toThrow('no key');
    expect(list).toHaveBeenCalledTimes(1);
    lists.refresh('h');
    await lists.load('h');
    expect(shown(lists)).toEqual(['a']);
  });

  it('show a changed device immediately at its position', async () => {
    const { lists } = listsOf('a', 'c');
    await lists.load('h');
    lists.put('h', aDevice('b'));
    lists.put('h', aDevice('a', false));
    expect(shown(lists)).toEqual(['a', 'b', 'c']);
    expect(lists.loaded('h')?.devices[0]?.isEnabled).toBe(false);
    lists.remove('h', new Set(['a', 'c']));
    expect(shown(lists)).toEqual(['b']);
  });

  it('show a device that is not loaded first, and only once', async () => {
    const { lists } = listsOf('a', 'b', 'c', 'd');
    await lists.load('h');
    lists.put('h', aDevice('d'));
    expect(shown(lists)).toEqual(['d', 'a', 'b']);
    await lists.loadMore('h');
    expect(shown(lists)).toEqual(['d', 'a', 'b', 'c']);
  });

  it('report every change', async () => {
    const { lists } = listsOf('a');
    const changes: string[] = [];
    lists.onDidChange((hubId) => changes.push(hubId));
    await lists.load('h');
    lists.put('h', aDevice('b'));
    lists.remove('h', new Set(['b']));
    expect(changes).toEqual(['h', 'h']);
  });
});
