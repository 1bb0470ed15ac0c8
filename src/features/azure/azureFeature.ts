import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { commands, contextKeys, type CommandArgs, type CommandId } from '../../contributions';
import { type Services } from '../../services';
import { type RegisterCommand } from '../../workbench/commands';
import { setContext } from '../../workbench/contextKeys';
import { type AzureHubs } from './azureHubs';

export type AzureNeeds = Pick<
  Services,
  'hubs' | 'devices' | 'certificates' | 'explorer' | 'accounts' | 'azure' | 'management' | 'log'
>;

type AzureCommand =
  | typeof commands.signIn
  | typeof commands.signInToTenant
  | typeof commands.chooseSubscriptions
  | typeof commands.openInPortal
  | typeof commands.copyHubConnectionString
  | typeof commands.copyRoleAssignmentCommand;

export type AzureHandlers = {
  readonly [K in AzureCommand & CommandId]: (...args: CommandArgs[K]) => Promise<void>;
};

/** Accounts of Azure and their hubs; what the commands do is loaded on first use. */
export function registerAzure(
  services: AzureNeeds,
  source: AzureHubs,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const { azure } = services;
  services.hubs.add(source);

  const lazily =
    <K extends AzureCommand>(id: K) =>
    async (...args: CommandArgs[K]) => {
      const { azureHandlers } = await import('./commands/index');
      const handler: (...args: CommandArgs[K]) => Promise<void> = azureHandlers(services)[id];
      await handler(...args);
    };
  store.add(registerCommand(commands.signIn, lazily(commands.signIn)));
  store.add(registerCommand(commands.signInToTenant, lazily(commands.signInToTenant)));
  store.add(registerCommand(commands.chooseSubscriptions, lazily(commands.chooseSubscriptions)));
  store.add(registerCommand(commands.openInPortal, lazily(commands.openInPortal)));
  store.add(registerCommand(commands.copyHubConnectionString, lazily(commands.copyHubConnectionString)));
  store.add(registerCommand(commands.copyRoleAssignmentCommand, lazily(commands.copyRoleAssignmentCommand)));

  const showWhether = () => {
    azure.accounts().then(
      (accounts) => setContext(contextKeys.isSignedIn, accounts.length > 0),
      // The tree says why.
      () => setContext(contextKeys.isSignedIn, false),
    );
  };
  showWhether();
  store.add(forgetWhatIsGone(services, source));
  store.add(azure.onDidChange(showWhether));
  return store;
}

/** One of the same name may be made again, and is another hub then. */
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
