import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { type Hub, type HubStatus } from '../../../src/core/hub/hub';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { childrenOf, roots, type ChildServices } from '../../../src/explorer/children';
import { type DeviceList, type DeviceLists } from '../../../src/explorer/deviceLists';

function services(
  status: HubStatus,
  list: () => Promise<DeviceList> = () => Promise.resolve({ devices: [] }),
) {
  const hub: Hub = { id: 'h', name: 'h', status, description: '', tooltip: '', icon: '', tags: [] };
  const hubs = new HubDirectory();
  hubs.add({
    onDidChange: new Emitter<void>().event,
    hubs: () => [hub],
    connection: () => Promise.reject(new Error()),
  });
  const load = vi.fn(list);
  const all: ChildServices = { hubs, devices: { load } as unknown as DeviceLists };
  return { all, load };
}
const ready: HubStatus = { kind: 'ready' };
const off: HubStatus = { kind: 'off', text: 'Start it', command: 'start' };

describe('The branches of the tree', () => {
  it('begin with the hubs', () => {
    expect(roots(services(ready).all)).toEqual([{ kind: 'hub', hubId: 'h' }]);
  });

  it('of a hub are its devices and certificates once it is ready', async () => {
    const kinds = (await childrenOf({ kind: 'hub', hubId: 'h' }, services(ready).all)).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['deviceFolder', 'certificateFolder']);
  });

  const notReady: [HubStatus, object][] = [
    [off, { kind: 'notice', text: 'Start it', command: 'start' }],
    [
      { kind: 'busy', text: 'starting' },
      { kind: 'notice', text: 'starting' },
    ],
    [
      { kind: 'failed', reason: 'broken', command: 'start' },
      { kind: 'failure', message: 'broken', command: 'start' },
    ],
  ];
  it.each(notReady)('of a hub that is not say what to do', async (status, expected) => {
    expect(await childrenOf({ kind: 'hub', hubId: 'h' }, services(status).all)).toEqual([
      expect.objectContaining(expected),
    ]);
  });

  it('never ask a hub that is off, since asking would start it', async () => {
    const { all, load } = services(off);
    expect(await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all)).toEqual([]);
    expect(load).not.toHaveBeenCalled();
  });

  it('offer to register the first device', async () => {
    const [node] = await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, services(ready).all);
    expect(node).toMatchObject({ kind: 'notice', command: 'iotHubWorkbench.registerDevice' });
  });

  it('end with "Load more" when there is more', async () => {
    const device = {
      deviceId: 'd',
      authentication: 'sas',
      isEnabled: true,
      isConnected: false,
      isEdge: false,
    } as const;
    const { all } = services(ready, () => Promise.resolve({ devices: [device], continuation: 'x' }));
    const nodes = await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all);
    expect(nodes.map(({ kind }) => kind)).toEqual(['device', 'loadMore']);
  });

  it('that fail become one node that says so', async () => {
    const { all } = services(ready, () => Promise.reject(new Error('No key.')));
    expect(await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all)).toEqual([
      { kind: 'failure', hubId: 'h', place: 'devices', message: 'No key.' },
    ]);
  });
});
