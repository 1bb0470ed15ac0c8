import * as l10n from '@vscode/l10n';
import { itemList } from '../../../core/base/lists';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
import { formatCount } from '../../../core/base/numbers';
import { wildcard } from '../../../core/base/wildcard';
import { authenticationLabel, type DeviceSummary } from '../../../core/device/device';
import { allDevices, devicesStartingWith } from '../../../core/device/deviceQuery';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { limits } from '../../../core/publish/draft';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { createQuickPick, showPrompt, type PromptItem } from '../../../workbench/quickInputs';

type Needs = Pick<Services, 'registries' | 'devices'>;
type Item = PromptItem & { readonly deviceId: string };

const pageSize = 1_000;

/** Prompts for one or more devices: selected in a list, or by a pattern with `*`. */
export async function chooseDevices(
  services: Needs,
  hub: Hub,
  chosen: readonly string[],
): Promise<readonly string[]> {
  const { devices } = await withProgress(l10n.t('Loading devices of {0}', hub.name), () =>
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
  const pick = createQuickPick<Item>(store);
  pick.title = l10n.t('Publishing Devices ({0})', hub.name);
  pick.placeholder = l10n.t('Select devices, or enter a device ID or a pattern such as boiler-*');
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  const known = new Set(devices.map(({ deviceId }) => deviceId));
  pick.items = [
    ...chosen
      .filter((deviceId) => !known.has(deviceId))
      .map((deviceId) => ({ label: deviceId, deviceId, description: l10n.t('previously selected') })),
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
    showPrompt(pick);
  }).finally(() => store.dispose());
}

function toItem(device: DeviceSummary): Item {
  return {
    label: device.deviceId,
    deviceId: device.deviceId,
    description: [device.isEnabled ? '' : l10n.t('disabled'), authenticationLabel(device.authentication)]
      .filter(Boolean)
      .join(' · '),
  };
}

/**
 * The devices of a hub that match ids and patterns, in the order of the hub. Ids are not looked up.
 * @throws IotError when no device matches the patterns, or too many do.
 */
export async function resolveDevices(
  { registries }: Pick<Services, 'registries'>,
  hub: Hub,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const patterns = wanted.filter((each) => each.includes('*'));
  const ids = wanted.filter((each) => !each.includes('*'));
  if (patterns.length === 0) return ids;
  const found = await withProgress(l10n.t('Searching for {0}', itemList(patterns)), async (signal) => {
    const registry = await registries.forHub(hub.id, signal);
    const [only] = patterns;
    const start = only !== undefined && patterns.length === 1 ? (only.split('*')[0] ?? '') : '';
    const query = start === '' ? allDevices : devicesStartingWith(start);
    const matches = patterns.map((pattern) => wildcard(pattern));
    const matching: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await registry.list(query, pageSize, continuation, signal);
      const ids = page.devices.map(({ deviceId }) => deviceId);
      matching.push(...ids.filter((id) => matches.some((isMatch) => isMatch(id))));
      continuation = page.continuation;
    } while (continuation && matching.length <= limits.devices);
    return matching;
  });
  if (found.length === 0) {
    throw new IotError('notFound', l10n.t('No device of {0} matches {1}.', hub.name, itemList(patterns)));
  }
  const all = [...new Set([...ids, ...found])];
  if (all.length > limits.devices) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'More than {0} devices of {1} match {2}. Use a more specific pattern.',
        formatCount(limits.devices),
        hub.name,
        itemList(patterns),
      ),
    );
  }
  return all;
}
