import * as l10n from '@vscode/l10n';
import { formatCount } from '../../core/base/numbers';
import { type DeviceSummary } from '../../core/device/device';
import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { confirm } from '../../workbench/prompts';
import { type BatchTexts, forEachDevice } from './forEachDevice';

export async function deleteDevices(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'createdResources' | 'log'>,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  const { hub, devices } = await pickDevices(services, node, selection, l10n.t('Delete Device'));
  const [first] = devices;
  const question =
    devices.length === 1 && first
      ? l10n.t('Delete device "{0}" from hub "{1}"?', first.deviceId, hub.name)
      : l10n.t('Delete {0} devices from hub "{1}"?', formatCount(devices.length), hub.name);
  await confirm(
    question,
    `${nameList(devices)}\n\n${
      devices.length === 1
        ? l10n.t(
            'Its keys and twin will be permanently deleted. If it is connected, it will be disconnected.',
          )
        : l10n.t('Their keys and twins will be permanently deleted. Connected devices will be disconnected.')
    }`.trim(),
    l10n.t('Delete'),
  );
  const registry = await services.registries.forHub(hub.id);
  const deleted = new Set<string>();
  try {
    await forEachDevice(services, devices, deletingTexts, async ({ deviceId }, signal) => {
      // A device that no longer exists counts as deleted.
      await registry.delete(deviceId, signal).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'notFound')) throw error;
      });
      deleted.add(deviceId);
    });
  } finally {
    services.devices.remove(hub.id, deleted);
    const gone = [...deleted].map((deviceId) => ({ hubId: hub.id, hubName: hub.name, deviceId }));
    await services.createdResources.remove(...gone.map((device) => ({ kind: 'device', ...device }) as const));
  }
}

const deletingTexts: BatchTexts = {
  action: 'delete',
  one: (deviceId) => l10n.t('Deleting {0}', deviceId),
  many: (count) => l10n.t('Deleting {0} devices', count),
  failed: (failed, all, reason) =>
    l10n.t('{0} of {1} devices could not be deleted: {2}', failed, all, reason),
};

const maxNames = 15;

function nameList(devices: readonly DeviceSummary[]): string {
  if (devices.length === 1) return '';
  const shown = devices.slice(0, maxNames).map(({ deviceId }) => deviceId);
  const rest = devices.length - shown.length;
  return [...shown, ...(rest > 0 ? [l10n.t('… and {0} more', formatCount(rest))] : [])].join('\n');
}
