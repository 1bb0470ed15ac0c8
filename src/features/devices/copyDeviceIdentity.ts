import { deviceConnectionString } from '../../core/device/deviceConnectionString';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { copy } from '../../workbench/clipboard';

type Needs = Pick<Services, 'hubs' | 'registries' | 'devices'>;

export async function copyDeviceId(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { device } = await pickDevice(services, node, 'Copy Device ID');
  await copy(device.deviceId, `Device id ${device.deviceId} copied`);
}

export async function copyDeviceConnectionString(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device } = await pickDevice(services, node, 'Copy Device Connection String');
  const registry = await services.registries.forHub(hub.id);
  const identity = await registry.get(device.deviceId);
  const text = deviceConnectionString(await services.hubs.connection(hub.id, []), identity);
  await copy(text, `Connection string of ${device.deviceId} copied`);
}
