import fs from 'node:fs';
import { type AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { generate, parser } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renewalDelay } from '../../src/azure/mqtt/deviceSession';
import { until } from './support/until';
import {
  closeSessions,
  expectAll,
  openSession,
  publishMany,
  topicOf,
  watchArrivals,
  type Arrivals,
  type SessionWish,
} from './support/deviceSessions';
import { createDevice, startTestHub, type TestDevice, type TestHub } from './support/hub';
import { startTcpProxy, type TcpProxy } from './support/tcpProxy';

let hub: TestHub;
let arrivals: Arrivals;
const proxies: TcpProxy[] = [];

beforeAll(async () => {
  hub = await startTestHub();
  arrivals = await watchArrivals(hub.endpoints);
});
afterAll(async () => {
  await closeSessions();
  await arrivals.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await hub.close();
});

async function line(port = hub.endpoints.mqttPort): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port);
  proxies.push(proxy);
  return proxy;
}

let devices = 0;
const newDevice = (): Promise<TestDevice> => createDevice(hub.endpoints, `fault-${++devices}`);

const open = ({ deviceId, primaryKey }: TestDevice, wish: Partial<SessionWish> = {}) =>
  openSession(hub, { deviceId, key: primaryKey, ...wish });

describe.concurrent('a session over a faulty connection', () => {
  it('a device session publishes 2,000 messages despite connection resets', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session, states } = await open(device, { port: proxy.port });
    let resets = 0;
    const { acknowledged, resent } = await publishMany(session, device.deviceId, 2_000, {
      onSent: (n) => {
        if (n % 300 !== 0) return;
        resets++;
        proxy.resetAll();
      },
    });
    await expectAll(arrivals, device.deviceId, acknowledged, 2_000);
    expect(resets).toBe(6);
    expect(proxy.accepted).toBeGreaterThanOrEqual(6);
    expect(resent).toBeGreaterThan(0);
    expect(states.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThanOrEqual(5);
  });

  it('a device session publishes despite closed connections and late acknowledgements', async () => {
    const device = await newDevice();
    const proxy = await line();
    proxy.delay({ upMs: 5, downMs: 40 });
    const { session } = await open(device, { port: proxy.port });
    const losses: Promise<void>[] = [];
    /** Drops the connection when all messages so far have arrived but none has been acknowledged. */
    const loseAcknowledgements = async (count: number) => {
      proxy.delay({ upMs: 5, downMs: 600_000 });
      await until('all so far', () => arrivals.of(device.deviceId).size >= count, 30_000);
      proxy.dropAll();
      proxy.delay({ upMs: 5, downMs: 40 });
    };
    const { acknowledged, resent } = await publishMany(session, device.deviceId, 600, {
      onSent: (n) => {
        if (n % 200 === 0) losses.push(loseAcknowledgements(n));
      },
    });
    await Promise.all(losses);
    await expectAll(arrivals, device.deviceId, acknowledged, 600);
    // Messages that arrived without an acknowledgement were sent again.
    expect(resent).toBeGreaterThan(0);
    expect([...arrivals.of(device.deviceId).values()].some((times) => times > 1)).toBe(true);
  });

  it('a device session waits while the hub is unreachable and continues afterwards', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session, states, state } = await open(device, { port: proxy.port });
    const sent = publishMany(session, device.deviceId, 300, { everyMs: 5 });
    await until('some', () => arrivals.of(device.deviceId).size > 20);
    await proxy.refuse();
    await state('waiting');
    await until('several attempts', () => states.filter(({ kind }) => kind === 'waiting').length >= 3);
    const waits = states.flatMap((one) => (one.kind === 'waiting' ? [one] : []));
    expect(waits[0]?.retryInMs).toBeLessThanOrEqual(200);
    expect(waits[2]?.retryInMs).toBeGreaterThan(waits[0]?.retryInMs ?? 0);
    expect(waits.at(-1)?.reason.message).toMatch(
      /was refused\..* MQTT over WebSockets \(port \d+\) may work/,
    );
    await proxy.accept();
    await expectAll(arrivals, device.deviceId, (await sent).acknowledged, 300);
  });

  it('a device session detects a silent connection', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session, states } = await open(device, { port: proxy.port });
    const swallowing = { onSent: (n: number) => void (n === 100 && proxy.swallow()) };
    const { acknowledged } = await publishMany(session, device.deviceId, 400, swallowing);
    await expectAll(arrivals, device.deviceId, acknowledged, 400);
    const reasons = states.flatMap((one) => (one.kind === 'waiting' ? [one.reason.message] : []));
    expect(reasons).toEqual([
      expect.stringMatching(/^The hub did not acknowledge .* for (1[5-9]|[2-9]\d) seconds\.$/),
    ]);
  });

  it('a device session sends QoS 0 and binary bodies and limits messages in flight', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session } = await open(device, { port: proxy.port, maxInFlight: 2 });
    await session.ready();
    const payload = new Uint8Array([1, 2, 3]);
    await session.publish({ topic: topicOf(device.deviceId, 'zero'), payload, qos: 0 });
    await until('the first', () => arrivals.of(device.deviceId).has('zero'));
    proxy.swallow();
    const lost = [1, 2, 3].map((n) =>
      session.publish({ topic: topicOf(device.deviceId, `m${n}`), payload, qos: 1 }),
    );
    const stop = new AbortController();
    const ready = session.ready(stop.signal);
    stop.abort();
    await expect(ready).rejects.toMatchObject({ name: 'AbortError' });
    proxy.dropAll();
    const deliveries = await Promise.all(lost);
    expect(deliveries.map(({ sends }) => sends)).toEqual([2, 2, 1]);
    await until('all four', () => arrivals.of(device.deviceId).size === 4);
    expect(arrivals.orderOf(device.deviceId)).toEqual(['zero', 'm1', 'm2', 'm3']);
  });

  it('a device session renews its token while it publishes', async () => {
    const device = await newDevice();
    const { session, authentications, states } = await open(device, { tokenMs: 6_000 });
    const { acknowledged } = await publishMany(session, device.deviceId, 1_000, { everyMs: 8 });
    await expectAll(arrivals, device.deviceId, acknowledged, 1_000);
    expect(authentications.length).toBeGreaterThanOrEqual(3);
    expect(states.filter(({ kind }) => kind === 'waiting')).toEqual([]);
    expect([...arrivals.of(device.deviceId).values()].every((times) => times === 1)).toBe(true);
  });

  it.each([
    [600, 510],
    [100, 50],
    [300, 240],
    [3, 1.5],
  ])('a token of %d seconds is renewed after %d', (life, seconds) => {
    const now = Date.now();
    expect(renewalDelay(now, now + life * 1_000) / 1_000).toBeCloseTo(seconds, 1);
  });

  it('a device session waits for a hub that is unavailable (CONNACK 3)', async () => {
    let authentications = 0;
    const [cert, key] = ['server.pem', 'server.key'].map((file) =>
      fs.readFileSync(path.join(hub.dataFolder, file)),
    );
    const busy = tls.createServer({ cert, key }, (socket) => {
      const packets = parser({ protocolVersion: 4 });
      packets.on('packet', (packet) => {
        const returnCode = ++authentications < 3 ? 3 : 0;
        if (packet.cmd === 'connect') {
          socket.write(generate({ cmd: 'connack', returnCode, sessionPresent: false }));
        } else if (packet.cmd === 'publish') {
          socket.write(generate({ cmd: 'puback', messageId: packet.messageId }));
        }
      });
      socket.on('data', (chunk: Buffer) => packets.parse(chunk));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', () => resolve()));
    const { port } = busy.address() as AddressInfo;
    const { session, states } = await open(await newDevice(), { port });
    const delivery = await session.publish({ topic: 'some', payload: 'x', qos: 1 });
    expect(delivery.sends).toBe(1);
    const reasons = states.flatMap((one) => (one.kind === 'waiting' ? [one.reason.message] : []));
    const sentence = expect.stringContaining('The hub is temporarily unavailable') as string;
    expect(reasons).toEqual([sentence, sentence]);
    await session.close();
    busy.close();
  });

  it('a device session ends if the hub repeatedly closes the connection without acknowledging', async () => {
    const device = await newDevice();
    const { session, states, ended } = await open(device);
    const payload = 'x'.repeat(400_000);
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload, qos: 1 });
    await expect(message).rejects.toMatchObject({ code: 'refused' });
    expect(await ended()).toMatch(/Another client may be connected as the same device, or the message/);
    expect(states.filter(({ kind }) => kind === 'connected')).toHaveLength(8);
  });
});
