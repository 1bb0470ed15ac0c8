import { describe, expect, it } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import { type HubRoute } from '../../../src/core/hub/hubSettings';
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
const aRoute = (name: string, endpoints: string[], change: Partial<HubRoute> = {}): HubRoute => ({
  name,
  source: 'DeviceMessages',
  condition: 'true',
  endpoints,
  isEnabled: true,
  ...change,
});
const facts = (change: Partial<SilenceFacts> = {}): SilenceFacts => ({
  monitor: { kind: 'live' },
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
      'Connected devices: 1 of the 1 that were looked at.',
      'The key and consumer group $Default can read all 2 partitions.',
      'The newest message came at 2026-11-24T11:59:59.000Z.',
      'The monitor runs and has shown 0 messages.',
    ]);
  });

  it.each<[string, Partial<SilenceFacts>, RegExp, string | undefined]>([
    ['a monitor that does not run', { monitor: { kind: 'idle' } }, /does not run/, 'startMonitoring'],
    [
      'a monitor that has ended',
      { monitor: { kind: 'failed', trouble: 'The hub refused the key.' } },
      /has ended; start it again: The hub refused the key\./,
      'startMonitoring',
    ],
    ['a monitor that is connecting', { monitor: { kind: 'connecting' } }, /is connecting/, undefined],
    [
      'a monitor that is reconnecting',
      { monitor: { kind: 'retrying', trouble: 'The event endpoint did not answer.' } },
      /is reconnecting .*: The event endpoint did not answer\./,
      undefined,
    ],
    [
      'a monitor in trouble',
      { monitor: { kind: 'live', trouble: 'Partition 0 has messages that do not come.' } },
      /tries to get over this: Partition 0 has messages/,
      undefined,
    ],
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
    [
      'a fallback route that is off, and no route to the built-in endpoint',
      { routing: { routes: [aRoute('archive', ['storage'])], isFallbackOn: false } },
      /fallback route is off and no route leads to the built-in endpoint \("archive" leads elsewhere\)/,
      undefined,
    ],
    [
      'a route that takes all messages elsewhere',
      { routing: { routes: [aRoute('archive', ['storage'])], isFallbackOn: true } },
      /Route "archive" takes all messages to storage/,
      undefined,
    ],
    [
      'a quota that is used up',
      { quota: { used: 8_000, limit: 8_000 } },
      /quota is used up \(8,000 of the 8,000 messages of today\): it takes messages again from 2026-11-25T00:00Z/,
      undefined,
    ],
    [
      'a consumer group that there is not',
      { consumerGroup: 'mine', consumerGroups: ['$Default', 'other'] },
      /no consumer group mine/,
      'chooseConsumerGroup',
    ],
    [
      'another reader that owns the consumer group',
      { partitions: new IotError('refused', 'Another reader took over.') },
      /Another reader took over \(consumer group \$Default\)\./,
      'chooseConsumerGroup',
    ],
    [
      'a device that is watched and is not there',
      { missing: ['boiler-7'], devices: [] },
      /no device "boiler-7", which the monitor watches: register it, or monitor another/,
      'registerDevice',
    ],
    [
      'devices that are watched and are not there, beside one that is',
      { missing: ['a', 'b'], devices: [aDevice()] },
      /no device "a", "b", which the monitor watches: register them/,
      'registerDevice',
    ],
  ])('names %s, and what to do', (_, change, said, fix) => {
    const found = causes(change);
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toMatch(said);
    expect(found[0]?.fix).toBe(fix);
    expect(whyNoMessages(facts(change))[0]).toEqual(found[0]);
  });

  it('finds nothing in routes that leave messages to the built-in endpoint', () => {
    const routes = [
      [aRoute('hot', ['queue'], { condition: '$body.temperature > 30' })],
      [aRoute('archive', ['storage']), aRoute('here', ['events'])],
      [aRoute('archive', ['storage'], { isEnabled: false })],
      [],
    ];
    for (const each of routes) expect(causes({ routing: { routes: each, isFallbackOn: true } })).toEqual([]);
    expect(
      causes({
        routing: { routes: [aRoute('here', ['events'])], isFallbackOn: false },
        quota: { used: 1, limit: 8_000 },
      }),
    ).toEqual([]);
  });

  it('asks nothing of devices where there are none to ask for', () => {
    expect(whyNoMessages({ ...facts(), devices: undefined }).map(({ text }) => text)[0]).toMatch(
      /^The key and consumer group/,
    );
  });

  it('does not blame the start of a monitor that has shown messages since', () => {
    expect(causes({ since: now, received: 3 })).toEqual([]);
  });

  it('names all causes, in the order in which a message passes them', () => {
    expect(
      causes({ devices: [], partitions: [{ partitionId: '0' }], monitor: { kind: 'idle' } }).map(
        ({ fix }) => fix,
      ),
    ).toEqual(['registerDevice', 'publishMessage', 'startMonitoring']);
  });
});
