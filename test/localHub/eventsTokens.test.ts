import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEventHubConnection } from '../../src/core/hub/eventHubConnection';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { Fleet } from './support/fleet';
import { startTestHub, type TestHub } from './support/hub';
import { TestReader } from './support/monitorReading';

/** Event tokens are valid for an hour; if the hub's clock is almost an hour ahead, only for a moment. */
const tokenMs = 60 * 60_000;
let ahead = 0;
let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({ now: () => Date.now() + ahead });
});
afterAll(() => hub.close());

const events = () => ({
  ...parseEventHubConnection(hub.endpoints.eventHubConnectionString),
  caFile: hub.endpoints.caFile,
  httpsPort: hub.endpoints.httpsPort,
  isPlain: false,
});
/** Links that the hub closed because their token expired. */
const endedLinks = () =>
  hub.logLines.reduce(
    (sum, line) => sum + Number(/closed (\d+) links because their token/.exec(line)?.[1] ?? 0),
    0,
  );
const openFleet = () => Fleet.open(parseHubConnection(hub.endpoints.workbenchConnectionString));

describe('Tokens of the monitor', () => {
  it('are renewed before they expire, without interruption', async () => {
    ahead = 0;
    const fleet = await openFleet();
    // Each renewal may be up to ten seconds late.
    ahead = tokenMs - 12_000;
    const timers = shortenTimers(10 * 60_000, 2_000);
    const reader = new TestReader(events());
    await reader.isLive;
    await fleet.publish('renewed', 8_000, 14_000);
    await reader.has(8_000);
    expect(timers.shortened()).toBeGreaterThan(3);
    timers.restore();
    expect(reader.readings).toBe(1);
    expect(reader.troubles).toEqual([]);
    expect(endedLinks()).toBe(0);
    await Promise.all([reader.close(), fleet.close()]);
  });

  it('are refused if they are no longer valid', async () => {
    ahead = tokenMs + 10_000;
    const reader = new TestReader(events());
    await reader.ended();
    expect(reader.failure).toMatch(/The hub rejected the key of policy "service"/);
  });

  it('that expired, for example during sleep, are replaced without loss or duplicates', async () => {
    ahead = 0;
    const fleet = await openFleet();
    // The hub closes links with an expired token (amqpAccess.test.ts), repeatedly during this publishing.
    ahead = tokenMs - 6_000;
    let sent = 0;
    const publish = async (count: number, overMs: number) => {
      await fleet.publish(`expired-${sent}`, count, overMs);
      sent += count;
    };
    const before = endedLinks();
    const reader = new TestReader(events());
    await reader.isLive;
    // The links of four partitions, more than once.
    while (endedLinks() - before < 8) await publish(2_000, 2_500);
    // No more links are closed: if the client is closed while it opens a link, the SDK throws an error that cannot be caught.
    ahead = 0;
    await reader.has(sent);
    await publish(800, 0);
    await reader.has(sent);
    await Promise.all([reader.close(), fleet.close()]);
  });
});

/** Shortens timers that are as long as those of token renewal. */
function shortenTimers(from: number, to: number): { readonly shortened: () => number; restore(): void } {
  const original = globalThis.setTimeout;
  let count = 0;
  const shorter = (work: () => void, ms = 0): NodeJS.Timeout => {
    if (ms >= from) count++;
    return original(work, ms < from ? ms : to);
  };
  globalThis.setTimeout = Object.assign(shorter, original);
  return { shortened: () => count, restore: () => void (globalThis.setTimeout = original) };
}
