import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHubSettings } from '../../src/azure/management/index';
import { delay } from '../../src/core/base/abort';
import { parseEventHubConnection, type EventsTarget } from '../../src/core/hub/eventHubConnection';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type EventReading } from '../../src/core/message/eventSource';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';
import { until } from './support/until';
import { Fleet } from './support/fleet';
import { interceptSubscribe, TestReader } from './support/monitorReading';
import { otherReader } from './support/otherReader';
import { startTcpProxy, type TcpProxy } from './support/tcpProxy';
import { trust } from './support/trust';

const dataFolder = makeTemporaryFolder();
let hub: TestHub;
let connection: HubConnection;
let line: TcpProxy;
let sent = 0;
let shownInAll = 0;

beforeAll(async () => {
  hub = await startTestHub({ dataFolder });
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  line = await startTcpProxy(connection.httpsPort);
});
afterAll(async () => {
  await line.close();
  await hub.close();
  rmSync(dataFolder, { recursive: true, force: true });
  // Over all tests, exactly the messages sent are shown.
  expect([sent, shownInAll]).toEqual([135_000, 135_000]);
});

/** The hub through the faulty connection. */
const overLine = () => ({ ...connection, httpsPort: line.port });

/** Publishes while the connection, or something else, fails repeatedly. */
async function through(
  name: string,
  count: number,
  overMs: number,
  fault: { readonly everyMs: number; readonly run: (reader: TestReader) => unknown },
  change: Partial<EventReading> = {},
  target: EventsTarget = overLine(),
): Promise<TestReader> {
  const fleet = await Fleet.open(connection);
  const reader = new TestReader(target, change);
  await reader.isLive;
  const failing = setInterval(() => void fault.run(reader), fault.everyMs);
  await fleet.publish(name, count, overMs);
  clearInterval(failing);
  shownInAll += await reader.has(count);
  sent += fleet.sent;
  await Promise.all([reader.close(), fleet.close()]);
  return reader;
}

