import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { copyDeviceConnectionString, copyDeviceId } from './copyDeviceIdentity';
import { deleteDevices } from './deleteDevices';
import { generateDeviceSasToken } from './generateDeviceSasToken';
import { registerDevice } from './registerDevice';
import { setDevicesEnabled } from './setDevicesEnabled';

/** Device identities: register, enable, disable, delete, and copy what other programs need. */
export function registerDevices(
  services: Pick<
    Services,
    | 'hubs'
    | 'registries'
    | 'devices'
    | 'explorer'
    | 'createdResources'
    | 'certificateWork'
    | 'azure'
    | 'management'
    | 'log'
  >,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(commands.registerDevice, (node) => registerDevice(services, node)));
  store.add(registerCommand(commands.copyDeviceId, (node) => copyDeviceId(services, node)));
  store.add(
    registerCommand(commands.copyDeviceConnectionString, (node) =>
      copyDeviceConnectionString(services, node),
    ),
  );
  store.add(
    registerCommand(commands.generateDeviceSasToken, (node) => generateDeviceSasToken(services, node)),
  );
  store.add(
    registerCommand(commands.enableDevice, (node, selection) =>
      setDevicesEnabled(services, true, node, selection),
    ),
  );
  store.add(
    registerCommand(commands.disableDevice, (node, selection) =>
      setDevicesEnabled(services, false, node, selection),
    ),
  );
  store.add(
    registerCommand(commands.deleteDevice, (node, selection) => deleteDevices(services, node, selection)),
  );
  return store;
}
