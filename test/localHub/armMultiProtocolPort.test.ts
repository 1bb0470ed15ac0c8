import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/x509';
import { armClients, createHub, deviceOf, readBodies, rest, type MadeHub } from './support/arm';
import { sasToken, startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';

let hub: TestHub;
let made: MadeHub;

beforeAll(async () => {
  hub = await startTestHub({ armPhaseMs: 10, firstByteTimeoutMs: 400 });
  made = await createHub(hub.endpoints, 'one-port');
});
afterAll(() => hub.close());

const token = (deviceId: string, key: string): string =>
  sasToken({ resource: `${made.hostName}/devices/${deviceId}`, key });
const userName = (deviceId: string): string => `${made.hostName}/${deviceId}/?api-version=2021-04-12`;

describe('The shared port of a hub', () => {
  it('accepts azure-iot-device-mqtt, mosquitto_pub, mqtt, MQTT over WebSockets, azure-iothub and @azure/event-hubs', async () => {
    const { key, text } = await deviceOf(made, 'd1');
    const client = Client.fromConnectionString(text, Mqtt);
    await client.setOptions({ ca: hub.ca });
    await client.open();
    await client.sendEvent(new Message('"azure-iot-device"'));
    await client.close();

    const published = await run('mosquitto_pub', [
      ...['-h', 'localhost', '-p', String(made.port), '-V', 'mqttv311', '--cafile', hub.endpoints.caFile],
      ...['-i', 'd1', '-u', userName('d1'), '-P', token('d1', key), '-q', '1'],
      ...['-t', 'devices/d1/messages/events/', '-m', '"mosquitto_pub"'],
    ]);
    expect(published).toMatchObject({ code: 0 });

    for (const url of [`mqtts://localhost:${made.port}`, `wss://localhost:${made.port}/$iothub/websocket`]) {
      const session = await mqtt.connectAsync(url, {
        ca: hub.ca,
        protocolVersion: 4,
        clientId: 'd1',
        username: userName('d1'),
        password: token('d1', key),
        reconnectPeriod: 0,
        wsOptions: { ca: hub.ca },
      });
      await session.publishAsync('devices/d1/messages/events/', JSON.stringify(url.slice(0, 3)), { qos: 1 });
      await session.endAsync();
    }
    const bodies = await readBodies(hub.endpoints, made, 4);
    expect(bodies).toEqual(['azure-iot-device', 'mosquitto_pub', 'mqt', 'wss']);
    expect((await made.registry().list()).responseBody).toMatchObject([{ deviceId: 'd1' }]);
    expect(await rest(hub.endpoints, '/health', { port: made.port })).toMatchObject({
      body: { hubName: 'one-port' },
    });
  });

  it('accepts AMQP with and without SASL, and HTTP bodies in many pieces', async () => {
    for (const layer of [0, 3]) {
      const header = Buffer.from([...Buffer.from('AMQP'), layer, 1, 0, 0]);
      const socket = await connect();
      // One byte at a time.
      for (const byte of header) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      expect(answer.subarray(0, 8)).toEqual(header);
      socket.destroy();
    }
    const large = await rest(hub.endpoints, '/devices/x?api-version=2021-04-12', {
      method: 'PUT',
      port: made.port,
      body: { deviceId: 'x', ignored: 'x'.repeat(1_000_000) },
      headers: {
        Authorization: sasToken({
          resource: made.hostName,
          key: made.keyOf('iothubowner'),
          policyName: 'iothubowner',
        }),
      },
    });
    expect(large.status).toBe(200);
    await made.registry().delete('x');
  });

  it('is also the HTTPS port of the built-in hub, in addition to its other three ports', async () => {
    const own = await armClients(hub.endpoints).hubs.iotHubResource.get('local', 'local-hub');
    const { httpsPort, hostName } = hub.endpoints;
    expect(hostName).toBe('localhost');
    expect(own.properties).toMatchObject({
      hostName: `localhost:${httpsPort}`,
      eventHubEndpoints: { events: { endpoint: `sb://localhost:${httpsPort}/` } },
    });
    expect(
      new Set([httpsPort, hub.endpoints.mqttPort, hub.endpoints.amqpPort, hub.endpoints.amqpPlainPort]).size,
    ).toBe(4);
  });

  it('authenticates devices by certificate', async () => {
    const folder = path.join(hub.dataFolder, 'client');
    fs.mkdirSync(folder);
    const certificate = await makeCertificate({ commonName: 'x1' });
    const fingerprint = new X509Certificate(certificate.pem).fingerprint256.replaceAll(':', '');
    await made.registry().create({
      deviceId: 'x1',
      authentication: {
        type: 'selfSigned',
        x509Thumbprint: { primaryThumbprint: fingerprint, secondaryThumbprint: '' },
      },
    });
    const files = { cert: path.join(folder, 'c.pem'), key: path.join(folder, 'k.pem') };
    fs.writeFileSync(files.cert, certificate.pem);
    fs.writeFileSync(files.key, certificate.keyPem);
    const published = await run('mosquitto_pub', [
      ...['-h', 'localhost', '-p', String(made.port), '-V', 'mqttv311', '--cafile', hub.endpoints.caFile],
      ...['--cert', files.cert, '--key', files.key, '-i', 'x1', '-u', userName('x1'), '-q', '1'],
      ...['-t', 'devices/x1/messages/events/', '-m', '1'],
    ]);
    expect(published).toMatchObject({ code: 0 });
  });
});

const connect = async (port = made.port): Promise<tls.TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca: hub.ca, servername: 'localhost' }, () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });

/** Sends bytes and resolves to the response when the hub closes the connection. */
async function exchange(bytes: Buffer | string): Promise<string> {
  const socket = await connect();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(bytes);
  await closed;
  return text;
}

describe('The shared port and unknown clients', () => {
  it('closes connections of other protocols without a response', async () => {
    for (const first of [
      Buffer.from([0]),
      Buffer.alloc(70_000, 0xff),
      'get / http/1.1\r\n\r\n',
      '\r\n',
      Buffer.from([0x20, 2, 0, 0]),
      '\x16\x03\x01',
    ]) {
      expect(await exchange(first)).toBe('');
    }
    expect(
      hub.logLines.filter((line) => line.includes('uses neither HTTP nor MQTT nor AMQP')).length,
    ).toBeGreaterThanOrEqual(6);
  });

  it('responds in the detected protocol if the rest of the input is malformed', async () => {
    const almost = Buffer.concat([Buffer.from('AMQX'), Buffer.alloc(100)]);
    expect((await exchange(almost)).startsWith(String.fromCharCode(65, 77, 81, 80, 3, 1, 0, 0))).toBe(true);
    expect(await exchange('HELO there\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff]))).toBe('');
  });

  it('does not wait indefinitely for a first byte or a TLS handshake', async () => {
    const silent = await connect();
    await new Promise((resolve) => silent.once('close', resolve));
    expect(hub.logLines.join('\n')).toMatch(/sent nothing for 0\.4 seconds/);
    const plain = net.connect(made.port, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve));
  });

  it('keeps working when many clients disconnect at any moment', async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const socket = await connect();
        if (n % 3 === 0) socket.write(Buffer.from([0x10]));
        if (n % 3 === 1) socket.end();
        else socket.destroy();
      }),
    );
    expect(await rest(hub.endpoints, '/health', { port: made.port })).toMatchObject({ status: 200 });
  });
});
