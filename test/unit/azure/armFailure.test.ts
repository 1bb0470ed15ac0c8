import { inspect } from 'node:util';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { armFailure, scopeName, type CallContext } from '../../../src/azure/management/armFailure';
import { ArmRefusal, type Json } from '../../../src/azure/management/armRest';
import { ArmOperationFailure } from '../../../src/azure/management/longOperation';

const context: CallContext = {
  outcome: 'Hub "factory" could not be created.',
  subscription: 'Pay-As-You-Go',
  endpoint: 'https://management.azure.com',
  isAccount: true,
};
const hubScope = '/subscriptions/s1/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/factory';
const tail =
  ' If you contact a support representative please include this correlation identifier: 9f0867e3, timestamp: 2022-04-28 14:58:27Z, errorcode: IH400019.';

/** `{"error":{…}}` of the ARM platform. */
const platform = (status: number, code: string, message: string, more: Json = {}) =>
  refusal(status, { error: { code, message, ...more } });
/** The IoT Hub resource provider returns a numeric code without a wrapper. */
const provider = (status: number, code: number, message: string) =>
  refusal(status, { code, httpStatusCode: 'BadRequest', message: `${message}${tail}` });
const refusal = (status: number, body: Json, headers: Record<string, string> = {}) =>
  new ArmRefusal({ status, headers: createHttpHeaders(headers), body });
/** An error as the SDK throws it. */
const sdk = (statusCode: number, details: Json) =>
  Object.assign(new Error('outer'), { name: 'RestError', statusCode, details });

