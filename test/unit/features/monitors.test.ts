import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { IotError } from '../../../src/core/errors';
import { type Hub } from '../../../src/core/hub/hub';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { HubBadges } from '../../../src/core/hub/hubBadges';
import { type EventReading } from '../../../src/core/message/eventSource';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { startFrom, whyNoMessages, type Reading } from '../../../src/features/monitor/lazy/monitorActions';
import { MonitorMemory } from '../../../src/features/monitor/lazy/monitorChoices';
import { Monitors } from '../../../src/features/monitor/lazy/monitors';
import { Recordings } from '../../../src/features/monitor/lazy/recordings';
import { openRecorder, openRecording } from '../../../src/recording/index';
import { type Services } from '../../../src/services';
import { changeSetting, fake, memento } from '../../support/fakeVscode';
import { aLocalHub, aSavedHub } from '../../support/hubs';
import { buildReaderWorker } from '../recording/support/readerWorker';

beforeAll(() => buildReaderWorker());

const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-monitors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const hubNamed = (id: string): Hub => aSavedHub({ id, name: `Hub ${id}` });
const message = (n: number, deviceId = 'boiler-1'): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: n,
  enqueuedAt: Date.UTC(2026, 0, 1) + n,
  deviceId,
  contentType: 'application/json',
  body: new Uint8Array(Buffer.from(`{"n":${n}}`)),
  systemProperties: {},
  applicationProperties: {},
});

/** Monitors of hubs that can be removed; `readings` lists what they read, newest first. */
function open(more: Partial<Services> = {}) {
  const hubs: Hub[] = [hubNamed('a'), hubNamed('b')];
  const changed = new Emitter<void>();
  const directory = new HubDirectory();
  directory.add({
    onDidChange: changed.event,
    hubs: () => hubs,
    connection: () => Promise.resolve({} as never),
  });
  const readings: EventReading[] = [];
  const problems: unknown[] = [];
  const log = {
    warn: (text: string) => problems.push(text),
    error: (text: string, error: unknown) => problems.push(text, error),
  };
  const services = {
    hubs: directory,
    badges: new HubBadges(),
    log,
    events: {
      open: async (reading: EventReading) => {
        readings.unshift(reading);
        return {
          broken: new Promise<never>(() => undefined),
          positions: new Map<string, number>(),
          close: async () => undefined,
        };
      },
      inspect: async () => [{ partitionId: '0', lastEnqueuedAt: Date.now() - 60_000 }],
    },
    ...more,
  } as unknown as Services;
  const memory = new MonitorMemory(memento());
  const recordings = new Recordings(services.log);
  const monitors = new Monitors(services, memory, (monitor) => recordings.stop(monitor));
  const reading: Reading = { services, memory, recordings, monitors };
  return {
    ...reading,
    reading,
    readings,
    problems,
    hub: (id: string) => directory.get(id),
    replace: (hub: Hub) => {
      hubs[hubs.findIndex(({ id }) => id === hub.id)] = hub;
      changed.fire();
    },
    remove: (id: string) => {
      hubs.splice(
        hubs.findIndex((hub) => hub.id === id),
        1,
      );
      changed.fire();
    },
  };
}

beforeEach(() => fake.reset());

describe('selections for a monitor', () => {
  it('are stored for the next window: filter, start and consumer group', async () => {
    const state = memento();
    const target = { id: 'a', hubId: 'a' };
    const memory = new MonitorMemory(state);
    await memory.set(target, { filter: 'alert=true' });
    await memory.set(target, { startFrom: 'lastHour' });
    await memory.setConsumerGroup('a', 'mine');
    const next = new MonitorMemory(state);
    expect(next.get(target)).toEqual({ filter: 'alert=true', startFrom: 'lastHour', consumerGroup: 'mine' });
    expect(next.get({ id: 'b', hubId: 'b' })).toEqual({});
  });

  it('of a hub apply to its devices, unless they have their own start position', async () => {
    const memory = new MonitorMemory(memento());
    const device = { id: 'a/boiler-1', hubId: 'a' };
    await memory.set({ id: 'a' }, { filter: 'alert=true', startFrom: 'lastHour' });
    await memory.setConsumerGroup('a', 'mine');
    expect(memory.get(device)).toEqual({ startFrom: 'lastHour', consumerGroup: 'mine' });
    await memory.set(device, { startFrom: 'earliest', filter: 'type:*json' });
    await memory.setConsumerGroup('a', 'other');
    expect(memory.get(device)).toEqual({
      startFrom: 'earliest',
      filter: 'type:*json',
      consumerGroup: 'other',
    });
    expect(memory.get({ id: 'a', hubId: 'a' }).startFrom).toBe('lastHour');
  });

  it('are used when a device monitor starts', async () => {
    const { monitors, memory, hub, readings } = open();
    await memory.set({ id: 'a' }, { startFrom: 'earliest' });
    await memory.setConsumerGroup('a', 'mine');
    const monitor = monitors.forDevices(hub('a'), ['boiler-1']);
    await monitor.start(never);
    expect(readings[0]).toMatchObject({ consumerGroup: 'mine', start: { kind: 'earliest' } });
    await monitor.stop();
    monitors.dispose();
  });

  it('made with Start Monitoring From… for a device are stored only for that device', async () => {
    const { monitors, memory, hub, reading, readings } = open();
    const monitor = monitors.forDevices(hub('a'), ['boiler-1']);
    await monitor.start(never);
    fake.answers = ['Last 15 minutes'];
    const now = Date.UTC(2026, 10, 25, 8);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    await startFrom(reading, monitor);
    clock.mockRestore();
    expect(fake.asked).toEqual(['Start Monitoring Hub a · boiler-1 From']);
    const { start } = readings[0] ?? {};
    expect(start).toEqual({ kind: 'time', since: now - 900_000 });
    expect(readings).toHaveLength(2);
    expect(memory.get(monitor.target).startFrom).toBe('last15Minutes');
    expect(memory.get({ id: 'a', hubId: 'a' }).startFrom).toBeUndefined();
    monitors.dispose();
  });
});

