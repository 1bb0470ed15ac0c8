import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DailyQuota } from '../../src/localHub/state/dailyQuota';
import {
  createDevice,
  deviceToken,
  readEvents,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { run } from './support/mosquitto';

let hub: TestHub;
let device: TestDevice;
let now = Date.now();

beforeAll(async () => {
  hub = await startTestHub({ dailyQuota: 3, now: () => now });
  device = await createDevice(hub.endpoints, 'd1');
});
afterAll(() => hub.close());

const publish = async (payload: string) =>
  (
    await run('mosquitto_pub', [
      ...['-V', 'mqttv311', '-h', 'localhost', '-p', String(hub.endpoints.mqttPort)],
      ...['--cafile', hub.endpoints.caFile, '-i', 'd1', '-u', 'localhost/d1/?api-version=2021-04-12'],
      ...['-P', deviceToken(device, 200_000), '-q', '1', '-t', 'devices/d1/messages/events/', '-m', payload],
    ])
  ).code;

describe('A hub with a daily quota', () => {
  it('counts 4 KB as one message, refuses messages above the quota, and accepts messages again on the next day', async () => {
    expect(await publish('one')).toBe(0);
    expect(await publish('x'.repeat(5_000))).toBe(0);
    // Three are counted, so the device is refused: CONNACK 3, which is mosquitto_pub's exit code.
    expect(await publish('four')).toBe(3);
    expect(hub.logLines.some((line) => line.includes('daily message quota is used up'))).toBe(true);
    now += 24 * 60 * 60 * 1000;
    expect(await publish('five')).toBe(0);
    // The reader's token is valid for the current day.
    now = Date.now();
    expect(await readEvents(hub.endpoints, 3)).toHaveLength(3);
  });

  it('disconnects a device that sends a message when the quota is used up', () => {
    const quota = new DailyQuota(2, 4_096, () => now);
    expect([quota.take(1), quota.isUsedUp, quota.take(1), quota.isUsedUp, quota.take(1)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(new DailyQuota(0, 4_096, () => now).take(1e9)).toBe(true);
  });
});
