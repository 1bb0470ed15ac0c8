import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { forEachDevice } from './forEachDevice';

export async function setDevicesEnabled(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'log'>,
  isEnabled: boolean,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  const verb = isEnabled ? 'Enable' : 'Disable';
  const { hub, devices } = await pickDevices(services, node, selection, `${verb} Device`);
  const registry = await services.registries.forHub(hub.id);
  await forEachDevice(
    services,
    devices,
    isEnabled ? 'Enabling' : 'Disabling',
    async ({ deviceId }, signal) => {
      services.devices.put(hub.id, await registry.setEnabled(deviceId, isEnabled, signal));
    },
  );
}
