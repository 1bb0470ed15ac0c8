import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { randomBytes } from 'node:crypto';
import tls from 'node:tls';
import { EventHubConsumerClient } from '@azure/event-hubs';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDevice, deviceToken, sasToken, startTestHub, type TestHub } from './support/hub';
import { recordUncaught } from './support/uncaught';

let hub: TestHub;
let uncaught: ReturnType<typeof recordUncaught>;
const opened: tls.TLSSocket[] = [];

/** The limit that a test of many clients can reach. */
const maxSockets = 12;

beforeAll(async () => {
  uncaught = recordUncaught();
  hub = await startTestHub({ unauthenticatedLimits: { sockets: maxSockets } });
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
  expect(uncaught.errors).toEqual([]);
});
afterAll(async () => {
  await hub.close();
  uncaught.stop();
});

async function connect(port = hub.endpoints.httpsPort): Promise<tls.TLSSocket> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: hub.ca, servername: 'localhost' });
  opened.push(socket);
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

const upgradeRequest = (path: string, protocol: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
    '\r\n',
  ].join('\r\n');

/** A socket after the handshake of a WebSocket. */
async function webSocket(protocol: string): Promise<tls.TLSSocket> {
  const socket = await connect();
  socket.write(upgradeRequest('/$iothub/websocket', protocol));
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
}

/** A frame with an empty mask. */
function frame(head: number, body: Buffer | string): Buffer {
  const length = Buffer.byteLength(body);
  const size = length < 126 ? Buffer.from([0x80 | length]) : Buffer.alloc(9);
  if (length >= 126) {
    size[0] = 0xff;
    size.writeBigUInt64BE(BigInt(length), 1);
  }
  return Buffer.concat([Buffer.from([head]), size, Buffer.alloc(4), Buffer.from(body)]);
}

const [continued, binary, ping] = [0x00, 0x02, 0x89];
const last = 0x80;

/** Sends, and reads nothing, until the hub has closed the connection. */
async function sendUntilClosed(socket: tls.TLSSocket, bytes: Buffer): Promise<void> {
  socket.pause();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  while (!socket.destroyed) {
    const isDrained = socket.write(bytes) || new Promise((resolve) => socket.once('drain', resolve));
    await Promise.race([isDrained, closed]);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function closeCodeAfter(socket: tls.TLSSocket, bytes: Buffer): Promise<number> {
  socket.write(bytes);
  const received: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received.push(chunk);
    if (Buffer.concat(received).length >= 4) break;
  }
  const all = Buffer.concat(received);
  expect(all[0]).toBe(0x88);
  return all.readUInt16BE(2);
}

describe('A WebSocket of a hostile client', () => {
  it.each(['mqtt', 'AMQPWSB10'])('for %s is closed with the code of the standard', async (protocol) => {
    const unmasked = Buffer.from([last | binary, 1, 0x10]);
    expect(await closeCodeAfter(await webSocket(protocol), unmasked)).toBe(1002);
    const compressed = frame(0x40 | last | binary, 'x');
    expect(await closeCodeAfter(await webSocket(protocol), compressed)).toBe(1002);
    expect(await closeCodeAfter(await webSocket(protocol), frame(last | continued, 'x'))).toBe(1002);
    expect(await closeCodeAfter(await webSocket(protocol), frame(0x09, 'fragmented ping'))).toBe(1002);
    expect(await closeCodeAfter(await webSocket(protocol), frame(last | 0x03, 'reserved'))).toBe(1002);
    const tooLarge = frame(last | binary, Buffer.alloc(2 * 1024 * 1024)).subarray(0, 100);
    expect(await closeCodeAfter(await webSocket(protocol), tooLarge)).toBe(1009);
    const fragments = [frame(binary, 'x'), ...Array.from({ length: 1_024 }, () => frame(continued, 'x'))];
    expect(await closeCodeAfter(await webSocket(protocol), Buffer.concat(fragments))).toBe(1008);
  });

  it('ends when it sends pings and reads no answer', async () => {
    const socket = await webSocket('mqtt');
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => frame(ping, 'x'.repeat(125))));
    await sendUntilClosed(socket, pings);
  });

  it.each(['mqtt', 'AMQPWSB10'])(
    'for %s ends when it sends more before authentication than any client, although no message is complete',
    async (protocol) => {
      const before = hub.logLines.length;
      const socket = await webSocket(protocol);
      socket.write(frame(last | binary, Buffer.alloc(1_000_000)).subarray(0, 14));
      await sendUntilClosed(socket, Buffer.alloc(10_000));
      expect(hub.logLines.slice(before).join('\n')).toContain('too much data before authentication');
    },
  );

  it('ends when its upgrade is refused, although the client keeps its side open', async () => {
    for (const path of ['/none', '/devices/x']) {
      const socket = await connect();
      socket.allowHalfOpen = true;
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.write(upgradeRequest(path, 'mqtt'));
      await once(socket, 'end');
      // The hub does not wait for the other end: what it is still sent resets the connection.
      await sendUntilClosed(socket, Buffer.from('x'));
      expect(text).toMatch(/^HTTP\/1\.1 404 /);
    }
  });
});

