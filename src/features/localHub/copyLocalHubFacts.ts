import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type LocalHubEndpoints } from '../../localHub/start';
import { copy } from '../../workbench/clipboard';
import { type RegisterCommand } from '../../workbench/commands';
import { type LocalHubControl } from './localHubControl';
import { startWithProgress } from './localHubSource';

/** Commands that copy what others connect with; a hub that is off is started, since only then it knows. */
export function registerLocalHubCopies(
  control: LocalHubControl,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const copies = (read: (endpoints: LocalHubEndpoints) => string, said: string) => async () =>
    copy(read(await startWithProgress(control)), `${said} of the local hub copied`);
  store.add(
    registerCommand(
      commands.copyLocalHubServiceConnectionString,
      copies((endpoints) => endpoints.serviceConnectionString, 'Service connection string'),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubEventHubsConnectionString,
      copies((endpoints) => endpoints.eventHubConnectionString, 'Event Hubs connection string'),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubWorkbenchConnectionString,
      copies((endpoints) => endpoints.workbenchConnectionString, 'Workbench connection string'),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubCaPath,
      copies((endpoints) => endpoints.caFile, 'CA file path'),
    ),
  );
  return store;
}
