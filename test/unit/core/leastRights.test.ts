import { describe, expect, it, vi } from 'vitest';
import { assigneeOptions, readAccessToken } from '../../../src/core/azure/accessToken';
import { type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { LeastPrivilegeRegistries } from '../../../src/core/device/leastPrivilegeRegistries';
import { IotError } from '../../../src/core/errors';

const calls = [
  'list',
  'find',
  'get',
  'create',
  'setEnabled',
  'setThumbprints',
  'delete',
  'statistics',
  'connectedCount',
] as const;

describe('device registry with least privilege', () => {
  function opened(fails?: Error) {
    const log: string[] = [];
    const refused = vi.fn();
    const registries = new LeastPrivilegeRegistries((rights) => {
      const call = (name: string) => async () => {
        log.push(`${name}: ${rights.join('+')}`);
        if (fails) throw fails;
      };
      const registry = Object.fromEntries(calls.map((name) => [name, call(name)]));
      return { forHub: async () => registry as unknown as DeviceRegistry };
    }, refused);
    return { registries, log, refused };
  }

  it('makes each call with the rights it requires', async () => {
    const { registries, log, refused } = opened();
    const registry = await registries.forHub('h');
    await registry.list('SELECT * FROM devices', 1);
    await registry.find('d');
    await registry.get('d');
    await registry.create('d', { kind: 'certificateAuthority' });
    await registry.setEnabled('d', true);
    await registry.setThumbprints('d', { primary: '', secondary: '' }, 'e');
    await registry.delete('d');
    await registry.statistics();
    await registry.connectedCount();
    expect(log).toEqual([
      'list: ServiceConnect',
      'find: RegistryRead',
      'get: RegistryRead',
      'create: RegistryRead+RegistryWrite',
      'setEnabled: RegistryRead+RegistryWrite',
      'setThumbprints: RegistryRead+RegistryWrite',
      'delete: RegistryRead+RegistryWrite',
      'statistics: RegistryRead',
      'connectedCount: ServiceConnect',
    ]);
    expect(refused).not.toHaveBeenCalled();
  });

  it('reports a refused key and no other failure', async () => {
    const unauthorized = opened(new IotError('unauthorized', 'The hub refused the key.'));
    await expect((await unauthorized.registries.forHub('h')).get('d')).rejects.toThrow('refused');
    expect(unauthorized.refused).toHaveBeenCalledWith('h');
    const gone = opened(new IotError('notFound', 'No such device.'));
    await expect((await gone.registries.forHub('h')).get('d')).rejects.toThrow('No such');
    expect(gone.refused).not.toHaveBeenCalled();
  });
});

describe('Microsoft Entra ID token', () => {
  const jwt = (claims: unknown) =>
    `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

  it('contains its expiry time', () => {
    expect(readAccessToken(jwt({ exp: 2_000 }), 0).expiresAt).toBe(2_000_000);
  });

  it.each(['', 'opaque', 'a.b.c', 'a.bnVsbA.c', jwt('text'), jwt({ exp: 'soon' })])(
    'without an expiry time (%s) is valid for five minutes',
    (token) => {
      expect(readAccessToken(token, 1_000).expiresAt).toBe(301_000);
    },
  );

  it('identifies the assignee by object ID or name, without shell syntax', () => {
    expect(assigneeOptions(jwt({ upn: 'ann@contoso.com', oid: '11-22' }))).toBe(
      '--assignee-object-id "11-22" --assignee-principal-type User',
    );
    expect(assigneeOptions(jwt({ idtyp: 'app', oid: '11-22' }))).toBe(
      '--assignee-object-id "11-22" --assignee-principal-type ServicePrincipal',
    );
    expect(assigneeOptions(jwt({ upn: 'ann@contoso.com' }))).toBe('--assignee "ann@contoso.com"');
    expect(assigneeOptions(jwt({ upn: '$(reboot)' }))).toBeUndefined();
    expect(assigneeOptions('opaque')).toBeUndefined();
  });
});
