import { describe, expect, it } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import { type HubRoute } from '../../../src/core/hub/hubSettings';
import { IotError } from '../../../src/core/errors';
import { diagnoseSilence } from '../../../src/core/message/diagnoseSilence';
import { type SilenceEvidence } from '../../../src/core/message/silenceEvidence';

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
const evidence = (change: Partial<SilenceEvidence> = {}): SilenceEvidence => ({
  monitor: { kind: 'live' },
  consumerGroup: '$Default',
  received: 0,
  devices: [aDevice()],
  partitions: [{ partitionId: '0', lastEnqueuedAt: now - 1_000 }, { partitionId: '1' }],
  now,
  ...change,
});
const causes = (change: Partial<SilenceEvidence>) =>
  diagnoseSilence(evidence(change)).filter(({ isCause }) => isCause);

describe('diagnosis of missing messages', () => {
  it('reports the checks and no cause if everything is in order', () => {
    expect(causes({})).toEqual([]);
    expect(diagnoseSilence(evidence()).map(({ text }) => text)).toEqual([
      'Connected devices: 1 of 1 checked.',
      'Consumer group "$Default" can read all partitions: 2.',
      'The newest message was enqueued at 2026-11-24T11:59:59.000Z.',
      'Monitoring is running and has shown 0 messages.',
    ]);
  });

  it.each<[string, Partial<SilenceEvidence>, RegExp, string | undefined]>([
    ['a monitor that is not running', { monitor: { kind: 'idle' } }, /is not running/, 'startMonitoring'],
    [
      'a monitor that has failed',
      { monitor: { kind: 'failed', trouble: 'The hub refused the key.' } },
      /has stopped\. Start it again\. Reason: The hub refused the key\./,
      'startMonitoring',
    ],
    ['a monitor that is connecting', { monitor: { kind: 'connecting' } }, /is connecting/, undefined],
    [
      'a monitor that is reconnecting',
      { monitor: { kind: 'retrying', trouble: 'The event endpoint did not answer.' } },
      /is reconnecting: The event endpoint did not answer\./,
      undefined,
    ],
    [
      'a monitor that is recovering',
      { monitor: { kind: 'live', trouble: 'Partition 0 cannot be read.' } },
      /is being restored: Partition 0 cannot be read/,
      undefined,
    ],
    ['a hub without devices', { devices: [] }, /no devices/, 'registerDevice'],
    ['only disabled devices', { devices: [aDevice({ isEnabled: false })] }, /disabled/, undefined],
    [
      'devices that were never active',
      { devices: [aDevice({ isConnected: false, lastActivityAt: undefined })] },
      /ever been active/,
      'publishMessage',
    ],
    [
      'devices that were active long ago',
      { devices: [aDevice({ isConnected: false, lastActivityAt: now - 3_600_000 })] },
      /last activity was at 2026-11-24T11:00:00/,
      'publishMessage',
    ],
    [
      'a key without permissions',
      { partitions: new IotError('unauthorized', 'The hub refused the key.') },
      /consumer group "\$Default": The hub refused the key/,
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
      /fallback route is disabled/,
      'publishMessage',
    ],
    [
      'a filter that hides all messages',
      { received: 5, hiding: { filter: 'device:x', messages: 5 } },
      /filter "device:x" hides all 5 messages received/,
      'changeFilter',
    ],
    [
      'a start position after the newest message',
      { since: now },
      /newest message was enqueued at .*Start from an earlier time/,
      'startFromEarlier',
    ],
    [
      'a disabled fallback route without a route to the built-in endpoint',
      { routing: { routes: [aRoute('archive', ['storage'])], isFallbackOn: false } },
      /fallback route is disabled, and messages are sent to other endpoints by route "archive"/,
      undefined,
    ],
    [
      'a route that sends all messages to another endpoint',
      { routing: { routes: [aRoute('archive', ['storage'])], isFallbackOn: true } },
      /Route "archive" matches all messages and sends them to storage/,
      undefined,
    ],
    [
      'a quota that is exceeded',
      { quota: { used: 8_000, limit: 8_000 } },
      /quota is exceeded \(8,000 of 8,000 messages\)\. The hub accepts messages again at 2026-11-25T00:00Z/,
      undefined,
    ],
    [
      'a consumer group that does not exist',
      { consumerGroup: 'mine', consumerGroups: ['$Default', 'other'] },
      /Consumer group "mine" does not exist/,
      'chooseConsumerGroup',
    ],
    [
      'another reader that owns the consumer group',
      { partitions: new IotError('refused', 'Another reader took over.') },
      /Consumer group "\$Default" cannot be used: Another reader took over\./,
      'chooseConsumerGroup',
    ],
    [
      'a monitored device that does not exist',
      { missing: ['boiler-7'], devices: [] },
      /monitored device "boiler-7" does not exist\. Register it, or monitor another/,
      'registerDevice',
    ],
    [
      'monitored devices of which some do not exist',
      { missing: ['a', 'b'], devices: [aDevice()] },
      /monitored devices "a" and "b" do not exist\. Register them/,
      'registerDevice',
    ],
  ])('reports %s with a fix', (_, change, text, fix) => {
    const found = causes(change);
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toMatch(text);
    expect(found[0]?.fix).toBe(fix);
    expect(diagnoseSilence(evidence(change))[0]).toEqual(found[0]);
  });

  it('reports no cause for routes that deliver messages to the built-in endpoint', () => {
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

  it('does not check devices of an event endpoint', () => {
    expect(diagnoseSilence({ ...evidence(), devices: undefined }).map(({ text }) => text)[0]).toMatch(
      /^Consumer group/,
    );
  });

  it('does not report the start position of a monitor that has shown messages', () => {
    expect(causes({ since: now, received: 3 })).toEqual([]);
  });

  it('reports all causes in the order of the path of a message', () => {
    expect(
      causes({ devices: [], partitions: [{ partitionId: '0' }], monitor: { kind: 'idle' } }).map(
        ({ fix }) => fix,
      ),
    ).toEqual(['registerDevice', 'publishMessage', 'startMonitoring']);
  });
});
