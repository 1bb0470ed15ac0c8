import type { EntraAccess } from '../auth/entra';
import { HubError } from '../errors';
import type { AccountFile, RoleAssignmentRecord } from './accountFile';
import type { ArmTokens } from './armToken';
import { localPrincipalId, localUser } from './ids';
import { covers, findRole } from './roles';

/** Whether `scope` is `resource` or one of its parents, by whole segments. */
export function isScopeOf(scope: string, resource: string): boolean {
  const [a, b] = [scope, resource].map((text) => `${text.toLowerCase().replace(/(?<!\/)\/+$/, '')}/`);
  return b !== undefined && a !== undefined && b.startsWith(a);
}

/** The role assignments of the account. */
export class RoleAssignments {
  constructor(private readonly file: AccountFile) {}

  list(): readonly RoleAssignmentRecord[] {
    return this.file.current.roleAssignments;
  }

  find(scope: string, name: string): RoleAssignmentRecord | undefined {
    return this.list().find((one) => one.name === name.toLowerCase() && isSame(one.scope, scope));
  }

  put(assignment: RoleAssignmentRecord): void {
    const others = this.list().filter(({ name }) => name !== assignment.name);
    this.file.change({ roleAssignments: [...others, assignment] });
  }

  remove(assignment: RoleAssignmentRecord): void {
    this.file.change({ roleAssignments: this.list().filter(({ name }) => name !== assignment.name) });
  }

  /** Removes the assignments of a deleted resource and of everything in it. */
  removeForScope(scope: string): void {
    const left = this.list().filter((one) => !isScopeOf(scope, one.scope));
    if (left.length < this.list().length) this.file.change({ roleAssignments: left });
  }

  allows(principalId: string, resourceId: string, action: string): boolean {
    return this.list().some(
      (one) =>
        one.principalId === principalId &&
        isScopeOf(one.scope, resourceId) &&
        findRole(one.roleId)?.dataActions.some((pattern) => covers(pattern, action)),
    );
  }
}

/** Authorizes the local user's tokens at the service API of one hub. */
export const entraAccess = (
  tokens: () => ArmTokens,
  assignments: RoleAssignments,
  resourceId: () => string,
): EntraAccess => ({
  authorize: (header, { actions, method, path }) => {
    const verdict = tokens().check(header.replace(/^Bearer\s+/i, '').trim());
    if (verdict !== 'valid') {
      throw new HubError(
        'IotHubUnauthorized',
        verdict === 'expired' ? 'The access token has expired' : 'The access token is not valid',
      );
    }
    const missing = actions.filter((action) => !assignments.allows(localPrincipalId, resourceId(), action));
    if (missing.length === 0) return;
    throw new HubError(
      'IotHubUnauthorized',
      `Principal ${localUser} is not authorized for ${method} on ${path} due to no assigned permissions (${missing.join(', ')})`,
    );
  },
});

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
