import { describe, expect, it } from 'vitest';
import { registryFailure, type RegistryAccess } from '../../../src/azure/registry/registryFailure';
import { type HubConnection } from '../../../src/core/hub/hubConnection';

const hub: HubConnection = {
  hostName: 'factory.azure-devices.net',
  policyName: '',
  key: '',
  tokens: { getToken: async () => ({ token: 't', expiresAt: 0 }) },
  mqttPort: 8883,
  httpsPort: 443,
  amqpPort: 5671,
};
const refused = (statusCode: number, message: string) =>
  Object.assign(new Error('x'), {
    response: { statusCode },
    responseBody: JSON.stringify({ Message: message, ExceptionMessage: 'Tracking ID:1' }),
  });
/** The message of the service. */
const noRole = refused(
  401,
  'ErrorCode:IotHubUnauthorized;Principal ada@contoso.com is not authorized for POST on /devices/query due to no assigned permissions',
);

describe('A rejected Microsoft Entra ID token', () => {
  it.each<[RegistryAccess, string, string]>([
    ['query', 'twins/read', 'IoT Hub Data Reader'],
    ['read', 'devices/read', 'IoT Hub Data Reader'],
    ['statistics', 'statistics/read', 'IoT Hub Data Reader'],
    ['write', 'devices/write', 'IoT Hub Registry Contributor'],
    ['delete', 'devices/delete', 'IoT Hub Registry Contributor'],
  ])('for %s names the permission and the role, and offers the command', (access, permission, role) => {
    const failure = registryFailure(noRole, hub, { access, hubId: 'azure:/x' });
    expect(failure.code).toBe('forbidden');
    expect(failure.message).toContain(`Microsoft.Devices/IotHubs/${permission} on hub "factory"`);
    expect(failure.message).toContain(`"${role}"`);
    expect(failure.action).toEqual({ kind: 'copyRoleAssignment', hubId: 'azure:/x', role });
  });

  it('asks to sign in when the session has expired', () => {
    const failure = registryFailure(refused(401, 'ErrorCode:IotHubUnauthorized;The token has expired'), hub, {
      access: 'read',
      hubId: 'azure:/x',
    });
    expect(failure).toMatchObject({ code: 'signInNeeded', action: { kind: 'signIn' } });
  });

  it.each([401, 404])('is not taken for one of a hub that is not known yet (%d)', (status) => {
    const unknown = refused(status, 'ErrorCode:IotHubNotFound;Iot hub not found');
    for (const signer of [{}, { tokens: undefined, policyName: 'service', key: 'a2V5' }])
      expect(registryFailure(unknown, { ...hub, ...signer }, { access: 'query', hubId: 'h' })).toMatchObject({
        code: 'notReady',
        action: undefined,
      });
  });

  it('names the network, which the hub refuses in the same way', () => {
    const plain = refused(401, 'ErrorCode:IotHubUnauthorizedAccess;Unauthorized');
    const byKey = { ...hub, tokens: undefined, policyName: 'service', key: 'a2V5' };
    for (const connection of [hub, byKey]) {
      const of = (limitedBy?: 'closedNetwork' | 'ipRules') =>
        registryFailure(plain, { ...connection, ...(limitedBy ? { limitedBy } : {}) }, { access: 'read' });
      expect(of().message).toContain('check its IP rules and its public network access');
      expect(of('ipRules').message).toContain('Hub "factory" has IP rules');
      expect(of('closedNetwork')).toMatchObject({ code: 'unreachable', action: undefined });
      expect(of('closedNetwork').message).toContain('public network access is disabled');
    }
  });

  it('is distinguished from an exceeded quota and from a rejected key', () => {
    const quota = refused(403, 'ErrorCode:IotHubQuotaExceeded;Total number of messages exceeded the quota');
    expect(registryFailure(quota, hub, { access: 'read' }).code).toBe('quotaExceeded');
    const byKey = { ...hub, tokens: undefined, policyName: 'service', key: 'a2V5' };
    expect(registryFailure(noRole, byKey, { access: 'read', hubId: 'h' })).toMatchObject({
      code: 'unauthorized',
      action: undefined,
    });
  });
});
