import 'reflect-metadata';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renewalDelay } from '../../src/azure/mqtt/deviceSession';
import { isIotError } from '../../src/core/errors';
import { makeCertificate } from '../support/x509';
import { until } from './support/amqpReader';
import { createCertificateDevice } from './support/certificates';
import { startConnectProxy, type ConnectProxy } from './support/connectProxy';
import {
  closeSessions,
  openSession,
  publishMany,
  topicOf,
  watchArrivals,
  type Arrivals,
  type SessionWish,
} from './support/deviceSessions';
import {
  createDevice,
  makeTemporaryFolder,
  registryOf,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { startTcpProxy, type TcpProxy } from './support/tcpProxy';

let hub: TestHub;
let arrivals: Arrivals;
const proxies: (TcpProxy | ConnectProxy)[] = [];
const folder = makeTemporaryFolder();

beforeAll(async () => {
  hub = await startTestHub();
  arrivals = await watchArrivals(hub.endpoints);
});
afterEach(closeSessions);
afterAll(async () => {
  await arrivals.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await hub.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function line(port = hub.endpoints.mqttPort): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port);
  proxies.push(proxy);
  return proxy;
}

async function startProxy(...options: Parameters<typeof startConnectProxy>): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(...options);
  proxies.push(proxy);
  return proxy;
}

async function closedPort(): Promise<number> {
  const proxy = await line();
  await proxy.refuse();
  return proxy.port;
}

let devices = 0;
const newDevice = (): Promise<TestDevice> => createDevice(hub.endpoints, `fault-${++devices}`);

const open = ({ deviceId, primaryKey }: TestDevice, wish: Partial<SessionWish> = {}) =>
  openSession(hub, { deviceId, key: primaryKey, ...wish });

/** Every one of `m1`…`mN` was acknowledged, and every one arrived, first in their order. */
async function expectAll(deviceId: string, acknowledged: ReadonlySet<string>, count: number): Promise<void> {
  expect(acknowledged.size).toBe(count);
  await until(`all of ${deviceId}`, () => arrivals.of(deviceId).size >= count);
  const ids = Array.from({ length: count }, (_, i) => `m${i + 1}`);
  expect(arrivals.orderOf(deviceId)).toEqual(ids);
}

describe('a session over a line that fails', () => {
  it('publishes 2,000 messages through resets in the middle of the stream', async () => {
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
    await expectAll(device.deviceId, acknowledged, 2_000);
    expect(resets).toBe(6);
    expect(proxy.accepted).toBeGreaterThanOrEqual(6);
    expect(resent).toBeGreaterThan(0);
    expect(states.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThanOrEqual(5);
  });

  it('publishes through closed connections and acknowledgements that come late', async () => {
    const device = await newDevice();
    const proxy = await line();
    proxy.delay({ upMs: 5, downMs: 40 });
    const { session } = await open(device, { port: proxy.port });
    const { acknowledged, resent } = await publishMany(session, device.deviceId, 600, {
      onSent: (n) => {
        if (n % 200 === 0) proxy.dropAll();
      },
    });
    await expectAll(device.deviceId, acknowledged, 600);
    // What arrived, but whose acknowledgement was lost, came again.
    expect(resent).toBeGreaterThan(0);
    expect([...arrivals.of(device.deviceId).values()].some((times) => times > 1)).toBe(true);
  });

  it('waits while nobody answers, and goes on', async () => {
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
    expect(waits.at(-1)?.reason.message).toMatch(/was refused\. MQTT over WebSockets \(port \d+\) may get/);
    await proxy.accept();
    await expectAll(device.deviceId, (await sent).acknowledged, 300);
  });

  it('notices a connection that stands but carries nothing', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session, states } = await open(device, { port: proxy.port });
    const swallowing = { onSent: (n: number) => void (n === 100 && proxy.swallow()) };
    const { acknowledged } = await publishMany(session, device.deviceId, 400, swallowing);
    await expectAll(device.deviceId, acknowledged, 400);
    const reasons = states.flatMap((one) => (one.kind === 'waiting' ? [one.reason.message] : []));
    expect(reasons).toEqual([expect.stringMatching(/^The hub did not acknowledge .* for 1[56] seconds\.$/)]);
  }, 30_000);

  it('sends QoS 0 and bytes, and holds back beyond what may be under way', async () => {
    const device = await newDevice();
    const proxy = await line();
    const { session } = await open(device, { port: proxy.port, maxInFlight: 2 });
    await session.ready();
    const payload = new Uint8Array([1, 2, 3]);
    await session.publish({ topic: topicOf(device.deviceId, 'zero'), payload, qos: 0 });
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
  });

  it('renews its token while it publishes', async () => {
    const device = await newDevice();
    const { session, logins, states } = await open(device, { tokenMs: 3_000 });
    const { acknowledged } = await publishMany(session, device.deviceId, 1_000, { everyMs: 4 });
    await expectAll(device.deviceId, acknowledged, 1_000);
    expect(logins.length).toBeGreaterThanOrEqual(3);
    expect(states.filter(({ kind }) => kind === 'waiting')).toEqual([]);
    expect([...arrivals.of(device.deviceId).values()].every((times) => times === 1)).toBe(true);
  });

  it.each([
    [600, 510],
    [100, 50],
    [300, 240],
    [3, 1.5],
  ])('renews a token of %d seconds after %d', (life, seconds) => {
    const now = Date.now();
    expect(renewalDelay(now, now + life * 1_000) / 1_000).toBeCloseTo(seconds, 1);
  });
});

