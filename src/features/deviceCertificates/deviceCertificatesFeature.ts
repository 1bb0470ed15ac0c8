import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { checkDeviceCertificate } from './checkDeviceCertificate';
import { createX509Device, type CreateNeeds } from './createX509Device';
import { createX509Devices } from './createX509Devices';
import { issueDeviceCertificate, renewDeviceCertificate } from './issueDeviceCertificate';

/** Devices that authenticate with X.509 certificates, and their certificates. */
export function registerDeviceCertificates(
  services: CreateNeeds & Pick<Services, 'devices' | 'chosenCertificates'>,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(commands.createX509Device, (node) => createX509Device(services, node)));
  store.add(registerCommand(commands.createX509Devices, (node) => createX509Devices(services, node)));
  store.add(
    registerCommand(commands.issueDeviceCertificate, (node, selection) =>
      issueDeviceCertificate(services, node, selection),
    ),
  );
  store.add(
    registerCommand(commands.renewDeviceCertificate, (node, selection) =>
      renewDeviceCertificate(services, node, selection),
    ),
  );
  store.add(
    registerCommand(commands.checkDeviceCertificate, (node) => checkDeviceCertificate(services, node)),
  );
  return store;
}
