import type { EntraAccess } from '../auth/entra';
import { HubError } from '../errors';
import type { AccountFile, RoleAssignmentRecord } from './accountFile';
import type { ArmTokens } from './armToken';
import { localPrincipalId, localUser } from './ids';
import { covers, roleOf } from './roles';

/** Whether a scope is the other or above it, by whole segments. */
export function isScopeOf(scope: string, of: string): boolean {
  const [a, b] = [scope, of].map((text) => `${text.toLowerCase().replace(/\/+$/, '')}/`);
  return b !== undefined && a !== undefined && b.startsWith(a);
}

/** Who has which role where. */
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

  /** Of a resource that is gone, and of what was in it. */
  removeBelow(scope: string): void {
    const left = this.list().filter((one) => !isScopeOf(scope, one.scope));
    if (left.length < this.list().length) this.file.change({ roleAssignments: left });
  }

  allows(principalId: string, resourceId: string, action: string): boolean {
    return this.list().some(
      (one) =>
        one.principalId === principalId &&
        isScopeOf(one.scope, resourceId) &&
        roleOf(one.roleId)?.dataActions.some((pattern) => covers(pattern, action)),
    );
  }
}

/** Tokens of the local user at the service API of one hub. */
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