describe('a session that is refused', () => {
  it.each<[string, (device: TestDevice) => Promise<Partial<SessionWish>>, RegExp]>([
    ['for a wrong key', async () => ({ key: Buffer.alloc(32).toString('base64') }), /its key was changed/],
    [
      'for a disabled device',
      async ({ deviceId }) => {
        await registryOf(hub.endpoints).update({ deviceId, status: 'disabled' });
        return {};
      },
      /disabled or unknown/,
    ],
    ['for an unknown device', async () => ({ deviceId: 'nobody' }), /"nobody": the device is disabled or/],
    ['for an expired token', async () => ({ tokenMs: -60_000 }), /the clock of this computer is wrong/],
    [
      'by itself, for a hub it does not trust',
      async () => {
        const caFile = path.join(folder, 'other.pem');
        fs.writeFileSync(caFile, (await makeCertificate({ commonName: 'x', isAuthority: true })).pem);
        return { caFile };
      },
      /not signed by an authority that is trusted/,
    ],
    ['for a CA file that is missing', async () => ({ caFile: '/nowhere' }), /CA file .* cannot be read/],
    [
      'for a certificate file that is missing',
      async () => ({
        login: { kind: 'x509', certificateFile: '/no', keyFile: '/no', isKeyEncrypted: false },
      }),
      /The certificate of the device cannot be read/,
    ],
  ])('%s ends once, with a plain sentence', async (_, prepare, sentence) => {
    const device = await newDevice();
    const { session, states, logins, ended } = await open(device, await prepare(device));
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload: '', qos: 1 });
    const outcome = await message.catch((error: unknown) => error);
    expect(await ended()).toMatch(sentence);
    expect(await ended()).toMatch(/^[A-Z].*\.$/);
    expect(isIotError(outcome)).toBe(true);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'ended']);
    expect(logins).toHaveLength(1);
    await expect(session.ready()).rejects.toBe(outcome);
    await expect(session.publish({ topic: 't', payload: '', qos: 1 })).rejects.toBe(outcome);
  });

  it('ends when the hub closes again and again without acknowledging', async () => {
    const device = await newDevice();
    const { session, states, ended } = await open(device);
    const payload = 'x'.repeat(400_000);
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload, qos: 1 });
    await expect(message).rejects.toMatchObject({ code: 'refused' });
    expect(await ended()).toMatch(/another client seems to be connected as the same device, or the message/);
    expect(states.filter(({ kind }) => kind === 'connected')).toHaveLength(8);
  });

  it('takes no topic that MQTT cannot carry', async () => {
    const { session } = await open(await newDevice());
    const publishing = session.publish({ topic: 'x'.repeat(70_000), payload: '', qos: 1 });
    await expect(publishing).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

describe('MQTT over WebSockets', () => {
  it('is the way when nobody answers on the port of MQTT', async () => {
    const device = await newDevice();
    const { session, states } = await open(device, { transport: 'auto', port: await closedPort() });
    const { acknowledged } = await publishMany(session, device.deviceId, 200);
    await expectAll(device.deviceId, acknowledged, 200);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'connected']);
    expect(states[1]).toMatchObject({ transport: 'webSocket' });
  });

  it('stays the way after it broke, with every message', async () => {
    const device = await newDevice();
    const [web, blocked] = [await line(hub.endpoints.httpsPort), await line()];
    await blocked.refuse();
    const way = { transport: 'auto', port: blocked.port, webSocketPort: web.port } as const;
    const { session, states } = await open(device, way);
    await session.ready();
    await blocked.accept();
    const { acknowledged } = await publishMany(session, device.deviceId, 600, {
      onSent: (n) => void (n % 200 === 0 && web.resetAll()),
    });
    await expectAll(device.deviceId, acknowledged, 600);
    const ways = states.flatMap((state) => (state.kind === 'connected' ? [state.transport] : []));
    expect(ways.length).toBeGreaterThan(1);
    expect(new Set(ways)).toEqual(new Set(['webSocket']));
    expect(blocked.accepted).toBe(0);
  });

  it('is not tried when MQTT works', async () => {
    const { states, state } = await open(await newDevice(), { transport: 'auto', webSocketPort: 1 });
    await state('connected');
    expect(states[1]).toMatchObject({ transport: 'mqtt' });
  });

  it('is told of when both ways are blocked', async () => {
    const [port, webSocketPort] = [await closedPort(), await closedPort()];
    const { states, state } = await open(await newDevice(), { transport: 'auto', port, webSocketPort });
    await state('waiting');
    const [, waiting] = states;
    const reason = waiting?.kind === 'waiting' ? waiting.reason.message : '';
    expect(reason).toContain('Neither MQTT nor MQTT over WebSockets gets through.');
    expect(reason).toContain(`localhost:${port}`);
    expect(reason).toContain(`localhost:${webSocketPort}`);
  });

  it('takes a certificate, with an encrypted key too', async () => {
    const deviceId = 'fault-certificate';
    const { pem, keyPem, certificate } = await makeCertificate({ commonName: deviceId });
    const thumbprint = Buffer.from(await certificate.getThumbprint('SHA-256'))
      .toString('hex')
      .toUpperCase();
    await createCertificateDevice(hub, deviceId, { primaryThumbprint: thumbprint });
    const [certificateFile, keyFile] = [path.join(folder, 'device.pem'), path.join(folder, 'device.key')];
    fs.writeFileSync(certificateFile, pem);
    fs.writeFileSync(keyFile, keyPem);
    const login = { kind: 'x509', certificateFile, keyFile, isKeyEncrypted: false } as const;
    const { session, states } = await openSession(hub, { deviceId, login, transport: 'webSocket' });
    const { acknowledged } = await publishMany(session, deviceId, 50);
    await expectAll(deviceId, acknowledged, 50);
    expect(states[1]).toEqual({ kind: 'connected', transport: 'webSocket', expiresAt: undefined });
  });

  it('refuses a certificate of somebody else, once', async () => {
    const { deviceId } = await newDevice();
    const { pem, keyPem } = await makeCertificate({ commonName: deviceId });
    const [certificateFile, keyFile] = [path.join(folder, 'wrong.pem'), path.join(folder, 'wrong.key')];
    fs.writeFileSync(certificateFile, pem);
    fs.writeFileSync(keyFile, keyPem);
    const login = { kind: 'x509', certificateFile, keyFile, isKeyEncrypted: false } as const;
    const { ended } = await openSession(hub, { deviceId, login, transport: 'webSocket' });
    expect(await ended()).toContain('The hub refused the certificate');
  });
});

