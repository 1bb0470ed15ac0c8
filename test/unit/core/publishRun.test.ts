import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { abortError, isAbort } from '../../../src/core/base/abort';
import { IotError } from '../../../src/core/errors';
import { type DeviceSession, type SessionState } from '../../../src/core/message/deviceSession';
import { ArrivalTracker } from '../../../src/core/publish/arrivalTracker';
import { SendResultList, type SendResult } from '../../../src/core/publish/sendResult';
import { publishRun, type PublishRun, type RunDevice } from '../../../src/core/publish/publishRun';
import { percentile, RunStatistics } from '../../../src/core/publish/runStatistics';

/** A session that acknowledges with a delay and accepts a few messages at a time. */
class FakeSession implements DeviceSession {
  readonly sent: string[] = [];
  inFlight = 0;
  maxInFlight = 0;
  isClosed = false;
  private waiting: (() => void)[] = [];
  private readonly pending = new Set<(error: Error) => void>();

  constructor(
    private readonly ackMs: number,
    private readonly limit: number,
  ) {}

  async ready(signal?: AbortSignal): Promise<void> {
    while (this.inFlight >= this.limit) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        signal?.addEventListener('abort', () => reject(abortError()), { once: true });
      });
    }
  }

  publish(message: { payload: string | Uint8Array }) {
    this.sent.push(String(message.payload));
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    return new Promise<{ acknowledgedMs: number; sends: number }>((resolve, reject) => {
      this.pending.add(reject);
      setTimeout(() => {
        this.pending.delete(reject);
        this.inFlight--;
        this.waiting.splice(0).forEach((go) => go());
        resolve({ acknowledgedMs: this.ackMs, sends: 1 });
      }, this.ackMs);
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.pending.forEach((reject) => reject(abortError()));
  }
}

function aRun(sessions: readonly FakeSession[], change: Partial<PublishRun> = {}) {
  const lines = new SendResultList(10_000);
  const statistics = new RunStatistics(performance.now(), sessions.length);
  const devices = sessions.map((session, index): RunDevice => ({
    deviceId: `d${index}`,
    open: async () => session,
    explain: async (error) => error,
  }));
  const run: PublishRun = {
    devices,
    qos: 1,
    compose: ({ deviceId, n }) => ({
      payload: `${deviceId}:${n}`,
      bag: [],
      messageId: undefined,
      size: { bytes: 1, billed: 1, billedOnFree: 1 },
    }),
    statistics,
    observer: {
      onMessage: (line) => {
        const id = lines.nextId();
        lines.put({ ...line, id });
        return id;
      },
      onChange: (id, lineChange) => lines.change(id, lineChange),
      onDevice: () => undefined,
    },
    ...change,
  };
  return { run, lines, statistics };
}

const every = (ms: number, count: number | null) => ({
  repeat: { count, pace: { kind: 'interval' as const, ms } },
});

describe('publish run', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => vi.useRealTimers());

  it('sends one message per device if it is not repeated', async () => {
    const sessions = [new FakeSession(5, 10), new FakeSession(5, 10)];
    const { run, lines } = aRun(sessions);
    const done = publishRun(run, new AbortController().signal);
    await vi.runAllTimersAsync();
    await done;
    expect(sessions.map(({ sent }) => sent)).toEqual([['d0:1'], ['d1:1']]);
    expect(lines.all().map(({ state, acknowledgedMs }) => [state, acknowledgedMs])).toEqual([
      ['acknowledged', 5],
      ['acknowledged', 5],
    ]);
    expect(sessions.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('keeps its pace and ends at its message count', async () => {
    const session = new FakeSession(1, 10);
    const { run, statistics } = aRun([session], every(100, 5));
    const done = publishRun(run, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(350);
    expect(session.sent).toHaveLength(4);
    await vi.runAllTimersAsync();
    await done;
    expect(session.sent).toEqual(['d0:1', 'd0:2', 'd0:3', 'd0:4', 'd0:5']);
    expect(statistics).toMatchObject({ sent: 5, acknowledged: 5, failed: 0 });
  });

  it('distributes a rate over its devices', async () => {
    const sessions = Array.from({ length: 4 }, () => new FakeSession(1, 10));
    const { run } = aRun(sessions, { repeat: { count: null, pace: { kind: 'rate', perSecond: 8 } } });
    const controller = new AbortController();
    const done = publishRun(run, controller.signal).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(990);
    expect(sessions.map(({ sent }) => sent.length)).toEqual([2, 2, 2, 2]);
    controller.abort(abortError());
    await vi.runAllTimersAsync();
    expect(isAbort(await done)).toBe(true);
  });

  it('creates no messages while the connection cannot send, so that none queue up', async () => {
    const session = new FakeSession(1_000, 3);
    const { run, statistics } = aRun([session], every(1, null));
    const controller = new AbortController();
    const done = publishRun(run, controller.signal).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.maxInFlight).toBe(3);
    expect(session.sent.length).toBeLessThan(40);
    expect(statistics.skipped).toBeGreaterThan(5_000);
    controller.abort(abortError());
    await vi.runAllTimersAsync();
    await done;
  });

  it('leaves no result waiting when it is stopped', async () => {
    const session = new FakeSession(60_000, 3);
    const { run, lines } = aRun([session], every(10, null));
    const controller = new AbortController();
    const done = publishRun(run, controller.signal).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    controller.abort(abortError());
    await vi.runAllTimersAsync();
    await done;
    expect(new Set(lines.all().map(({ state }) => state))).toEqual(new Set(['canceled']));
    expect(session.isClosed).toBe(true);
  });

  it('reports a device that cannot connect and continues with the others', async () => {
    const good = new FakeSession(1, 10);
    const { run, lines } = aRun([good]);
    const bad: RunDevice = {
      deviceId: 'bad',
      open: async () => Promise.reject(new IotError('refused', 'No.')),
      explain: async () => new IotError('refused', 'It is disabled.'),
    };
    const done = publishRun({ ...run, devices: [bad, ...run.devices] }, new AbortController().signal);
    await vi.runAllTimersAsync();
    await done;
    const byDevice = new Map(lines.all().map((line) => [line.deviceId, line]));
    expect(byDevice.get('bad')).toMatchObject({ state: 'failed', reason: 'It is disabled.' });
    expect(byDevice.get('d0')).toMatchObject({ state: 'acknowledged' });
  });

  it('fails a single message at the first connection failure, with the reason', async () => {
    const session = new FakeSession(60_000, 1);
    const states: ((state: SessionState) => void)[] = [];
    const { run, lines } = aRun([session]);
    const device: RunDevice = {
      deviceId: 'd0',
      open: async (onState) => {
        states.push(onState);
        return session;
      },
      explain: async (error) => error,
    };
    const done = publishRun({ ...run, devices: [device] }, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(10);
    states[0]?.({ kind: 'waiting', reason: new IotError('unreachable', 'Nothing answers.'), retryInMs: 5 });
    await vi.runAllTimersAsync();
    await done;
    expect(lines.all()).toHaveLength(1);
    expect(lines.all()[0]).toMatchObject({ state: 'failed', reason: 'Nothing answers.' });
  });

  it('fails a single message that is not acknowledged within 30 seconds', async () => {
    const { run, lines } = aRun([new FakeSession(120_000, 1)]);
    const done = publishRun(run, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(31_000);
    await done;
    expect(lines.all()[0]?.reason).toMatch(/within 30 seconds/);
  });

  it('connects a few devices at a time', async () => {
    let connecting = 0;
    let most = 0;
    const sessions = Array.from({ length: 50 }, () => new FakeSession(1, 10));
    const { run } = aRun(sessions, every(10, 1));
    const devices = run.devices.map((device) => ({
      ...device,
      open: async (...args: Parameters<RunDevice['open']>) => {
        most = Math.max(most, ++connecting);
        await new Promise((resolve) => setTimeout(resolve, 20));
        connecting--;
        return device.open(...args);
      },
    }));
    const done = publishRun({ ...run, devices }, new AbortController().signal);
    await vi.runAllTimersAsync();
    await done;
    expect(most).toBe(10);
    expect(sessions.every(({ sent }) => sent.length === 1)).toBe(true);
  });
});

describe('run statistics', () => {
  it('report rates and percentiles since the last point', () => {
    const statistics = new RunStatistics(0, 2);
    for (let ms = 1; ms <= 100; ms++) {
      statistics.sent++;
      statistics.acknowledge(ms);
    }
    expect(statistics.takePoint(500)).toMatchObject({ sentPerSecond: 200, p50: 50, p99: 99, inFlight: 0 });
    expect(statistics.takePoint(1_500)).toMatchObject({ sentPerSecond: 0, p50: null, sent: 100 });
  });

  it('use the nearest rank for percentiles', () => {
    expect([percentile([], 0.5), percentile([7], 0.99), percentile([1, 2], 0.5)]).toEqual([null, 7, 1]);
  });
});

describe('send result list', () => {
  const aLine = (id: number): SendResult => ({ id, deviceId: 'd', at: 0, bytes: 1, state: 'waiting' });

  it('keeps the newest results and returns each change once', () => {
    const lines = new SendResultList(3);
    for (let id = 1; id <= 5; id++) lines.put(aLine(id));
    expect(lines.takeChanges()).toMatchObject({ isReset: true, results: [{ id: 3 }, { id: 4 }, { id: 5 }] });
    expect(lines.takeChanges()).toBeUndefined();
    lines.change(4, { state: 'acknowledged' });
    lines.change(1, { state: 'acknowledged' });
    expect(lines.takeChanges()).toEqual({
      isReset: false,
      results: [{ ...aLine(4), state: 'acknowledged' }],
    });
  });
});

describe('arrival tracker', () => {
  const received = (messageId: string, deviceId = 'd') => ({
    partitionId: '2',
    sequenceNumber: 1,
    enqueuedAt: 0,
    deviceId,
    body: new Uint8Array(),
    systemProperties: { messageId },
    applicationProperties: {},
  });

  it('recognizes a message by device and message ID, once', () => {
    let now = 0;
    const arrivals = new ArrivalTracker(() => now);
    const found: unknown[] = [];
    arrivals.expect(
      'd',
      'm',
      (arrival) => found.push(arrival),
      () => found.push('missed'),
    );
    now = 25;
    arrivals.onMessages([received('m', 'other'), received('m'), received('m')]);
    expect(found).toEqual([{ partition: '2', ms: 25 }]);
    expect(arrivals.size).toBe(0);
  });

  it('stops tracking messages after a timeout, and limits their number', () => {
    let now = 0;
    const arrivals = new ArrivalTracker(() => now, 1_000, 2);
    const missed: string[] = [];
    for (const id of ['a', 'b', 'c'])
      arrivals.expect(
        'd',
        id,
        () => undefined,
        () => missed.push(id),
      );
    expect(missed).toEqual(['a']);
    now = 2_000;
    arrivals.dropOld();
    expect(missed).toEqual(['a', 'b', 'c']);
  });
});