describe('device monitor', () => {
  it('is the same for any order of the devices, and separate from those of other devices and of the hub', () => {
    const { monitors, hub } = open();
    const two = monitors.forDevices(hub('a'), ['boiler-2', 'boiler-1']);
    expect(monitors.forDevices(hub('a'), ['boiler-1', 'boiler-2'])).toBe(two);
    const others = [
      monitors.forHub(hub('a')),
      monitors.forDevices(hub('a'), ['boiler-1']),
      monitors.forDevices(hub('b'), ['boiler-1', 'boiler-2']),
    ];
    expect(new Set([two, ...others]).size).toBe(4);
    expect(monitors.list('a')).toHaveLength(3);
    expect(two.label).toBe('Hub a · boiler-1, boiler-2');
    expect(monitors.forDevices(hub('a'), ['c', 'a', 'd', 'b']).label).toBe('Hub a · a and 3 more');
    monitors.dispose();
  });

  it('shows, buffers and forwards only the messages of its devices', async () => {
    const { monitors, hub, readings } = open();
    const monitor = monitors.forDevices(hub('a'), ['boiler-1', 'boiler-3']);
    const seen: number[] = [];
    monitor.addSink((messages) => seen.push(...messages.map(({ sequenceNumber }) => sequenceNumber)));
    await monitor.start(never);
    readings[0]?.onMessages([message(1), message(2, 'boiler-2'), message(3, 'boiler-3'), message(4, '')]);
    monitor.flush();
    expect(seen).toEqual([1, 3]);
    expect([monitor.received, monitor.history.end]).toEqual([2, 2]);
    monitors.dispose();
  });
});

describe('diagnosis of a device monitor without messages', () => {
  const aDevice = {
    isEnabled: true,
    isConnected: true,
    isEdge: false,
    authentication: 'sas',
    lastActivityAt: Date.now(),
  };
  /** A hub with so many devices that the monitored ones are not on the first page. */
  const services = {
    registries: {
      forHub: async () => ({
        list: async () => ({
          devices: Array.from({ length: 200 }, (_, n) => ({ ...aDevice, deviceId: `a-${n}` })),
        }),
        find: async (id: string) => (id === 'z-last' ? { ...aDevice, deviceId: id } : undefined),
      }),
    },
    hubSettings: { forHub: () => Promise.reject(new IotError('unsupported', 'Out of reach.')) },
  } as unknown as Partial<Services>;

  it('finds a device that is not among the first 200 of the hub', async () => {
    const { monitors, hub, reading } = open(services);
    const monitor = monitors.forDevices(hub('a'), ['z-last']);
    await monitor.start(never);
    await whyNoMessages(reading, monitor);
    const text = fake.channels.get('IoT Hub: Hub a · z-last')?.text;
    expect(text).toMatch(/✓ Connected devices: 1 of 1 checked\./);
    expect(text).not.toMatch(/does not exist/);
    monitors.dispose();
  });

  it('reports a device that does not exist', async () => {
    const { monitors, hub, reading } = open(services);
    const monitor = monitors.forDevices(hub('a'), ['z-lost', 'z-last']);
    await monitor.start(never);
    await whyNoMessages(reading, monitor);
    expect(fake.messages.at(-1)).toMatch(/^The monitored device "z-lost" does not exist/);
    monitors.dispose();
  });

  it('applies fixes to that monitor: start, or start from an earlier time', async () => {
    const { monitors, hub, reading, readings } = open(services);
    const monitor = monitors.forDevices(hub('a'), ['z-last']);
    fake.button = 'Start Monitoring';
    await whyNoMessages(reading, monitor);
    expect(monitor.isRunning).toBe(true);
    Object.assign(fake, { button: 'Start From…', answers: ['All retained messages'] });
    await whyNoMessages(reading, monitor);
    expect(fake.messages.at(-1)).toMatch(/before the start position of the monitor/);
    // Newest first; one was opened to check for other readers.
    expect(readings.map(({ start }) => start.kind)).toEqual(['earliest', 'now', 'now']);
    expect(monitors.list('a')).toEqual([monitor]);
    monitors.dispose();
  });
});