const unauthorizedMessage = (action: string, scope: string) =>
  `The client 'ada@contoso.com' with object id '11111111-2222' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;

const cases: readonly [what: string, error: unknown, code: string, ...parts: string[]][] = [
  [
    'an expired session',
    platform(
      401,
      'ExpiredAuthenticationToken',
      'The access token expiry UTC time is earlier than current UTC time.',
    ),
    'signInNeeded',
    'Sign in again',
  ],
  [
    'a missing role, with action and scope',
    platform(
      403,
      'AuthorizationFailed',
      unauthorizedMessage('Microsoft.Devices/IotHubs/write', '/subscriptions/s1/resourceGroups/plant'),
    ),
    'forbidden',
    'permission Microsoft.Devices/IotHubs/write on resource group "plant"',
    'role Contributor',
  ],
  [
    'a missing role for reading',
    sdk(403, {
      error: {
        code: 'AuthorizationFailed',
        message: unauthorizedMessage('Microsoft.Devices/IotHubs/read', hubScope),
      },
    }),
    'forbidden',
    'Microsoft.Devices/IotHubs/read on hub "factory"',
    'role Reader',
  ],
  [
    'a missing role on a linked resource',
    platform(
      403,
      'LinkedAuthorizationFailed',
      `The client has permission to perform action 'Microsoft.Devices/IotHubs/write' on scope '${hubScope}', however it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/subscriptions/s1/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/robot' (respectively) or the linked scope(s) are invalid.`,
    ),
    'forbidden',
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on "robot"',
  ],
  [
    'an Azure policy, by name',
    platform(
      403,
      'RequestDisallowedByPolicy',
      `Resource 'factory' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"Allowed locations","id":"/subscriptions/s1/providers/Microsoft.Authorization/policyAssignments/x"},"policyDefinition":{"name":"Allowed locations","id":"/y"}}]'.`,
    ),
    'forbidden',
    '"Allowed locations"',
  ],
  [
    'an Azure policy, by the name in its additional information',
    platform(403, 'RequestDisallowedByPolicy', "Resource 'factory' was disallowed by policy.", {
      additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentDisplayName: 'Only Europe' } }],
    }),
    'forbidden',
    '"Only Europe"',
  ],
  [
    'a lock, by its scope',
    platform(
      409,
      'ScopeLocked',
      `The scope '${hubScope}' cannot perform delete operation because following scope(s) are locked: '/subscriptions/s1/resourceGroups/plant'. Please remove the lock and try again.`,
    ),
    'locked',
    'A lock on resource group "plant"',
    'Remove the lock',
  ],
  [
    'an existing free hub',
    provider(
      400,
      400_019,
      'Max number of Iot Hubs exceeded for sku = Free, Max Allowed = 1, Current = 2 in the subscription Id: s1.',
    ),
    'freeHubTaken',
    'Subscription "Pay-As-You-Go" already has its one free hub',
  ],
  [
    'too many hubs',
    provider(
      400,
      400_019,
      'Max number of Iot Hubs exceeded for sku = Standard, Max Allowed = 50, Current = 51.',
    ),
    'quotaExceeded',
    'reached its limit of IoT hubs',
  ],
  [
    'a provider that is not registered',
    platform(
      409,
      'MissingSubscriptionRegistration',
      "The subscription is not registered to use namespace 'Microsoft.Devices'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    ),
    'providerNotRegistered',
    'not registered in subscription "Pay-As-You-Go"',
  ],
  [
    'a name that is taken',
    provider(409, 409_001, 'IotHub name factory is not available.'),
    'alreadyExists',
    'Enter another name',
  ],
  [
    'a region at capacity',
    platform(409, 'SkuNotAvailable', 'The requested tier is currently not available in location westeurope.'),
    'regionFull',
    'Select another region',
  ],
  [
    'a region at capacity, by message only',
    provider(400, 400_000, 'The region has no capacity for new hubs.'),
    'regionFull',
    'Select another region',
  ],
  [
    'a region without hubs',
    platform(
      400,
      'LocationNotAvailableForResourceType',
      "The provided location 'jioindiacentral' is not available for resource type 'Microsoft.Devices/IotHubs'.",
    ),
    'unsupported',
    'Select another region',
  ],
  [
    'a resource group that no longer exists',
    platform(404, 'ResourceGroupNotFound', "Resource group 'plant' could not be found."),
    'notFound',
    'resource group no longer exists',
  ],
  [
    'a subscription that no longer exists',
    platform(404, 'SubscriptionNotFound', "The subscription 's1' could not be found."),
    'notFound',
    'subscription no longer exists',
  ],
  [
    'a resource group that is being deleted',
    platform(409, 'ResourceGroupBeingDeleted', "The resource group 'plant' is in deprovisioning state."),
    'refused',
    'being deleted',
  ],
  [
    'a read-only subscription',
    platform(
      409,
      'ReadOnlyDisabledSubscription',
      "The subscription 's1' is disabled and therefore marked as read only.",
    ),
    'refused',
    'disabled',
  ],
  ['a stale ETag', provider(412, 412_001, 'Invalid ETag supplied.'), 'changedMeanwhile', 'Refresh'],
  [
    'an invalid value',
    provider(400, 400_001, 'Partition count is not valid.'),
    'invalidInput',
    'Partition count',
  ],
  [
    'throttling, with the delay in seconds',
    refusal(429, { error: { code: 'TooManyRequests', message: 'x' } }, { 'Retry-After': '37' }),
    'throttled',
    'in 37 seconds',
  ],
  ['throttling with a long delay', refusal(429, {}, { 'Retry-After': '1800' }), 'throttled', 'in 30 minutes'],
  [
    'an internal error of Azure',
    platform(500, 'InternalServerError', 'Oops'),
    'serviceFailed',
    'HTTP 500',
    'Oops.',
  ],
  ['an error page of a proxy', refusal(502, {}), 'serviceFailed', 'HTTP 502', 'No reason was given'],
  [
    'a failed operation, by inner code',
    new ArmOperationFailure('Failed', {
      status: 'Failed',
      error: { code: '400019', message: `Max number of Iot Hubs exceeded for sku = Free.${tail}` },
    }),
    'freeHubTaken',
    'free hub',
  ],
  [
    'a failed operation with an unknown code',
    new ArmOperationFailure('Failed', { status: 'Failed', error: { code: 'Strange', message: 'It broke' } }),
    'serviceFailed',
    'Hub "factory" could not be created.',
    'It broke.',
  ],
  [
    'a failed deployment, by inner error',
    platform(409, 'DeploymentFailed', 'At least one resource deployment operation failed.', {
      details: [{ code: 'ScopeLocked', message: `…are locked: '${hubScope}'.` }],
    }),
    'locked',
    'hub "factory"',
  ],
  [
    'no network',
    Object.assign(new Error('getaddrinfo ENOTFOUND management.azure.com'), { code: 'ENOTFOUND' }),
    'unreachable',
    'management.azure.com cannot be resolved',
  ],
  [
    'an untrusted CA',
    Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'untrusted',
    'management.azure.com:443',
  ],
  [
    'an invalid response in the SDK',
    Object.assign(new Error('Unexpected end'), { code: 'PARSE_ERROR', statusCode: 200 }),
    'serviceFailed',
    'non-JSON',
  ],
  ['an unknown error', new Error('Strange'), 'serviceFailed', 'Strange'],
];

