import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delay } from '../../src/core/base/abort';
import { openEvents } from '../../src/azure/events/index';
import { openDeviceSession } from '../../src/azure/mqtt/index';
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type DeviceSession } from '../../src/core/message/deviceSession';
import { type ReceivedMessage } from '../../src/core/message/receivedMessage';
import { mqttSettings } from '../../src/core/mqtt/mqttSettings';
import { newReplayCounts, replay, type ReplayPorts } from '../../src/core/publish/replay';
import { openRecorder, openRecording } from '../../src/recording/index';
import { until } from './support/until';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';

const start = Date.UTC(2026, 10, 24, 8);
const recorded = (n: number, change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: n,
  enqueuedAt: start + n * 1_000,
  deviceId: `boiler-${n % 3}`,
  source: 'Telemetry',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  body: new Uint8Array(Buffer.from(n % 2 === 0 ? `{"n": ${n}, "x": 1.0}` : [n % 256, 0xff, 0x00])),
  systemProperties: {
    messageId: `m-${n}`,
    correlationId: `c-${n}`,
    userId: 'ü1',
    to: 'cloud',
    absoluteExpiryTime: '2030-01-01T00:00:00.000Z',
    'dt-subject': 'cooler',
    'iothub-interface-id': 'urn:x',
    'iothub-outputname': 'out1',
  },
  applicationProperties: {
    zone: '1',
    'näme with spaces & =': `välue ${n} %20`,
    empty: '',
    '$.own': 'x',
    alert: 'true',
    'iothub-creation-time-utc': '2023-09-05T18:53:42.1509021Z',
  },
  ...change,
});
const never = new AbortController().signal;

async function* batches(messages: readonly ReceivedMessage[]): AsyncGenerator<readonly ReceivedMessage[]> {
  for (let from = 0; from < messages.length; from += 7) yield messages.slice(from, from + 7);
}

