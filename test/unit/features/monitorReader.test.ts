import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IotError, plainMessage, type IotErrorCode } from '../../../src/core/errors';
import { type EventReading } from '../../../src/core/message/eventSource';
import { MonitorReader } from '../../../src/features/monitor/lazy/monitorReader';
import { type Services } from '../../../src/services';

/** A reader whose first reading lasts for the given time; later ones end immediately, all with the same error. */
function read(code: IotErrorCode, firstLastsMs: number) {
  const error = new IotError(code, `It is ${code}.`);
  const openedAt: number[] = [];
  const interrupted: string[] = [];
  const services = {
    hubs: {
      events: async () => ({}),
      find: () => ({ status: 'ready' }),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    events: {
      open: async (_: EventReading) => {
        openedAt.push(Date.now());
        const ms = openedAt.length === 1 ? firstLastsMs : 50;
        return {
          broken: new Promise((resolve) => setTimeout(() => resolve(error), ms)),
          positions: new Map(),
          close: async () => undefined,
        };
      },
    },
  } as unknown as Services;
  const controller = new AbortController();
  let failure: string | undefined;
  const reader = new MonitorReader(services, 'hub', {
    onMessages: () => undefined,
    onConnected: () => undefined,
    onTrouble: () => undefined,
    onRecovered: () => undefined,
    onInterrupted: (reason) => interrupted.push(plainMessage(reason)),
    onFailed: (reason) => (failure = plainMessage(reason)),
  });
  const running = reader.read({ consumerGroup: '$Default', start: { kind: 'now' } }, controller.signal);
  return {
    openedAt,
    interrupted,
    failure: () => failure,
    close: async () => {
      controller.abort();
      await running;
    },
  };
}

describe('monitor reader', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('fails immediately if the consumer group has too many readers before it connected', async () => {
    const reader = read('quotaExceeded', 100);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reader.failure()).toBe('It is quotaExceeded.');
    expect([reader.openedAt.length, reader.interrupted.length]).toEqual([1, 0]);
    await reader.close();
  });

  it('retries with increasing delays if the consumer group has too many readers after it connected', async () => {
    const reader = read('quotaExceeded', 5_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(reader.failure()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(reader.failure()).toBe('It is quotaExceeded.');
    expect(reader.openedAt).toHaveLength(8);
    const waits = reader.openedAt.slice(1).map((at, index) => at - (reader.openedAt[index] ?? 0));
    const last = waits.at(-1) ?? 0;
    expect(last).toBeGreaterThan(15_000);
    expect(waits.slice(1).reduce((sum, ms) => sum + ms)).toBeGreaterThan(30_000);
    await reader.close();
  });

  it('fails immediately if another reader takes over, however long it was connected', async () => {
    const reader = read('refused', 60_000);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(reader.failure()).toBe('It is refused.');
    expect(reader.openedAt).toHaveLength(1);
    await reader.close();
  });

  it('retries indefinitely if the connection fails', async () => {
    const reader = read('unreachable', 100);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(reader.failure()).toBeUndefined();
    expect(reader.openedAt.length).toBeGreaterThan(10);
    await reader.close();
  });
});
