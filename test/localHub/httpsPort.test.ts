import { once } from 'node:events';
import https from 'node:https';
import tls from 'node:tls';
import { generate } from 'mqtt-packet';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDevice, deviceToken, readEvents, registryOf, startTestHub, type TestHub } from './support/hub';

describe('The HTTPS port', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.close());

  function get(path: string, host: string): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const { httpsPort: port } = hub.endpoints;
      https
        .get(
          { host: '127.0.0.1', port, path, ca: hub.ca, servername: 'localhost', headers: { host } },
          (response) => {
            let body = '';
            response.on('data', (chunk: Buffer) => (body += chunk.toString()));
            response.on('end', () => resolve({ status: response.statusCode, body }));
          },
        )
        .on('error', reject);
    });
  }

  it.each([
    'localhost',
    'localhost:8443',
    'LOCALHOST',
    '127.0.0.1:1',
    '[::1]',
    'hub.localhost',
    '192.168.7.7',
  ])('accepts the host %s', async (host) => {
    expect((await get('/health', host)).status).toBe(200);
    expect((await get('/devices/one', host)).status).toBe(401);
  });

  it.each(['evil.example', 'localhost.evil.example', 'evil.example:8443', 'xlocalhost', 'a b'])(
    'refuses the host %s, on REST and ARM',
    async (host) => {
      for (const path of ['/devices/one', '/subscriptions', '/msi/token', '/health']) {
        const { status, body } = await get(path, host);
        expect(status).toBe(400);
        expect(JSON.parse(body)).toMatchObject({
          Message: expect.stringContaining('is not a name of this hub') as string,
        });
      }
    },
  );

  /** Sends a request as it is. @returns the status */
  async function raw(head: string, options: tls.ConnectionOptions = {}): Promise<number> {
    const { httpsPort: port } = hub.endpoints;
    const socket = tls.connect({ host: 'localhost', port, ca: hub.ca, ...options });
    socket.end(`${head}\r\nConnection: close\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return Number(answer.toString().split(' ')[1]);
  }

  it('refuses a second host, and a foreign one in the target', async () => {
    expect(await raw('GET /health HTTP/1.1\r\nHost: localhost')).toBe(200);
    expect(await raw('GET https://localhost/health HTTP/1.1\r\nHost: localhost')).toBe(200);
    expect(await raw('GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example')).toBe(400);
    expect(await raw('GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost')).toBe(400);
    expect(await raw('GET https://evil.example/health HTTP/1.1\r\nHost: localhost')).toBe(400);
  });

  it('accepts HTTP/1.0', async () => {
    expect(await raw('GET /health HTTP/1.0', { ALPNProtocols: ['http/1.0'] })).toBe(200);
  });

  async function upgrade(protocol: string, origin?: string): Promise<string> {
    const url = `wss://localhost:${hub.endpoints.httpsPort}/$iothub/websocket`;
    const ws = new WebSocket(url, protocol, { ca: hub.ca, ...(origin === undefined ? {} : { origin }) });
    const refused = new Promise<string>((resolve) => {
      ws.once('unexpected-response', (_, { statusCode }) => {
        resolve(String(statusCode));
      });
    });
    ws.on('error', () => undefined);
    const answer = await Promise.race([once(ws, 'open').then(() => ws.protocol), refused]);
    ws.terminate();
    return answer;
  }

  it.each([undefined, 'https://localhost', 'http://localhost:3000', 'https://127.0.0.1'])(
    'accepts a WebSocket with the origin %s',
    async (origin) => expect(await upgrade('mqtt', origin)).toBe('mqtt'),
  );

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'null',
    'file://',
    'https://192.168.7.7',
  ])('refuses a WebSocket with the origin %s', async (origin) =>
    expect(await upgrade('mqtt', origin)).toBe('403'),
  );

  it.each(['mqtt', 'MQTT', 'Mqtt'])('serves MQTT on the subprotocol %s', async (protocol) => {
    const url = `wss://localhost:${hub.endpoints.httpsPort}/$iothub/websocket`;
    const ws = new WebSocket(url, protocol, { ca: hub.ca });
    await once(ws, 'open');
    expect(ws.protocol).toBe(protocol);
    // PINGREQ is not a first packet of MQTT: the connection ends without an AMQP header.
    const received: Buffer[] = [];
    ws.on('message', (data: Buffer) => received.push(data));
    ws.send(Buffer.from([0xc0, 0]));
    await once(ws, 'close');
    expect(Buffer.concat(received).toString('latin1')).not.toContain('AMQP');
  });

  it.each([
    ['close', 1],
    ['reset', 2],
  ] as const)(
    'disconnects a device at the %s of its WebSocket, and publishes its will',
    async (end, wills) => {
      const device = await createDevice(hub.endpoints, `web-${end}`);
      const url = `wss://localhost:${hub.endpoints.httpsPort}/$iothub/websocket`;
      const ws = new WebSocket(url, 'mqtt', { ca: hub.ca });
      await once(ws, 'open');
      const connected = once(ws, 'message');
      ws.send(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: device.deviceId,
          keepalive: 1_000,
          username: `localhost/${device.deviceId}/?api-version=2021-04-12`,
          password: Buffer.from(deviceToken(device)),
          will: {
            topic: `devices/${device.deviceId}/messages/events/`,
            payload: Buffer.from(JSON.stringify(end)),
            qos: 0,
            retain: false,
          },
        }),
      );
      await connected;
      const state = async (): Promise<string | undefined> =>
        (await registryOf(hub.endpoints).get(device.deviceId)).responseBody.connectionState;
      expect(await state()).toBe('Connected');
      if (end === 'close') ws.close();
      else ws.terminate();
      await expect.poll(state).toBe('Disconnected');
      const events = await readEvents(hub.endpoints, wills);
      expect(events.map(({ body }) => body as unknown)).toContain(end);
    },
  );
});