describe('content of the output channel', () => {
  it('follows format, template and time zone without a restart', async () => {
    vi.stubEnv('TZ', 'Asia/Kolkata');
    const { monitors, hub, readings } = open();
    const monitor = monitors.forHub(hub('a'));
    await monitor.start(never);
    readings[0]?.onMessages([message(1)]);
    monitor.flush();
    const text = () => fake.channels.get('IoT Hub: Hub a')?.text ?? '';
    changeSetting('iotHubWorkbench.monitor.format', 'oneLine');
    await expect.poll(text).toMatch(/^2026-01-01T00:00:00\.001Z boiler-1 \{"n":1\}$/m);
    changeSetting('iotHubWorkbench.monitor.timeZone', 'local');
    await expect.poll(text).toMatch(/^2026-01-01T05:30:00\.001\+05:30 boiler-1/m);
    changeSetting('iotHubWorkbench.monitor.template', '{device} says {$.n}');
    changeSetting('iotHubWorkbench.monitor.format', 'template');
    await expect.poll(text).toMatch(/^boiler-1 says 1$/m);
    changeSetting('iotHubWorkbench.monitor.template', '{$.n} of {device}');
    await expect.poll(text).toMatch(/^1 of boiler-1$/m);
    expect(text()).not.toContain('says');
    expect(readings).toHaveLength(1);
    vi.unstubAllEnvs();
    monitors.dispose();
  });
});

describe('interruption', () => {
  it('is announced as a retry, but not while the local hub is being stopped', async () => {
    const { monitors, hub, replace, readings } = open();
    const ports = { mqtt: 8883, https: 8443, amqp: 5671, amqpPlain: 5672 };
    replace(aLocalHub({ kind: 'running', ports }, 'a'));
    const monitor = monitors.forHub(hub('a'));
    await monitor.start(never);
    const text = () => fake.channels.get('IoT Hub: Local Hub')?.text ?? '';
    readings[0]?.onTrouble(new IotError('timeout', 'The endpoint is slow.'));
    await expect.poll(text).toContain('The endpoint is slow. Retrying…');
    replace(aLocalHub({ kind: 'stopping' }, 'a'));
    readings[0]?.onTrouble(new IotError('unreachable', 'The connection was lost.'));
    replace(aLocalHub({ kind: 'stopped' }, 'a'));
    await expect.poll(text).toContain('Monitoring stopped because the hub was stopped.');
    expect(text()).not.toContain('The connection was lost.');
    monitors.dispose();
  });
});

describe('hub that is removed during a recording', () => {
  it.each(['jsonl', 'sqlite'] as const)(
    'completes the recording with all received messages (%s)',
    async (format) => {
      const { monitors, recordings, hub, remove, readings, problems, services } = open();
      const file = path.join(folder, `removed.${format}`);
      const monitor = monitors.forDevices(hub('a'), ['boiler-1']);
      await monitor.start(never);
      Object.assign(fake, { saveAs: file, answers: [format === 'jsonl' ? 'JSON Lines' : 'SQLite'] });
      await recordings.start(monitor);
      expect(recordings.isRecording(monitor)).toBe(true);
      readings[0]?.onMessages([message(1), message(2)]);
      remove('a');
      await expect.poll(() => fake.messages.join()).toMatch(/^2 messages were recorded to /);
      expect(recordings.isRecording(monitor)).toBe(false);
      expect(monitors.list()).toEqual([]);
      await expect.poll(() => monitor.isRunning).toBe(false);
      expect(services.badges.badgesOf('a')).toEqual([]);
      expect(existsSync(`${file}.pid`)).toBe(false);
      // The file is no longer locked.
      const recorder = await openRecorder({ file, format });
      await recorder.close();
      const read: number[] = [];
      for await (const batch of openRecording(file)) read.push(...batch.map((each) => each.sequenceNumber));
      expect(read).toEqual([1, 2]);
      expect(problems).toEqual([]);
      monitors.dispose();
    },
  );
});