describe('Monitoring loses and duplicates no message', () => {
  it('over a connection that is reset and closed', async () => {
    let faults = 0;
    await through('reset', 30_000, 6_000, {
      everyMs: 700,
      run: () => (faults++ % 2 === 0 ? line.resetAll() : line.dropAll()),
    });
    expect(faults).toBeGreaterThan(3);
  });

  it('over a connection that goes silent', async () => {
    const reader = await through(
      'dead',
      20_000,
      8_000,
      { everyMs: 3_000, run: () => line.swallow() },
      { watch: { quietMs: 700, answerMs: 1_500, tickMs: 100 } },
    );
    expect(reader.readings).toBeGreaterThan(1);
    expect(reader.troubles.join()).toMatch(/event endpoint did not respond/);
    // No dead connection stays open.
    await expect.poll(() => line.open).toBe(0);
  });

  it('when the computer slept or its clock was changed', async () => {
    let shift = 0;
    const reader = await through(
      'clock',
      10_000,
      3_000,
      { everyMs: 1_000, run: () => (shift += 3_600_000) },
      { watch: { tickMs: 100, now: () => Date.now() + shift } },
    );
    expect(reader.readings).toBeGreaterThan(1);
    expect(reader.troubles.join()).toMatch(/computer was asleep or its clock changed/);
  });

  it('when a reader with an owner level takes over: monitoring ends with a reason, and another consumer group continues', async () => {
    const settings = await openHubSettings(connection);
    await settings.createConsumerGroup('of-my-own');
    const thief = otherReader(connection, hub.ca);
    const fleet = await Fleet.open(connection);
    const reader = new TestReader(overLine());
    await reader.isLive;
    const publishing = fleet.publish('stolen', 10_000, 3_000);
    await delay(1_000);
    const stolen = thief.subscribe(
      '1',
      { processEvents: async () => undefined, processError: async () => undefined },
      { ownerLevel: 5 },
    );
    await reader.ended();
    await reader.close();
    expect(reader.failure).toMatch(/Another reader took over this consumer group/);
    const next = new TestReader(overLine(), {}, { consumerGroup: 'of-my-own', seen: reader.positions });
    await publishing;
    shownInAll += await next.has(10_000, [reader]);
    await stolen.close();
    sent += fleet.sent;
    await Promise.all([next.close(), fleet.close(), thief.close()]);
    await settings.deleteConsumerGroup('of-my-own');
  });

  it('when the network is down for seconds', async () => {
    let isAway = false;
    const refused = /The connection to localhost:\d+ was refused/;
    const reader = await through('away', 10_000, 9_000, {
      everyMs: 1_500,
      run: async ({ troubles }) => {
        if (isAway) return;
        isAway = true;
        await line.refuse();
        // Without an attempt to connect, the reader does not notice.
        await Promise.all([delay(5_000), until('the refusal', () => refused.test(troubles.join()))]);
        await line.accept();
      },
    });
    expect(reader.troubles.join()).toMatch(refused);
    expect(reader.recoveries).toBeGreaterThan(0);
  });

  it('over AMQP with TLS on a dedicated port that is reset, closed and down', async () => {
    const amqp = await startTcpProxy(connection.amqpPort);
    const restore = trust(hub.ca, amqp.port);
    const target = {
      ...parseEventHubConnection(hub.endpoints.eventHubConnectionString),
      port: amqp.port,
      isPlain: false,
    };
    let faults = 0;
    await through(
      'amqp',
      20_000,
      8_000,
      {
        everyMs: 1_500,
        run: async () => {
          const fault = faults++ % 3;
          if (fault === 0) amqp.resetAll();
          else if (fault === 1) amqp.dropAll();
          else await amqp.refuse().then(() => delay(1_000));
          if (fault === 2) await amqp.accept();
        },
      },
      { transport: 'amqp', watch: { quietMs: 2_000, tickMs: 200 } },
      target,
    );
    expect(faults).toBeGreaterThan(3);
    expect(amqp.accepted).toBeGreaterThan(3);
    restore();
    await amqp.close();
  });

  it('when one partition fails repeatedly while the others continue', async () => {
    const failing: (() => void)[] = [];
    // The service detaches the link of one partition, as the SDK reports it.
    const restore = interceptSubscribe((partitionId, handlers) => {
      const error = Object.assign(new Error('The link was detached.'), { code: 'InternalServerError' });
      if (partitionId === '2') failing.push(() => void handlers.processError(error));
      return handlers;
    });
    const fleet = await Fleet.open(connection);
    const reader = new TestReader(overLine());
    await reader.isLive;
    const timer = setInterval(() => failing.at(-1)?.(), 900);
    await fleet.publish('partition', 10_000, 4_000);
    clearInterval(timer);
    restore();
    shownInAll += await reader.has(10_000);
    expect(failing.length).toBeGreaterThan(2);
    // The other partitions stay open.
    expect(reader.readings).toBe(1);
    expect(reader.troubles.join()).toMatch(/The link was detached/);
    expect(reader.recoveries).toBeGreaterThan(0);
    sent += fleet.sent;
    await Promise.all([reader.close(), fleet.close()]);
  });

  it('when one partition stalls without an error', async () => {
    let swallowed = 0;
    let readings = 0;
    const restore = interceptSubscribe((partitionId, handlers) => {
      // Only the first reading, which then behaves like a link that lost its credit.
      if (partitionId !== '0' || readings++ > 0) return handlers;
      let taken = 0;
      return {
        ...handlers,
        processEvents: async (events) => {
          taken += events.length;
          if (taken < 500) return handlers.processEvents(events);
          swallowed += events.length;
        },
      };
    });
    const fleet = await Fleet.open(connection);
    const reader = new TestReader(overLine(), { watch: { quietMs: 400, tickMs: 100 } });
    await reader.isLive;
    await fleet.publish('still', 5_000, 2_000);
    shownInAll += await reader.has(5_000);
    restore();
    expect(swallowed).toBeGreaterThan(100);
    expect(reader.readings).toBe(1);
    expect(reader.troubles.join()).toMatch(/Messages of partition 0 are not arriving/);
    sent += fleet.sent;
    await Promise.all([reader.close(), fleet.close()]);
  });

  it('when the hub restarts', async () => {
    const ports = {
      mqtt: connection.mqttPort,
      https: connection.httpsPort,
      amqp: connection.amqpPort,
      amqpPlain: hub.endpoints.amqpPlainPort,
    };
    const reader = new TestReader(overLine(), { watch: { quietMs: 2_000, tickMs: 200 } });
    await reader.isLive;
    for (let turn = 0; turn < 4; turn++) {
      const fleet = await Fleet.open(connection);
      await fleet.publish(`restart-${turn}`, 5_000, 500);
      sent += fleet.sent;
      await fleet.close();
      if (turn === 3) break;
      await hub.close();
      await delay(300);
      hub = await startTestHub({ dataFolder, ports });
    }
    shownInAll += await reader.has(20_000);
    await reader.close();
  });
});
