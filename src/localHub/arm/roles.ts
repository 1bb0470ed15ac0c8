import type { RoleAssignmentRecord } from '../account/accountFile';
import { localPrincipalId, subscriptionId } from '../account/ids';
import { isScopeOf } from '../account/roleAssignments';
import { roleDefinitions, findRole, type RoleDefinition } from '../account/roles';
import { bodyOf, objectOf, textOf } from '../http/bodyValues';
import type { Answer } from '../http/router';
import { groupPath, hubsPath, type ArmApi, type ArmRequest } from './api';
import { refuse } from './errors';
import { locksAt } from './locks';
import { pageOf } from './paging';

const authorization = 'providers/Microsoft.Authorization';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Role assignments, role definitions and locks of the subscription, its groups and hubs.
 * @see https://learn.microsoft.com/rest/api/authorization/role-assignments
 */
export function addRoleRoutes(api: ArmApi): void {
  const { assignments } = api.context;
  for (const path of ['/subscriptions/{s}', groupPath, `${hubsPath}/{hub}`]) {
    const on = (
      method: string,
      rest: string,
      handle: (scope: string, request: ArmRequest, parameters: Readonly<Record<string, string>>) => Answer,
    ): void => {
      api.on(method, `${path}/${authorization}/${rest}`, (request, parameters) => {
        if (parameters.hub !== undefined) api.hubOf(parameters);
        const at = request.path.findIndex((segment, i) => i > 1 && isAuthorization(request.path, i, segment));
        return handle(`/${request.path.slice(0, at).join('/')}`, request, parameters);
      });
    };
    on('GET', 'roleAssignments', (scope, request) => {
      const isAsked = principalFilter(request.query.get('$filter'));
      const found = assignments
        .list()
        .filter((one) => (isScopeOf(one.scope, scope) || isScopeOf(scope, one.scope)) && isAsked(one));
      return pageOf(request, found.map(describe));
    });
    on('GET', 'roleAssignments/{name}', (scope, _, { name = '' }) => {
      const found = assignments.find(scope, name);
      return found
        ? { status: 200, body: describe(found) }
        : refuse(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
    });
    on('PUT', 'roleAssignments/{name}', (scope, request, { name = '' }) => {
      const wanted = readAssignment(scope, name, request, api.context.now());
      const same = assignments
        .list()
        .find(
          (one) =>
            one.principalId === wanted.principalId &&
            one.roleId === wanted.roleId &&
            isEqual(one.scope, scope),
        );
      if (same && same.name !== wanted.name) {
        refuse(
          409,
          'RoleAssignmentExists',
          `The role assignment already exists. The ID of the conflicting role assignment is ${same.name.replaceAll('-', '')}.`,
        );
      }
      if (same) return { status: 200, body: describe(same) };
      if (assignments.list().some((one) => one.name === wanted.name)) {
        refuse(
          409,
          'RoleAssignmentUpdateNotPermitted',
          'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
        );
      }
      assignments.put(wanted);
      api.context.log('info', `ARM: assigned role '${findRole(wanted.roleId)?.name ?? ''}' at ${scope}`);
      return { status: 201, body: describe(wanted) };
    });
    on('DELETE', 'roleAssignments/{name}', (scope, _, { name = '' }) => {
      const found = assignments.find(scope, name);
      if (!found) return { status: 204 };
      assignments.remove(found);
      return { status: 200, body: describe(found) };
    });
    on('GET', 'roleDefinitions', (_, request) => {
      const wanted = /roleName eq '([^']*)'/i.exec(request.query.get('$filter') ?? '')?.[1];
      const found = roleDefinitions.filter(
        ({ name }) => wanted === undefined || name.toLowerCase() === wanted.toLowerCase(),
      );
      return { status: 200, body: { value: found.map(describeRole) } };
    });
    on('GET', 'roleDefinitions/{id}', (_scope, _request, { id = '' }) => {
      const role = findRole(id);
      return role
        ? { status: 200, body: describeRole(role) }
        : refuse(
            404,
            'RoleDefinitionDoesNotExist',
            `The specified role definition with ID '${id}' does not exist.`,
          );
    });
    on('GET', 'locks', (scope) => ({ status: 200, body: { value: locksAt(scope) } }));
  }
}

const isEqual = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const isAuthorization = (path: readonly string[], i: number, segment: string): boolean =>
  isEqual(segment, 'providers') && isEqual(path[i + 1] ?? '', 'Microsoft.Authorization');

/** Other filters such as `atScope()` have no effect: there is one user and no group. */
function principalFilter(filter: string | null): (assignment: RoleAssignmentRecord) => boolean {
  const id = /(?:principalId eq '|assignedTo\(')([^']*)'/i.exec(filter ?? '')?.[1];
  return ({ principalId }) => id === undefined || isEqual(principalId, id);
}

function readAssignment(scope: string, name: string, request: ArmRequest, now: number): RoleAssignmentRecord {
  const { roleDefinitionId, principalId, principalType } = objectOf(bodyOf(request).properties, 'properties');
  if (!guid.test(name)) {
    refuse(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. It must be a GUID.`,
    );
  }
  const principal = textOf(principalId, 'properties.principalId') ?? '';
  if (!guid.test(principal))
    refuse(400, 'InvalidPrincipalId', `The principal ID '${principal}' is not a GUID.`);
  const roleId = (textOf(roleDefinitionId, 'properties.roleDefinitionId') ?? '').split('/').at(-1) ?? '';
  if (!findRole(roleId)) {
    refuse(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${roleId}' does not exist.`,
    );
  }
  return {
    name: name.toLowerCase(),
    scope,
    roleId: roleId.toLowerCase(),
    principalId: principal.toLowerCase(),
    principalType: textOf(principalType, 'properties.principalType') ?? 'User',
    createdAtMs: now,
  };
}

const roleDefinitionId = (id: string): string => `${subscriptionId}/${authorization}/roleDefinitions/${id}`;

const describe = ({
  name,
  scope,
  roleId,
  principalId,
  principalType,
  createdAtMs,
}: RoleAssignmentRecord) => ({
  id: `${scope}/${authorization}/roleAssignments/${name}`,
  name,
  type: 'Microsoft.Authorization/roleAssignments',
  properties: {
    roleDefinitionId: roleDefinitionId(roleId),
    principalId,
    principalType,
    scope,
    createdOn: new Date(createdAtMs).toISOString(),
    createdBy: localPrincipalId,
  },
});

const describeRole = ({ id, name, description, actions, dataActions }: RoleDefinition) => ({
  id: roleDefinitionId(id),
  name: id,
  type: 'Microsoft.Authorization/roleDefinitions',
  properties: {
    roleName: name,
    type: 'BuiltInRole',
    description,
    assignableScopes: ['/'],
    permissions: [{ actions, notActions: [], dataActions, notDataActions: [] }],
  },
});
