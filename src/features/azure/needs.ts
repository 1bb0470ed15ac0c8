import { commands } from '../../contributions';
import { type Services } from '../../services';
import { type CommandHandlers } from '../../workbench/lazyCommands';

export type AzureNeeds = Pick<
  Services,
  'hubs' | 'devices' | 'certificates' | 'explorer' | 'accounts' | 'azure' | 'management' | 'log'
>;

export const azureCommands = [
  commands.signIn,
  commands.signInToTenant,
  commands.chooseSubscriptions,
  commands.openInPortal,
  commands.copyHubConnectionString,
  commands.copyRoleAssignmentCommand,
] as const;

export type AzureHandlers = CommandHandlers<(typeof azureCommands)[number]>;
