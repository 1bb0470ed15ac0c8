import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
import { formatCount } from '../../../core/base/numbers';
import { authenticationLabels, type DeviceSummary } from '../../../core/device/device';
import { allDevices, devicesStartingWith } from '../../../core/device/deviceQuery';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { limits } from '../../../core/publish/draft';
import { fitsPattern } from '../../../core/publish/messageFile';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';

type Needs = Pick<Services, 'registries' | 'devices'>;
type Item = vscode.QuickPickItem & { readonly deviceId: string };

const pageSize = 1_000;

/** Asks for one device or many: ticked in a list, or by a pattern with `*` that is typed. */
export async function chooseDevices(
  services: Needs,
  hub: Hub,
  chosen: readonly string[],
): Promise<readonly string[]> {
  const { devices } = await withProgress(`Reading the devices of ${hub.name}`, () =>
    services.devices.load(hub.id),
  );
  const answer = await ask(hub, devices, chosen);
  return typeof answer === 'string' ? resolveDevices(services, hub, [answer]) : answer;
}

function ask(
  hub: Hub,
  devices: readonly DeviceSummary[],
  chosen: readonly string[],
): Promise<string | readonly string[]> {
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<Item>());
  pick.title = `Devices that publish (${hub.name})`;
  pick.placeholder = 'Tick devices, or type a pattern such as boiler-* or an exact id, and press Enter';
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  const known = new Set(devices.map(({ deviceId }) => deviceId));
  pick.items = [
    ...chosen
      .filter((deviceId) => !known.has(deviceId))
      .map((deviceId) => ({ label: deviceId, deviceId, description: 'chosen before' })),
    ...devices.map(toItem),
  ];
  pick.selectedItems = pick.items.filter(({ deviceId }) => chosen.includes(deviceId));
  return new Promise<string | readonly string[]>((resolve, reject) => {
    store.add(
      pick.onDidAccept(() => {
        const text = pick.value.trim();
        if (text !== '' && (text.includes('*') || !known.has(text))) resolve(text);
        else if (text !== '' && pick.selectedItems.length === 0) resolve([text]);
        else if (pick.selectedItems.length > 0) resolve(pick.selectedItems.map(({ deviceId }) => deviceId));
      }),
    );
    store.add(pick.onDidHide(() => reject(abortError())));
    pick.show();
  }).finally(() => store.dispose());
}

function toItem(device: DeviceSummary): Item {
  return {
    label: device.deviceId,
    deviceId: device.deviceId,
    description: [device.isEnabled ? '' : 'disabled', authenticationLabels[device.authentication]]
      .filter(Boolean)
      .join(' · '),
  };
}

/**
 * The devices of a hub that fit ids and patterns, in the hub's order; ids need not be looked up.
 * @throws IotError when a pattern fits none, or they fit too many.
 */
export async function resolveDevices(
  { registries }: Pick<Services, 'registries'>,
  hub: Hub,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const patterns = wanted.filter((each) => each.includes('*'));
  const ids = wanted.filter((each) => !each.includes('*'));
  if (patterns.length === 0) return ids;
  const found = await withProgress(`Looking for ${patterns.join(', ')}`, async (signal) => {
    const registry = await registries.forHub(hub.id, signal);
    const [only] = patterns;
    const start = only !== undefined && patterns.length === 1 ? (only.split('*')[0] ?? '') : '';
    const query = start === '' ? allDevices : devicesStartingWith(start);
    const fitting: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await registry.list(query, pageSize, continuation, signal);
      fitting.push(...page.devices.map(({ deviceId }) => deviceId).filter((id) => fitsPattern(patterns, id)));
      continuation = page.continuation;
    } while (continuation && fitting.length <= limits.devices);
    return fitting;
  });
  if (found.length === 0) {
    throw new IotError('notFound', `No device of ${hub.name} fits ${patterns.join(', ')}.`);
  }
  const all = [...new Set([...ids, ...found])];
  if (all.length > limits.devices) {
    throw new IotError(
      'invalidInput',
      `More than ${formatCount(limits.devices)} devices of ${hub.name} fit ${patterns.join(', ')}; choose a narrower pattern.`,
    );
  }
  return all;
}
