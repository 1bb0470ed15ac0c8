import * as l10n from '@vscode/l10n';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands } from '../../contributions';
import { type LocalHubEndpoints } from '../../localHub/start';
import { copy } from '../../workbench/clipboard';
import { type RegisterCommand } from '../../workbench/commands';
import { type LocalHubControl } from './localHubControl';
import { startWithProgress } from './localHubSource';

/** Commands that copy connection strings and the CA file path. They start a stopped hub, which assigns its ports then. */
export function registerLocalHubCopyCommands(
  control: LocalHubControl,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const copyCommand =
    (read: (endpoints: LocalHubEndpoints) => string, confirmation: () => string) => async () =>
      copy(read(await startWithProgress(() => control.start())), confirmation());
  store.add(
    registerCommand(
      commands.copyLocalHubServiceConnectionString,
      copyCommand(
        (endpoints) => endpoints.serviceConnectionString,
        () => l10n.t('Service connection string for the local hub copied'),
      ),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubEventHubsConnectionString,
      copyCommand(
        (endpoints) => endpoints.eventHubConnectionString,
        () => l10n.t('Event Hubs connection string for the local hub copied'),
      ),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubWorkbenchConnectionString,
      copyCommand(
        (endpoints) => endpoints.workbenchConnectionString,
        () => l10n.t('Local hub connection string for Add Hub copied'),
      ),
    ),
  );
  store.add(
    registerCommand(
      commands.copyLocalHubCaPath,
      copyCommand(
        (endpoints) => endpoints.caFile,
        () => l10n.t('CA file path for the local hub copied'),
      ),
    ),
  );
  return store;
}
