import * as l10n from '@vscode/l10n';
import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { type BatchTexts, forEachDevice } from './forEachDevice';

/** Enables or disables the selected devices. */
export async function setDevicesEnabled(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'log'>,
  isEnabled: boolean,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  const { hub, devices } = await pickDevices(
    services,
    node,
    selection,
    isEnabled ? l10n.t('Enable Device') : l10n.t('Disable Device'),
  );
  const registry = await services.registries.forHub(hub.id);
  await forEachDevice(
    services,
    devices,
    isEnabled ? enablingTexts : disablingTexts,
    async ({ deviceId }, signal) => {
      services.devices.put(hub.id, await registry.setEnabled(deviceId, isEnabled, signal));
    },
  );
}

const enablingTexts: BatchTexts = {
  action: 'enable',
  one: (deviceId) => l10n.t('Enabling {0}', deviceId),
  many: (count) => l10n.t('Enabling {0} devices', count),
  failed: (failed, all, reason) =>
    l10n.t('{0} of {1} devices could not be enabled: {2}', failed, all, reason),
};

const disablingTexts: BatchTexts = {
  action: 'disable',
  one: (deviceId) => l10n.t('Disabling {0}', deviceId),
  many: (count) => l10n.t('Disabling {0} devices', count),
  failed: (failed, all, reason) =>
    l10n.t('{0} of {1} devices could not be disabled: {2}', failed, all, reason),
};
