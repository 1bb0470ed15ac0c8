import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../../../src/localHub/auth/authenticator';
import { parseCliOptions } from '../../../src/localHub/cli/options';
import { unrestrictedAccess } from '../../../src/localHub/state/access';
import type { Device } from '../../../src/localHub/state/device';
import type { Policy } from '../../../src/localHub/state/policies';

const keyOf = (name: string): string => Buffer.from(name.padEnd(32, '.')).toString('base64');

const deviceOf = (deviceId: string): Device => ({
  deviceId,
  generationId: '1',
  etag: 'x',
  connectionState: 'Disconnected',
  status: 'enabled',
  statusReason: null,
  connectionStateUpdatedTime: '',
  statusUpdatedTime: '',
  lastActivityTime: '',
  cloudToDeviceMessageCount: 0,
  authentication: {
    type: 'sas',
    symmetricKey: { primaryKey: keyOf(deviceId), secondaryKey: keyOf(`${deviceId} 2`) },
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
  },
  capabilities: { iotEdge: false },
});

const owner: Policy = {
  keyName: 'owner',
  primaryKey: keyOf('owner'),
  secondaryKey: keyOf('owner 2'),
  rights: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
};

/** The time of the hub; tokens expire at 1,000,000 seconds. */
function authenticatorAt(seconds: number, toleranceSeconds = 300): Authenticator {
  return new Authenticator({
    registry: { get: (id) => (['pump', 'Pump'].includes(id) ? deviceOf(id) : undefined) },
    policies: { find: (name) => (name.toLowerCase() === 'owner' ? owner : undefined) },
    certificates: { find: () => undefined, list: () => [] },
    access: { rules: unrestrictedAccess },
    hostAliases: new Set(['localhost']),
    tokenToleranceMs: toleranceSeconds * 1000,
    now: () => seconds * 1000,
  });
}

function aToken(resource: string, key: string, policy = ''): string {
  const sr = encodeURIComponent(resource);
  const bytes = resource.startsWith('sb:') ? Buffer.from(key) : Buffer.from(key, 'base64');
  const signature = createHmac('sha256', bytes).update(`${sr}\n1000000`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}&se=1000000${policy && `&skn=${policy}`}`;
}

const uses: readonly [string, (hub: Authenticator) => { readonly expiresAtMs: number }][] = [
  ['a device', (hub) => hub.authenticateDevice('pump', aToken('localhost/devices/pump', keyOf('pump')))],
  [
    'a device by a policy',
    (hub) => hub.authenticateDevice('pump', aToken('localhost', keyOf('owner'), 'owner')),
  ],
  [
    'a service',
    (hub) => hub.authenticateService(aToken('localhost', keyOf('owner'), 'owner'), 'RegistryRead'),
  ],
  [
    'an event reader',
    (hub) => hub.authenticateEventReader(aToken('sb://localhost/e', keyOf('owner'), 'owner')),
  ],
];

describe.each(uses)('The token of %s', (_, authenticate) => {
  it.each([999_999, 1_000_000, 1_000_299])(
    'is accepted until 5 minutes after its expiry, for as long as its connection may last: at %i seconds',
    (seconds) => {
      expect(authenticate(authenticatorAt(seconds)).expiresAtMs).toBe(1_000_300_000);
    },
  );

  it('is refused 5 minutes after its expiry', () => {
    expect(() => authenticate(authenticatorAt(1_000_300))).toThrow(
      'The token expired at 1970-01-12T13:46:40.000Z.',
    );
  });

  it('is refused at its expiry without tolerance', () => {
    expect(authenticate(authenticatorAt(999_999, 0)).expiresAtMs).toBe(1_000_000_000);
    expect(() => authenticate(authenticatorAt(1_000_000, 0))).toThrow('The token expired at');
  });
});

describe('IDs in the resource of a token', () => {
  const authenticate = (deviceId: string, resource: string, key: string) =>
    authenticatorAt(0).authenticateDevice(deviceId, aToken(resource, keyOf(key))).device.deviceId;

  it.each(['localhost/devices/pump', 'LOCALHOST/devices/PUMP', 'Localhost/Devices/Pump'])(
    'are compared without case: %s',
    (resource) => {
      expect(authenticate('pump', resource, 'pump')).toBe('pump');
      expect(authenticate('Pump', resource, 'Pump')).toBe('Pump');
    },
  );

  it('do not give access to a device whose ID differs in case', () => {
    expect(() => authenticate('Pump', 'localhost/devices/pump', 'pump')).toThrow(
      'matches neither key of device Pump',
    );
    expect(() => authenticate('PUMP', 'localhost/devices/PUMP', 'pump')).toThrow(
      'Device PUMP is not registered.',
    );
  });
});

describe('The option --token-tolerance', () => {
  it('is 300 seconds by default, and may be 0', () => {
    expect(parseCliOptions([])).toMatchObject({ tokenToleranceSeconds: 300 });
    expect(parseCliOptions(['--token-tolerance', '0'])).toMatchObject({ tokenToleranceSeconds: 0 });
    expect(() => parseCliOptions(['--token-tolerance', '-1'])).toThrow('--token-tolerance');
  });
});