describe('A failed call of Azure Resource Manager', () => {
  it.each(cases)('is reported with operation, scope and remedy: %s', (_, error, code, ...parts) => {
    const failure = armFailure(error, context);
    expect(failure.code).toBe(code);
    for (const part of parts) expect(failure.message).toContain(part);
    expect(failure.message).not.toMatch(/correlation identifier|object id|\n|undefined/);
  });

  it('offers to sign in to an account, and names the token file otherwise', () => {
    const error = platform(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    expect(armFailure(error, context).action).toEqual({ kind: 'signIn' });
    const file = armFailure(error, { ...context, isAccount: false });
    expect(file).toMatchObject({ code: 'unauthorized', action: undefined });
  });

  it('offers the command that assigns the role on a hub', () => {
    const message = unauthorizedMessage('Microsoft.Devices/IotHubs/listkeys/action', hubScope);
    expect(armFailure(platform(403, 'AuthorizationFailed', message), context).action).toEqual({
      kind: 'copyRoleAssignment',
      hubId: `azure:${hubScope.toLowerCase()}`,
      role: 'Contributor',
    });
  });

  it('keeps the correlation ID for the log, without secrets', () => {
    const { detail } = armFailure(
      provider(400, 400_001, 'Bad endpoint SharedAccessKey=c2VjcmV0;EntityPath=x.'),
      context,
    );
    expect(detail).toContain('correlation identifier');
    expect(detail).not.toContain('c2VjcmV0');
  });

  it('contains neither the token nor the response of the SDK error', () => {
    const error = Object.assign(new Error('outer'), {
      name: 'RestError',
      code: 'ECONNRESET',
      request: { headers: { authorization: 'Bearer c2VjcmV0' } },
      response: { bodyAsText: '{"primaryKey":"c2VjcmV0"}' },
    });
    for (const each of [error, Object.assign(error, { statusCode: 500, details: {} })]) {
      const { cause } = armFailure(each, context);
      expect(cause).toMatchObject({ name: 'RestError', message: 'outer', stack: error.stack });
      expect(inspect(cause, { depth: 9, showHidden: true })).not.toContain('c2VjcmV0');
    }
  });

  it('contains no part of a response, which describes a hub with all of its keys', () => {
    const keys = { properties: { authorizationPolicies: [{ primaryKey: 'c2VjcmV0' }] } };
    const cut = '{"properties":{"authorizationPolicies":[{"primaryKey":"c2VjcmV0';
    const cutOff = Object.assign(new Error(`Unexpected end while parsing the response body - ${cut}.`), {
      name: 'RestError',
      code: 'PARSE_ERROR',
      statusCode: 200,
      response: { bodyAsText: cut },
    });
    for (const error of [
      refusal(500, keys),
      new ArmOperationFailure('Failed', keys),
      sdk(409, keys),
      cutOff,
      new Error('outer', { cause: refusal(500, keys) }),
    ]) {
      const failure = armFailure(error, context);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('c2VjcmV0');
    }
  });

  it('names scopes by their type', () => {
    expect(scopeName(hubScope)).toBe('hub "factory"');
    expect(scopeName(`${hubScope}/certificates/ca`)).toBe('hub "factory"');
    expect(scopeName('/subscriptions/s1/resourceGroups/plant')).toBe('resource group "plant"');
    expect(scopeName('/subscriptions/s1')).toBe('subscription s1');
    expect(scopeName('/subscriptions/s1/resourceGroups/p/providers/Microsoft.Web/sites/app')).toBe('"app"');
    expect(scopeName('/')).toBe('/');
  });
});
