import { type ErrorAction } from '../core/errors';

/** Offers the line of `az` that gives the role that is missing on a hub of the tree. */
export const copyRole = (hubId: string, role: string): ErrorAction => ({
  title: 'Copy az Command',
  command: 'iotHubWorkbench.copyRoleAssignmentCommand',
  args: [{ kind: 'hub', hubId }, role],
});
