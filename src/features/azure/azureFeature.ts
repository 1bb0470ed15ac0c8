import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { contextKeys } from '../../contributions';
import { type RegisterCommand } from '../../workbench/commands';
import { setContext } from '../../workbench/contextKeys';
import { registerLazyCommands } from '../../workbench/lazyCommands';
import { type AzureHubs } from './azureHubs';
import { azureCommands, type AzureNeeds } from './needs';

/** Accounts of Azure and their hubs; the commands are loaded on first use. */
export function registerAzure(
  services: AzureNeeds,
  source: AzureHubs,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const { azure } = services;
  services.hubs.add(source);

  store.add(
    registerLazyCommands(registerCommand, azureCommands, async () => {
      const { azureHandlers } = await import('./lazy/index');
      return azureHandlers(services);
    }),
  );

  const showWhether = () => {
    azure.accounts().then(
      (accounts) => setContext(contextKeys.isSignedIn, accounts.length > 0),
      // The tree shows the failure.
      () => setContext(contextKeys.isSignedIn, false),
    );
  };
  showWhether();
  store.add(forgetWhatIsGone(services, source));
  store.add(azure.onDidChange(showWhether));
  return store;
}

/** A hub of the same name may be created again, and is a different hub then. */
function forgetWhatIsGone({ devices, certificates }: AzureNeeds, source: AzureHubs): Disposable {
  let before: readonly string[] = [];
  return source.onDidChange(() => {
    const now = source.hubs().map(({ id }) => id);
    for (const id of before.filter((one) => !now.includes(one))) {
      devices.forget(id);
      certificates.forget(id);
      source.forgetKeys(id);
    }
    before = now;
  });
}