describe('a proxy', () => {
  const through = async (proxy: string) => {
    const device = await newDevice();
    return { device, ...(await open(device, { transport: 'webSocket', proxy })) };
  };

  it.each([
    ['without credentials', undefined],
    ['with credentials', 'user:pass word'],
  ])('%s lets WebSockets through', async (_, credentials) => {
    const proxy = await startProxy(credentials === undefined ? {} : { credentials });
    const user = credentials === undefined ? '' : 'user:pass%20word@';
    const { device, session } = await through(`http://${user}127.0.0.1:${proxy.port}`);
    const { acknowledged } = await publishMany(session, device.deviceId, 100);
    await expectAll(device.deviceId, acknowledged, 100);
    expect(proxy.asked).toEqual([`localhost:${hub.endpoints.httpsPort}`]);
  });

  it('that wants credentials is told of, and asked once', async () => {
    const proxy = await startProxy({ credentials: 'user:pass' });
    const bare = await through(`http://127.0.0.1:${proxy.port}`);
    expect(await bare.ended()).toBe(`The proxy 127.0.0.1:${proxy.port} asks for a user name and password.`);
    const wrong = await through(`http://user:secret@127.0.0.1:${proxy.port}`);
    expect(await wrong.ended()).toBe(
      `The proxy 127.0.0.1:${proxy.port} does not take the user name and password that it was given.`,
    );
    expect(proxy.asked).toHaveLength(2);
  });

  it('that does not answer is named, and tried again', async () => {
    const port = await closedPort();
    const { states, state } = await through(`http://127.0.0.1:${port}`);
    await state('waiting');
    const reason = states[1]?.kind === 'waiting' ? states[1].reason.message : '';
    expect(reason).toContain(`The proxy 127.0.0.1:${port} cannot be used: Nothing answers`);
  });

  it.each(['socks5://127.0.0.1:1', 'nonsense'])('that is none ends it: %s', async (proxy) => {
    const { ended } = await through(proxy);
    expect(await ended()).toMatch(/prox/);
  });
});

