import { isScopeOf } from '../account/roleAssignments';
import { groupResourceId, hubResourceId, localResourceGroup, ownHubName } from '../account/ids';
import { refuse } from './errors';

/** Locks that protect the process's own hub and its group, which exist as long as the process runs. */
const locked = [
  hubResourceId({ name: ownHubName, group: localResourceGroup }),
  groupResourceId(localResourceGroup),
];

export const locksAt = (scope: string) =>
  locked
    .filter((one) => isScopeOf(scope, one) || isScopeOf(one, scope))
    .map((one) => ({
      id: `${one}/providers/Microsoft.Authorization/locks/the-process-itself`,
      name: 'the-process-itself',
      type: 'Microsoft.Authorization/locks',
      properties: {
        level: 'CanNotDelete',
        notes: 'Part of the local hub itself. To remove it, stop the local hub.',
      },
    }));

/** @throws ArmError 409 */
export function checkLocks(scope: string): void {
  const holding = locked.filter((one) => isScopeOf(scope, one));
  if (holding.length === 0) return;
  refuse(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform delete operation because following scope(s) are locked: '${holding.join("','")}'. Please remove the lock and try again.`,
  );
}
