import { describe, expect, it } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import { IotError } from '../../../src/core/errors';
import { whyNoMessages, type SilenceFacts } from '../../../src/core/message/whyNoMessages';

const now = Date.UTC(2026, 10, 24, 12);
const aDevice = (change: Partial<DeviceSummary> = {}): DeviceSummary => ({
  deviceId: 'd',
  authentication: 'sas',
  isEnabled: true,
  isConnected: true,
  isEdge: false,
  lastActivityAt: now - 1_000,
  ...change,
});
const facts = (change: Partial<SilenceFacts> = {}): SilenceFacts => ({
  isMonitoring: true,
  consumerGroup: '$Default',
  received: 0,
  devices: [aDevice()],
  partitions: [{ partitionId: '0', lastEnqueuedAt: now - 1_000 }, { partitionId: '1' }],
  now,
  ...change,
});
const causes = (change: Partial<SilenceFacts>) =>
  whyNoMessages(facts(change)).filter(({ isCause }) => isCause);

describe('Why no messages?', () => {
  it('finds nothing when all is well, and says what it looked at', () => {
    expect(causes({})).toEqual([]);
    expect(whyNoMessages(facts()).map(({ text }) => text)).toEqual([
      '1 of the 1 devices that were looked at are connected.',
      'The key and consumer group $Default can read all 2 partitions.',
      'The newest message came at 2026-11-24T11:59:59.000Z.',
      'The monitor runs and has shown 0 messages.',
    ]);
  });

  it.each<[string, Partial<SilenceFacts>, RegExp, string | undefined]>([
    ['a monitor that does not run', { isMonitoring: false }, /does not run/, 'startMonitoring'],
    ['a hub without devices', { devices: [] }, /no device/, 'registerDevice'],
    ['devices that are all disabled', { devices: [aDevice({ isEnabled: false })] }, /disabled/, undefined],
    [
      'devices that were never active',
      { devices: [aDevice({ isConnected: false, lastActivityAt: undefined })] },
      /ever been active/,
      'publishMessage',
    ],
    [
      'devices that were active long ago',
      { devices: [aDevice({ isConnected: false, lastActivityAt: now - 3_600_000 })] },
      /last one was active at 2026-11-24T11:00:00/,
      'publishMessage',
    ],
    [
      'a key without rights',
      { partitions: new IotError('unauthorized', 'The hub refused the key.') },
      /consumer group \$Default: The hub refused the key/,
      undefined,
    ],
    [
      'a registry that cannot be read',
      { devices: new IotError('unauthorized', 'The hub refused the key.') },
      /devices of the hub cannot be read/,
      undefined,
    ],
    [
      'an endpoint that never had a message',
      { partitions: [{ partitionId: '0' }] },
      /fallback route is off/,
      'publishMessage',
    ],
    [
      'a filter that hides all',
      { received: 5, hiding: { filter: 'device:x', messages: 5 } },
      /filter "device:x" hides 5 messages, all that came/,
      'changeFilter',
    ],
    [
      'a start that is too late',
      { since: now },
      /newest message came at .*start from earlier/,
      'startFromEarlier',
    ],
  ])('names %s, and what to do', (_, change, said, fix) => {
    const found = causes(change);
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toMatch(said);
    expect(found[0]?.fix).toBe(fix);
    expect(whyNoMessages(facts(change))[0]).toEqual(found[0]);
  });

  it('does not blame the start of a monitor that has shown messages since', () => {
    expect(causes({ since: now, received: 3 })).toEqual([]);
  });

  it('names all causes, in the order in which a message passes them', () => {
    expect(
      causes({ devices: [], partitions: [{ partitionId: '0' }], isMonitoring: false }).map(({ fix }) => fix),
    ).toEqual(['registerDevice', 'publishMessage', 'startMonitoring']);
  });
});
