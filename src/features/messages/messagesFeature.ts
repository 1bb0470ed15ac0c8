import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { copyMosquittoPubCommand, copyMqttSettings } from './copyMosquittoPubCommand';

/** Commands and settings for other MQTT clients to publish as a device. */
export function registerMessages(
  services: Pick<
    Services,
    'hubs' | 'registries' | 'devices' | 'caFiles' | 'authorities' | 'chosenCertificates' | 'certificateWork'
  >,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  store.add(
    registerCommand(commands.copyMosquittoPubCommand, (node) => copyMosquittoPubCommand(services, node)),
  );
  store.add(registerCommand(commands.copyMqttSettings, (node) => copyMqttSettings(services, node)));
  return store;
}
