import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { isIotError } from '../../src/core/errors';
import { until } from './support/until';
import { closeSessions, openSession, topicOf, type SessionWish } from './support/deviceSessions';
import { createDevice, startTestHub, type TestDevice, type TestHub } from './support/hub';
import { startSilentServer, startTcpProxy, type TcpProxy } from './support/tcpProxy';

let hub: TestHub;
let proxy: TcpProxy;

beforeAll(async () => {
  hub = await startTestHub();
  proxy = await startTcpProxy(hub.endpoints.mqttPort);
});
afterEach(async () => {
  vi.useRealTimers();
  await closeSessions();
});
afterAll(async () => {
  await proxy.close();
  await hub.close();
});

async function closedPort(): Promise<number> {
  const closed = await startTcpProxy(0);
  await closed.close();
  return closed.port;
}

let devices = 0;
const newDevice = (): Promise<TestDevice> => createDevice(hub.endpoints, `close-${++devices}`);

const open = ({ deviceId, primaryKey }: TestDevice, wish: Partial<SessionWish> = {}) =>
  openSession(hub, { deviceId, key: primaryKey, ...wish });

describe('closing a device session', () => {
  const handles = () =>
    process.getActiveResourcesInfo().filter((kind) => /^(TCPSocketWrap|TLSWrap|Timeout)$/.test(kind)).length;

  it.each<[string, (port: number) => Partial<SessionWish>]>([
    ['MQTT', (port) => ({ port })],
    ['WebSockets', (port) => ({ transport: 'webSocket', webSocketPort: port })],
    ['a proxy', (port) => ({ transport: 'webSocket', proxy: `http://127.0.0.1:${port}` })],
  ])('while it connects over %s releases everything', async (_, wish) => {
    const device = await newDevice();
    const server = await startSilentServer();
    // Timeouts are faked, so only closing releases the connection.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { session, states } = await open(device, wish(server.port));
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload: '', qos: 1 });
    const outcome = message.catch((error: unknown) => error);
    await expect.poll(() => server.open.size).toBe(1);
    await Promise.all([session.close(), session.close()]);
    expect(isIotError(await outcome)).toBe(true);
    await expect.poll(() => server.open.size).toBe(0);
    expect(states.at(-1)).toEqual({ kind: 'ended' });
    await server.close();
  });

  it('before a retry and with messages in flight leaves no handle', async () => {
    const device = await newDevice();
    const idle = handles();
    const warm = await open(device, { port: proxy.port });
    await warm.session.ready();
    await warm.session.close();
    await until('the line to close', () => proxy.open === 0);
    await until('the handles to be released', () => handles() <= idle);
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
    await until('the handles to be released', () => handles() <= before);
    expect(waiting.states.at(-1)).toEqual({ kind: 'ended' });
  });

  it('rejects with the abort error if the signal was aborted first', async () => {
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
