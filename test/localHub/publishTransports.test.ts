import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isIotError } from '../../src/core/errors';
import { makeCertificate } from '../support/x509';
import { createCertificateDevice } from './support/certificates';
import { startConnectProxy, type ConnectProxy } from './support/connectProxy';
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
import {
  createDevice,
  makeTemporaryFolder,
  registryOf,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { startSilentServer, startTcpProxy, type TcpProxy } from './support/tcpProxy';

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
const newDevice = (): Promise<TestDevice> => createDevice(hub.endpoints, `way-${++devices}`);

const open = ({ deviceId, primaryKey }: TestDevice, wish: Partial<SessionWish> = {}) =>
  openSession(hub, { deviceId, key: primaryKey, ...wish });

function certificateCredentials(name: string, pem: string, keyPem: string, isKeyEncrypted: boolean) {
  const [certificateFile, keyFile] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
  fs.writeFileSync(certificateFile, pem);
  fs.writeFileSync(keyFile, keyPem);
  return { kind: 'x509', certificateFile, keyFile, isKeyEncrypted } as const;
}

describe('a device session that is refused', () => {
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
      'locally, for an untrusted hub',
      async () => {
        const caFile = path.join(folder, 'other.pem');
        fs.writeFileSync(caFile, (await makeCertificate({ commonName: 'x', isAuthority: true })).pem);
        return { caFile };
      },
      /not signed by a CA that is trusted/,
    ],
    ['for a CA file that is missing', async () => ({ caFile: '/nowhere' }), /CA file .* cannot be read/],
    [
      'for a certificate file that is missing',
      async () => ({
        credentials: { kind: 'x509', certificateFile: '/no', keyFile: '/no', isKeyEncrypted: false },
      }),
      /The certificate of the device cannot be read/,
    ],
  ])('%s ends once with a clear message', async (_, prepare, sentence) => {
    const device = await newDevice();
    const { session, states, authentications, ended } = await open(device, await prepare(device));
    const message = session.publish({ topic: topicOf(device.deviceId, 'm1'), payload: '', qos: 1 });
    const outcome = await message.catch((error: unknown) => error);
    expect(await ended()).toMatch(sentence);
    expect(await ended()).toMatch(/^[A-Z].*(\.|: \/\w+)$/);
    expect(isIotError(outcome)).toBe(true);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'ended']);
    expect(authentications).toHaveLength(1);
    await expect(session.ready()).rejects.toBe(outcome);
    await expect(session.publish({ topic: 't', payload: '', qos: 1 })).rejects.toBe(outcome);
  });

  it('refuses a topic that is not valid in MQTT', async () => {
    const { session } = await open(await newDevice());
    const publishing = session.publish({ topic: 'x'.repeat(70_000), payload: '', qos: 1 });
    await expect(publishing).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

describe('MQTT over WebSockets', () => {
  it('is used if the MQTT port does not answer', async () => {
    const device = await newDevice();
    const { session, states } = await open(device, { transport: 'auto', port: await closedPort() });
    const { acknowledged } = await publishMany(session, device.deviceId, 200);
    await expectAll(arrivals, device.deviceId, acknowledged, 200);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'connected']);
    expect(states[1]).toMatchObject({ transport: 'webSocket' });
  });

  it('is used if a firewall drops MQTT', async () => {
    const silent = await startSilentServer();
    const { states, state } = await open(await newDevice(), { transport: 'auto', port: silent.port });
    await state('connected');
    expect(states[1]).toMatchObject({ transport: 'webSocket' });
    await silent.close();
  });

  it('stays in use after an interruption, with every message', async () => {
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
    await expectAll(arrivals, device.deviceId, acknowledged, 600);
    const ways = states.flatMap((state) => (state.kind === 'connected' ? [state.transport] : []));
    expect(ways.length).toBeGreaterThan(1);
    expect(new Set(ways)).toEqual(new Set(['webSocket']));
    expect(blocked.accepted).toBe(0);
  });

  it('is not tried if MQTT works', async () => {
    const { states, state } = await open(await newDevice(), { transport: 'auto', webSocketPort: 1 });
    await state('connected');
    expect(states[1]).toMatchObject({ transport: 'mqtt' });
  });

  it('is mentioned if both transports are blocked', async () => {
    const [port, webSocketPort] = [await closedPort(), await closedPort()];
    const { states, state } = await open(await newDevice(), { transport: 'auto', port, webSocketPort });
    await state('waiting');
    const [, waiting] = states;
    const reason = waiting?.kind === 'waiting' ? waiting.reason.message : '';
    expect(reason).toContain('Neither MQTT nor MQTT over WebSockets can connect.');
    expect(reason).toContain(`localhost:${port}`);
    expect(reason).toContain(`localhost:${webSocketPort}`);
  });

  it('accepts a certificate with an encrypted key', async () => {
    const deviceId = 'way-certificate';
    const { pem, keyPem, certificate } = await makeCertificate({ commonName: deviceId });
    const thumbprint = Buffer.from(await certificate.getThumbprint('SHA-256'))
      .toString('hex')
      .toUpperCase();
    await createCertificateDevice(hub, deviceId, { primaryThumbprint: thumbprint });
    const passphrase = 'open sesame';
    const encryption = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
    const encrypted = createPrivateKey(keyPem).export(encryption).toString();
    const credentials = certificateCredentials('device', pem, encrypted, true);
    const wish = { deviceId, credentials, transport: 'webSocket' } as const;
    const { session, states } = await openSession(hub, { ...wish, passphrase });
    const { acknowledged } = await publishMany(session, deviceId, 50);
    await expectAll(arrivals, deviceId, acknowledged, 50);
    expect(states[1]).toEqual({ kind: 'connected', transport: 'webSocket', expiresAt: undefined });

    const wrong = await openSession(hub, { ...wish, passphrase: 'wrong' });
    expect(await wrong.ended()).toContain('The passphrase does not decrypt the private key');
    expect(wrong.authentications).toHaveLength(1);
  });

  it("refuses another device's certificate once", async () => {
    const { deviceId } = await newDevice();
    const { pem, keyPem } = await makeCertificate({ commonName: deviceId });
    const credentials = certificateCredentials('wrong', pem, keyPem, false);
    const { ended } = await openSession(hub, { deviceId, credentials, transport: 'webSocket' });
    expect(await ended()).toContain('The hub rejected the certificate');
  });
});

