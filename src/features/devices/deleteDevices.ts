import { type DeviceSummary } from '../../core/device/device';
import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { confirm } from '../../workbench/prompts';
import { forEachDevice } from './forEachDevice';

export async function deleteDevices(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'createdResources' | 'log'>,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  const { hub, devices } = await pickDevices(services, node, selection, 'Delete Device');
  const [first] = devices;
  const question =
    devices.length === 1 && first
      ? `Delete device "${first.deviceId}" from hub "${hub.name}"?`
      : `Delete ${devices.length} devices from hub "${hub.name}"?`;
  await confirm(
    question,
    `${nameList(devices)}\n\nKeys and twins are deleted for good, and connected devices are disconnected.`.trim(),
    'Delete',
  );
  const registry = await services.registries.forHub(hub.id);
  const deleted = new Set<string>();
  try {
    await forEachDevice(services, devices, 'Deleting', async ({ deviceId }, signal) => {
      // Gone already is what was wanted.
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

const maxNames = 15;

function nameList(devices: readonly DeviceSummary[]): string {
  if (devices.length === 1) return '';
  const shown = devices.slice(0, maxNames).map(({ deviceId }) => deviceId);
  const rest = devices.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}
