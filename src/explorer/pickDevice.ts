import * as l10n from '@vscode/l10n';
import { abortError, delay, isAbort } from '../core/base/abort';
import { DisposableStore, toDisposable } from '../core/base/disposable';
import { authenticationLabel, type DeviceSummary } from '../core/device/device';
import { devicesStartingWith } from '../core/device/deviceQuery';
import { type DeviceRegistry } from '../core/device/deviceRegistry';
import { plainMessage } from '../core/errors';
import { type Hub } from '../core/hub/hub';
import { type Services } from '../services';
import { createQuickPick, showPrompt, type PromptItem } from '../workbench/quickInputs';

type Item = PromptItem & { readonly device?: DeviceSummary };

const suggestions = 25;
/** Small tiers limit queries (20 per minute), so a query waits for a pause in typing. */
const restMs = 300;

/**
 * Asks for a device while its ID is typed: first those that the tree has loaded, then those that the hub finds by the
 * start of the ID, and the exact ID, loaded or not.
 */
export async function pickDeviceOf(
  { hubs, registries, devices }: Pick<Services, 'hubs' | 'registries' | 'devices'>,
  hub: Hub,
  title: string,
): Promise<DeviceSummary> {
  await hubs.connection(hub.id, []);
  const store = new DisposableStore();
  const pick = createQuickPick<Item>(store);
  pick.title = `${title} (${hub.name})`;
  pick.placeholder = l10n.t('Enter a device ID or its first characters');
  let search = new AbortController();
  store.add(toDisposable(() => search.abort()));

  const known = (): readonly DeviceSummary[] => devices.loaded(hub.id)?.devices ?? [];
  const isComplete = () => devices.loaded(hub.id) !== undefined && !devices.loaded(hub.id)?.continuation;
  const show = (found: readonly DeviceSummary[], failure?: unknown) => {
    const activeId = pick.activeItems[0]?.device?.deviceId;
    const byId = new Map([...known(), ...found].map((device) => [device.deviceId, device]));
    pick.items = [
      ...[...byId.values()].map(toItem),
      ...(failure === undefined
        ? []
        : [
            {
              icon: 'error',
              label: l10n.t('The devices of the hub could not be read'),
              detail: plainMessage(failure),
              alwaysShow: true,
            },
          ]),
    ];
    // VS Code activates the first of new items. The active row stays active, unless the typed ID has been found.
    const active = byId.has(pick.value.trim())
      ? undefined
      : pick.items.find(({ device }) => device && device.deviceId === activeId);
    if (active) pick.activeItems = [active];
  };
  const lookUp = async (text: string) => {
    search.abort();
    search = new AbortController();
    const { signal } = search;
    pick.busy = true;
    try {
      if (known().length === 0) await devices.load(hub.id).then(() => !signal.aborted && show([]));
      if (text === '' || isComplete()) return;
      await delay(restMs, signal);
      show(await findDevices(await registries.forHub(hub.id, signal), text, signal));
    } catch (error) {
      if (!isAbort(error)) show([], error);
    } finally {
      if (!signal.aborted) pick.busy = false;
    }
  };

  try {
    return await new Promise<DeviceSummary>((resolve, reject) => {
      store.add(pick.onDidChangeValue((text) => void lookUp(text.trim())));
      store.add(
        pick.onDidAccept(() => {
          const device = pick.selectedItems[0]?.device;
          if (device) resolve(device);
        }),
      );
      store.add(pick.onDidHide(() => reject(abortError())));
      show([]);
      showPrompt(pick);
      void lookUp('');
    });
  } finally {
    store.dispose();
  }
}

async function findDevices(
  registry: DeviceRegistry,
  text: string,
  signal: AbortSignal,
): Promise<readonly DeviceSummary[]> {
  const { devices } = await registry.list(devicesStartingWith(text), suggestions, undefined, signal);
  if (devices.some(({ deviceId }) => deviceId === text)) return devices;
  // A query finds a new device only after a while; the registry knows it at once.
  const exact = await registry.find(text, signal).catch(() => undefined);
  return exact ? [exact, ...devices] : devices;
}

function toItem(device: DeviceSummary): Item {
  return {
    label: device.deviceId,
    description: [device.isEnabled ? '' : l10n.t('disabled'), authenticationLabel(device.authentication)]
      .filter(Boolean)
      .join(' · '),
    device,
  };
}