describe('close()', () => {
  const handles = () =>
    process.getActiveResourcesInfo().filter((kind) => /^(TCPSocketWrap|TLSWrap|Timeout)$/.test(kind)).length;

  /** A server that takes connections and says nothing. */
  async function silentServer(): Promise<{ port: number; open: Set<net.Socket>; close: () => void }> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    return {
      port: typeof address === 'object' ? (address?.port ?? 0) : 0,
      open: sockets,
      close: () => void server.close(),
    };
  }

  it.each<[string, (port: number) => Partial<SessionWish>]>([
    ['MQTT', (port) => ({ port })],
    ['WebSockets', (port) => ({ transport: 'webSocket', webSocketPort: port })],
    ['a proxy', (port) => ({ transport: 'webSocket', proxy: `http://127.0.0.1:${port}` })],
  ])('during the connect over %s frees everything', async (_, wish) => {
    const device = await newDevice();
    const server = await silentServer();
    const { session, states } = await open(device, wish(server.port));
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload: '', qos: 1 });
    const outcome = message.catch((error: unknown) => error);
    await until('the connection', () => server.open.size === 1);
    const startedAt = performance.now();
    await Promise.all([session.close(), session.close()]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(isIotError(await outcome)).toBe(true);
    await until('the socket to go', () => server.open.size === 0);
    expect(states.at(-1)).toEqual({ kind: 'ended' });
    server.close();
  });

  it('during the wait before a retry, and with messages under way, leaves no handle', async () => {
    const device = await newDevice();
    const proxy = await line();
    const warm = await open(device, { port: proxy.port });
    await warm.session.ready();
    await warm.session.close();
    await until('the line to close', () => proxy.open === 0);
    await pause(300);
    const before = handles();

    const waiting = await open(device, { port: await closedPort() });
    await waiting.state('waiting');
    await waiting.session.close();

    const busy = await open(device, { port: proxy.port });
    await busy.session.ready();
    proxy.swallow();
    const pending = [1, 2, 3].map((n) =>
      busy.session.publish({ topic: topicOf(device.deviceId, `m${n}`), payload: '', qos: 1 }),
    );
    const outcomes = Promise.allSettled(pending);
    await busy.session.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await until('the line to close', () => proxy.open === 0);
    await until('handles to go', () => handles() <= before);
    expect(waiting.states.at(-1)).toEqual({ kind: 'ended' });
  });

  it('rejects with the abort error when the signal was faster', async () => {
    const device = await newDevice();
    const { session } = await open(device, { port: await closedPort() });
    const stop = new AbortController();
    const message = { topic: topicOf(device.deviceId, 'm1'), payload: '', qos: 1 } as const;
    const publishing = session.publish(message, stop.signal);
    stop.abort();
    await expect(publishing).rejects.toMatchObject({ name: 'AbortError' });
    await expect(session.publish(message, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
