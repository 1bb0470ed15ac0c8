import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { copyMosquittoPubCommand, copyMqttSettings } from './copyMosquittoPubCommand';
import { publishMessage } from './publishMessage';

/** Device-to-cloud messages: send one, or take along the command line that does. */
export function registerMessages(
  services: Pick<
    Services,
    | 'hubs'
    | 'registries'
    | 'devices'
    | 'publisher'
    | 'caFiles'
    | 'authorities'
    | 'hubCertificates'
    | 'passphrases'
    | 'log'
  >,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(commands.publishMessage, (node) => publishMessage(services, node)));
  store.add(
    registerCommand(commands.copyMosquittoPubCommand, (node) => copyMosquittoPubCommand(services, node)),
  );
  store.add(registerCommand(commands.copyMqttSettings, (node) => copyMqttSettings(services, node)));
  return store;
}