describe('A replay', () => {
  /** A clock that advances when a caller waits, and devices that only record calls. */
  function fake(change: (deviceId: string) => Partial<DeviceSession> = () => ({})) {
    const taken: { at: number; deviceId: string; topic: string }[] = [];
    let now = 5_000;
    const ports: ReplayPorts = {
      now: () => now,
      wait: async (ms) => void (now += ms),
      session: async (deviceId) => ({
        ready: async () => undefined,
        publish: async ({ topic }) => {
          taken.push({ at: now - 5_000, deviceId, topic });
          return { acknowledgedMs: 1, sends: 1 };
        },
        close: async () => undefined,
        ...change(deviceId),
      }),
    };
    return { taken, ports };
  }

  it.each([
    [1, [0, 1_000, 2_000, 3_000]],
    [10, [0, 100, 200, 300]],
    [0.5, [0, 2_000, 4_000, 6_000]],
    [0, [0, 0, 0, 0]],
  ])('keeps the intervals of the recording divided by %d', async (speed, times) => {
    const { taken, ports } = fake();
    const messages = [0, 1, 2, 3].map((n) => recorded(n));
    await replay(batches(messages), { deviceFor: (id) => id, speed }, ports, newReplayCounts(), never);
    expect(taken.map(({ at }) => at)).toEqual(times);
    expect(taken.map(({ deviceId }) => deviceId)).toEqual(['boiler-0', 'boiler-1', 'boiler-2', 'boiler-0']);
  });

  it('skips messages that are not telemetry or have no device, and continues if a device fails', async () => {
    const { ports } = fake((deviceId) =>
      deviceId === 'boiler-1' ? { ready: async () => Promise.reject(new Error('It is disabled.')) } : {},
    );
    const result = newReplayCounts();
    const messages = [
      recorded(0),
      recorded(1),
      recorded(2),
      recorded(3, { source: 'twinChangeEvents' }),
      recorded(4, { deviceId: undefined }),
      recorded(6, { moduleId: 'm' }),
    ];
    const deviceFor = (id: string) => (id === 'boiler-2' ? undefined : id);
    await replay(batches(messages), { deviceFor, speed: 0 }, ports, result, never);
    expect(result).toEqual({
      sent: 1,
      acknowledged: 1,
      failed: 1,
      leftOut: 4,
      behindMs: 0,
      notKept: new Set(),
      firstFailure: 'It is disabled.',
    });
  });

  it('sends messages without a time together with the message before them', async () => {
    const { taken, ports } = fake();
    const messages = [
      recorded(0, { enqueuedAt: NaN }),
      recorded(1),
      recorded(2, { enqueuedAt: NaN }),
      recorded(3),
    ];
    const result = newReplayCounts();
    await replay(batches(messages), { deviceFor: (id) => id, speed: 1 }, ports, result, never);
    expect(taken.map(({ at }) => at)).toEqual([0, 0, 0, 2_000]);
    expect(result.behindMs).toBe(0);
  });

  it('ends on cancellation', async () => {
    const controller = new AbortController();
    const { ports, taken } = fake(() => ({
      ready: async () => controller.abort(),
    }));
    const messages = Array.from({ length: 100 }, (_, n) => recorded(n));
    await expect(
      replay(
        batches(messages),
        { deviceFor: (id) => id, speed: 0 },
        ports,
        newReplayCounts(),
        controller.signal,
      ),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(taken.length).toBeLessThan(2);
  });
});

describe('A recording replayed to a hub', () => {
  let hub: TestHub;
  let connection: HubConnection;
  const folder = makeTemporaryFolder();
  beforeAll(async () => {
    hub = await startTestHub();
    connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  });
  afterAll(async () => {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('arrives with the same bodies and properties from other devices', async () => {
    const messages = Array.from({ length: 1_000 }, (_, n) => recorded(n));
    const file = path.join(folder, 'r.jsonl');
    const recorder = await openRecorder({ file, format: 'jsonl' });
    recorder.add(messages);
    await recorder.close();
    const registry = await openDeviceRegistry(connection);
    const arrived: ReceivedMessage[] = [];
    const subscription = await openEvents(
      {
        connection,
        consumerGroup: '$Default',
        start: { kind: 'now' },
        seen: new Map(),
        onMessages: (some) => arrived.push(...some),
        onTrouble: () => undefined,
      },
      never,
    );
    const sessions: DeviceSession[] = [];
    const result = newReplayCounts();
    await replay(
      openRecording(file),
      { deviceFor: (id) => `test-${id}`, speed: 0 },
      {
        now: () => performance.now(),
        wait: delay,
        session: async (deviceId) => {
          const device = await registry.create(deviceId, { kind: 'sas' });
          const session = await openDeviceSession({
            settings: () =>
              mqttSettings({ hub: connection, device, bag: [], tokenSeconds: 600, now: Date.now() }),
            transport: 'mqtt',
            webSocketPort: connection.httpsPort,
            maxInFlight: 100,
            onState: () => undefined,
          });
          sessions.push(session);
          return session;
        },
      },
      result,
      never,
    );
    expect(result).toMatchObject({ sent: 1_000, acknowledged: 1_000, failed: 0, leftOut: 0 });
    await until('all messages to arrive', () => arrived.length >= 1_000);
    const key = ({ systemProperties }: ReceivedMessage) =>
      Number(String(systemProperties['messageId']).slice(2));
    const facts = (message: ReceivedMessage) => ({
      deviceId: message.deviceId,
      body: Buffer.from(message.body).toString('latin1'),
      contentType: message.contentType,
      contentEncoding: message.contentEncoding,
      // In order.
      properties: Object.entries(message.applicationProperties),
      system: Object.fromEntries(
        Object.entries(message.systemProperties).filter(
          ([name]) => !/^iothub-(connection|enqueuedtime)/.test(name),
        ),
      ),
    });
    expect(arrived.toSorted((one, other) => key(one) - key(other)).map(facts)).toEqual(
      messages.map((message) => facts({ ...message, deviceId: `test-${message.deviceId ?? ''}` })),
    );
    await Promise.all(sessions.map((session) => session.close()));
    await subscription.close();
    registry.dispose();
  });
});