describe('Clients that do not authenticate', () => {
  const endedLines = (): number =>
    hub.logLines.filter((line) => line.includes('too many clients before authentication')).length;

  it('end when there are too many, the oldest first, and those that are authenticated stay', async () => {
    const device = await createDevice(hub.endpoints, 'steady');
    const options = {
      ca: hub.ca,
      protocolVersion: 4,
      clientId: device.deviceId,
      username: `localhost/${device.deviceId}/?api-version=2021-04-12`,
      password: deviceToken(device),
      reconnectPeriod: 0,
    } as const;
    const overMqtt = await mqtt.connectAsync(`mqtts://localhost:${hub.endpoints.mqttPort}`, options);
    const second = await createDevice(hub.endpoints, 'steady-ws');
    const overWebSocket = await mqtt.connectAsync(
      `wss://localhost:${hub.endpoints.httpsPort}/$iothub/websocket`,
      {
        ...options,
        clientId: second.deviceId,
        username: `localhost/${second.deviceId}/?api-version=2021-04-12`,
        password: deviceToken(second),
        wsOptions: { ca: hub.ca },
      },
    );
    const reader = new EventHubConsumerClient('$Default', hub.endpoints.eventHubConnectionString);
    await reader.getEventHubProperties();
    const agent = new https.Agent({ ca: hub.ca, keepAlive: true, maxSockets: 1 });
    const service = hub.endpoints.serviceConnectionString;
    const key = /SharedAccessKey=([^;]+)/.exec(service)?.[1] ?? '';
    const policyName = /SharedAccessKeyName=([^;]+)/.exec(service)?.[1] ?? '';
    const ask = async (): Promise<string> => {
      const request = https.get({
        ...{ host: 'localhost', port: hub.endpoints.httpsPort, agent },
        path: '/devices/steady?api-version=2021-04-12',
        headers: { Authorization: sasToken({ resource: 'localhost', key, policyName }) },
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      expect(response.statusCode).toBe(200);
      return String(request.socket?.localPort);
    };
    const port = await ask();

    // Later than the others, so that they would be the first to end.
    const ports = [hub.endpoints.mqttPort, hub.endpoints.amqpPort, hub.endpoints.httpsPort];
    const before = endedLines();
    const silent: tls.TLSSocket[] = [];
    for (let n = 0; n < maxSockets + 6; n++) silent.push(await connect(ports[n % ports.length]));
    await expect.poll(() => silent.filter((socket) => socket.destroyed).length).toBeGreaterThanOrEqual(6);
    expect(endedLines() - before).toBe(6);
    expect(silent.map((socket) => socket.destroyed)).toEqual(silent.map((_, n) => n < 6));

    // A client that authenticates at once is not ended.
    await overMqtt.publishAsync('devices/steady/messages/events/', '1', { qos: 1 });
    await overWebSocket.publishAsync('devices/steady-ws/messages/events/', '1', { qos: 1 });
    await reader.getEventHubProperties();
    expect(await ask()).toBe(port);
    expect(endedLines() - before).toBe(6);

    // Nor is one that sends a lot.
    const body = 'x'.repeat(200_000);
    for (const [client, id] of [
      [overMqtt, 'steady'],
      [overWebSocket, 'steady-ws'],
    ] as const) {
      for (let n = 0; n < 4; n++)
        await client.publishAsync(`devices/${id}/messages/events/`, body, { qos: 1 });
      await client.endAsync();
    }
    await reader.close();
    agent.destroy();
  });
});
