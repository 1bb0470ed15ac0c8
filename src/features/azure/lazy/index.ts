import { commands } from '../../../contributions';
import { type AzureHandlers, type AzureNeeds } from '../needs';
import { chooseSubscriptions } from './chooseSubscriptions';
import { copyHubConnectionString } from './copyHubConnectionString';
import { copyRoleAssignmentCommand } from './copyRoleAssignmentCommand';
import { openInPortal } from './openInPortal';
import { signIn, signInToTenant } from './signIn';

export const azureHandlers = (services: AzureNeeds): AzureHandlers => ({
  [commands.signIn]: () => signIn(services),
  [commands.signInToTenant]: (node) => signInToTenant(services, node),
  [commands.chooseSubscriptions]: (node) => chooseSubscriptions(services, node),
  [commands.openInPortal]: (node) => openInPortal(services, node),
  [commands.copyHubConnectionString]: (node) => copyHubConnectionString(services, node),
  [commands.copyRoleAssignmentCommand]: (node, role) => copyRoleAssignmentCommand(services, node, role),
});
