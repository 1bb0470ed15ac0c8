import * as l10n from '@vscode/l10n';
import { deviceConnectionString } from '../../core/device/deviceConnectionString';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { copy } from '../../workbench/clipboard';

type Needs = Pick<Services, 'hubs' | 'registries' | 'devices'>;

export async function copyDeviceId(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { device } = await pickDevice(services, node, l10n.t('Copy Device ID'));
  await copy(device.deviceId, l10n.t('Device ID {0} copied', device.deviceId));
}

export async function copyDeviceConnectionString(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device } = await pickDevice(services, node, l10n.t('Copy Device Connection String'));
  const registry = await services.registries.forHub(hub.id);
  const identity = await registry.get(device.deviceId);
  const text = deviceConnectionString(await services.hubs.connection(hub.id, []), identity);
  await copy(text, l10n.t('Connection string for {0} copied', device.deviceId));
}
