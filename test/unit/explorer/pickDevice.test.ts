import type * as vscode from 'vscode';
import { describe, expect, it, vi } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import { type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { DeviceLists } from '../../../src/explorer/deviceLists';
import { pickDeviceOf } from '../../../src/explorer/pickDevice';
import { fake, type FakeQuickPick } from '../../support/fakeVscode';
import { aSavedHub } from '../../support/hubs';

const aDevice = (deviceId: string): DeviceSummary => ({
  deviceId,
  authentication: 'sas',
  isEnabled: true,
  isConnected: false,
  isEdge: false,
});
const quiet = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

/** Opens the quick pick on a hub with four pumps, of which the tree has loaded the first two. */
async function open(act: (pick: FakeQuickPick<vscode.QuickPickItem>) => Promise<void>) {
  const ids = ['pump-1', 'pump-2', 'pump-3', 'pump'];
  const registry = {
    list: async (_query: string, pageSize: number) =>
      pageSize === 2
        ? { devices: ids.slice(0, 2).map(aDevice), continuation: '2' }
        : { devices: ids.map(aDevice) },
    find: async () => undefined,
  } as unknown as DeviceRegistry;
  const registries = { forHub: async () => registry };
  const devices = new DeviceLists(registries, () => 2, quiet);
  const hubs = { connection: vi.fn() };
  await devices.load('h');
  const failures: unknown[] = [];
  fake.onQuickPick = (pick) => {
    act(pick)
      .catch((error: unknown) => failures.push(error))
      .finally(() => {
        pick.select(pick.activeItems);
        pick.accept();
        pick.hide();
      });
  };
  const services = { hubs, registries, devices } as unknown as Parameters<typeof pickDeviceOf>[0];
  const device = await pickDeviceOf(services, aSavedHub(), 'Publish Message');
  expect(failures).toEqual([]);
  return device.deviceId;
}

describe('Quick pick of a device', () => {
  it('keeps the active row when the hub finds more devices', async () => {
    const picked = await open(async (pick) => {
      pick.type('pump-');
      pick.activeItems = pick.items.slice(1, 2);
      await vi.waitFor(() => expect(pick.items).toHaveLength(4));
      expect(pick.items).toContain(pick.activeItems[0]);
    });
    expect(picked).toBe('pump-2');
  });

  it('leaves the active row to VS Code once the hub has found the typed ID', async () => {
    await open(async (pick) => {
      pick.type('pump');
      const active = pick.items.slice(1, 2);
      pick.activeItems = active;
      await vi.waitFor(() => expect(pick.items).toHaveLength(4));
      expect(pick.activeItems).toBe(active);
    });
  });
});