describe('a proxy for publishing', () => {
  const through = async (proxy: string) => {
    const device = await newDevice();
    return { device, ...(await open(device, { transport: 'webSocket', proxy })) };
  };

  it.each([
    ['without credentials', undefined],
    ['with credentials', 'user:pass word'],
  ])('%s forwards WebSockets', async (_, credentials) => {
    const proxy = await startProxy(credentials === undefined ? {} : { credentials });
    const user = credentials === undefined ? '' : 'user:pass%20word@';
    const { device, session } = await through(`http://${user}127.0.0.1:${proxy.port}`);
    const { acknowledged } = await publishMany(session, device.deviceId, 100);
    await expectAll(arrivals, device.deviceId, acknowledged, 100);
    expect(proxy.asked).toEqual([`localhost:${hub.endpoints.httpsPort}`]);
  });

  it('that requires credentials is reported and tried once', async () => {
    const proxy = await startProxy({ credentials: 'user:pass' });
    const bare = await through(`http://127.0.0.1:${proxy.port}`);
    expect(await bare.ended()).toBe(`The proxy 127.0.0.1:${proxy.port} requires a username and password.`);
    const wrong = await through(`http://user:secret@127.0.0.1:${proxy.port}`);
    expect(await wrong.ended()).toBe(`The proxy 127.0.0.1:${proxy.port} rejected the username and password.`);
    expect(proxy.asked).toHaveLength(2);
  });

  it('that does not answer is named and tried again', async () => {
    const port = await closedPort();
    const { states, state } = await through(`http://127.0.0.1:${port}`);
    await state('waiting');
    const reason = states[1]?.kind === 'waiting' ? states[1].reason.message : '';
    expect(reason).toContain(`The proxy 127.0.0.1:${port} cannot be used: The connection to`);
  });

  it.each(['socks5://127.0.0.1:1', 'nonsense'])(
    'with an invalid address ends the session: %s',
    async (proxy) => {
      const { ended } = await through(proxy);
      expect(await ended()).toMatch(/prox/);
    },
  );
});
