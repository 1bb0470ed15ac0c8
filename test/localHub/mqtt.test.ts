import net from 'node:net';
import tls from 'node:tls';
import fs from 'node:fs';
import path from 'node:path';
import { Message } from 'azure-iot-device';
import { Client as DeviceClient } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import mqtt from 'mqtt';
import { generate, parser, type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDevice,
  deviceToken,
  readEvents,
  registryOf,
  sasToken,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { mosquittoArguments, mosquittoPub, run } from './support/mosquitto';

let hub: TestHub;
let device: TestDevice;
let other: TestDevice;

beforeAll(async () => {
  hub = await startTestHub();
  device = await createDevice(hub.endpoints, 'device-1');
  other = await createDevice(hub.endpoints, 'device-2');
});

afterAll(async () => {
  await hub.close();
});

const userName = (id: string): string => `localhost/${id}/?api-version=2021-04-12`;

async function connectMqtt(
  wish: Partial<mqtt.IClientOptions> & { id?: string } = {},
): Promise<mqtt.MqttClient> {
  const { id = device.deviceId, ...options } = wish;
  return mqtt.connectAsync(`mqtts://localhost:${hub.endpoints.mqttPort}`, {
    ca: hub.ca,
    protocolVersion: 4,
    clientId: id,
    username: userName(id),
    password: deviceToken(device),
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  });
}

/** Sends bytes over TLS and resolves to the response when the hub closes the connection. */
async function rawExchange(
  bytes: Buffer,
  keepOpen = false,
): Promise<{ received: Packet[]; closed: boolean }> {
  const received: Packet[] = [];
  const stream = parser({ protocolVersion: 4 });
  stream.on('packet', (packet: Packet) => received.push(packet));
  return new Promise((resolve) => {
    const socket = tls.connect(
      { host: '127.0.0.1', servername: 'localhost', port: hub.endpoints.mqttPort, ca: hub.ca },
      () => {
        socket.write(bytes);
      },
    );
    const timer = setTimeout(
      () => {
        socket.destroy();
        resolve({ received, closed: false });
      },
      keepOpen ? 500 : 3_000,
    );
    socket.on('data', (chunk: Buffer) => stream.parse(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve({ received, closed: true });
    });
  });
}

const connectPacket = (more: object = {}): Buffer =>
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: device.deviceId,
    keepalive: 60,
    username: userName(device.deviceId),
    password: Buffer.from(deviceToken(device)),
    ...more,
  });

async function nextClose(client: mqtt.MqttClient): Promise<void> {
  await new Promise<void>((resolve) => client.once('close', resolve));
}

describe('mosquitto_pub', () => {
  it('publishes with a device token', async () => {
    expect(
      await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password: deviceToken(device) }),
    ).toEqual({ code: 0, output: '' });
  });

  it('publishes over 127.0.0.1', async () => {
    const wish = { deviceId: device.deviceId, password: deviceToken(device), host: '127.0.0.1' };
    expect((await mosquittoPub(hub.endpoints, wish)).code).toBe(0);
  });

  it.each([
    [
      'a wrong key',
      () => sasToken({ resource: 'localhost/devices/device-1', key: other.primaryKey }),
      'device-1',
    ],
    ['an expired token', () => deviceToken(device, -1), 'device-1'],
    ['a token of another device', () => deviceToken(other), 'device-1'],
    [
      'a token for another hub',
      () => sasToken({ resource: 'elsewhere.azure-devices.net/devices/device-1', key: device.primaryKey }),
      'device-1',
    ],
    [
      'a hub-wide token without a policy',
      () => sasToken({ resource: 'localhost', key: device.primaryKey }),
      'device-1',
    ],
    ['an unknown device', () => deviceToken(device), 'nobody'],
    ['text that is not a token', () => 'secret', 'device-1'],
  ])('is refused with code 5 for %s', async (_, password, deviceId) => {
    const { code, output } = await mosquittoPub(hub.endpoints, { deviceId, password: password() });
    expect(code).toBe(5);
    expect(output).toContain('not authorised');
  });

  it('is refused with code 5 without a password, with another client id and with another host', async () => {
    expect((await mosquittoPub(hub.endpoints, { deviceId: device.deviceId })).code).toBe(5);
    const password = deviceToken(device);
    expect(
      (await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password, clientId: 'x' })).code,
    ).toBe(5);
    const userName = 'elsewhere.azure-devices.net/device-1/?api-version=2021-04-12';
    expect((await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password, userName })).code).toBe(
      5,
    );
  });

  it('accepts the short forms of the user name', async () => {
    for (const userName of [
      'localhost/device-1',
      'localhost/device-1/',
      'localhost/device-1/api-version=2016-11-14',
    ]) {
      const wish = { deviceId: device.deviceId, password: deviceToken(device), userName };
      expect((await mosquittoPub(hub.endpoints, wish)).code).toBe(0);
    }
  });

  it('publishes with the secondary key, an unencoded resource, and policy tokens', async () => {
    const policies = JSON.parse(
      JSON.stringify(
        Object.fromEntries(
          hub.endpoints.serviceConnectionString.split(';').map((part) => part.split(/=(.*)/s, 2)),
        ),
      ),
    ) as Record<string, string>;
    const passwords = [
      sasToken({ resource: 'localhost/devices/device-1', key: device.secondaryKey }),
      sasToken({ resource: 'localhost/devices/device-1', key: device.primaryKey, raw: true }),
      sasToken({ resource: 'localhost/devices/device-1/api-version=2016-11-14', key: device.primaryKey }),
      sasToken({ resource: 'localhost', key: policies.SharedAccessKey ?? '', policyName: 'iothubowner' }),
      sasToken({
        resource: 'localhost/devices',
        key: policies.SharedAccessKey ?? '',
        policyName: 'iothubowner',
      }),
    ];
    for (const password of passwords) {
      expect((await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password })).code).toBe(0);
    }
  });

  it('is refused with a policy without the right DeviceConnect', async () => {
    const [, key = ''] = /SharedAccessKey=([^;]+)/.exec(hub.endpoints.eventHubConnectionString) ?? [];
    const password = sasToken({ resource: 'localhost', key, policyName: 'service' });
    expect((await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password })).code).toBe(5);
  });

  it('does not trust the hub without its CA', async () => {
    const caFile = path.join(hub.dataFolder, 'other-ca.pem');
    const made = await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=other',
      '-keyout',
      `${caFile}.key`,
      '-out',
      caFile,
    ]);
    expect(made.code).toBe(0);
    const { code } = await mosquittoPub(hub.endpoints, {
      deviceId: device.deviceId,
      password: deviceToken(device),
      caFile,
    });
    expect(code).not.toBe(0);
    fs.rmSync(caFile);
  });

  it('is disconnected on QoS 2 and on a topic of another device', async () => {
    const password = deviceToken(device);
    const pub = async (more: string[], topic?: string): Promise<number | null> =>
      (
        await mosquittoPub(hub.endpoints, {
          deviceId: device.deviceId,
          password,
          more,
          ...(topic ? { topic } : {}),
        })
      ).code;
    expect(await pub(['-q', '2', '-m', 'x'])).toBe(7);
    expect(await pub(['-q', '1', '-m', 'x'], 'devices/device-2/messages/events/')).toBe(7);
    expect(await pub(['-q', '1', '-m', 'x'], 'somewhere/else')).toBe(7);
  });

  it('is refused with MQTT 5 as an unsupported protocol version', async () => {
    const args = mosquittoArguments(hub.endpoints, {
      deviceId: device.deviceId,
      password: deviceToken(device),
      more: ['-m', 'x'],
    });
    const { code, output } = await run(
      'mosquitto_pub',
      args.map((arg) => (arg === 'mqttv311' ? 'mqttv5' : arg)),
    );
    expect(code).toBe(132);
    expect(output).toContain('Unsupported Protocol Version');
  });
});

describe('mosquitto_sub', () => {
  it('can subscribe only to the topics of its device', async () => {
    const password = deviceToken(device);
    const sub = async (topic: string): Promise<string> =>
      (
        await run('mosquitto_sub', [
          ...mosquittoArguments(hub.endpoints, { deviceId: device.deviceId, password, topic }),
          '-d',
          '-W',
          '1',
          '-q',
          '2',
        ])
      ).output;
    expect(await sub('devices/device-1/messages/devicebound/#')).toContain('Subscribed (mid: 1): 1');
    expect(await sub('#')).toContain('Subscribed (mid: 1): 128');
    expect(await sub('devices/device-2/messages/devicebound/#')).toContain('128');
  });
});

describe('an MQTT connection', () => {
  it('is closed when the same device connects again', async () => {
    const first = await connectMqtt();
    const closed = nextClose(first);
    const second = await connectMqtt();
    await closed;
    expect(second.connected).toBe(true);
    await second.endAsync();
  });

  it('is closed when its token expires', async () => {
    const client = await connectMqtt({ password: deviceToken(device, 6) });
    const closed = nextClose(client);
    await client.publishAsync('devices/device-1/messages/events/', 'while it is good', { qos: 1 });
    await closed;
    expect(hub.logLines.join('\n')).toContain('its token expired');
  });

  it('is closed when the device is disabled, and a disabled device is refused', async () => {
    const registry = registryOf(hub.endpoints);
    const third = await createDevice(hub.endpoints, 'device-3');
    const client = await connectMqtt({ id: 'device-3', password: deviceToken(third) });
    const closed = nextClose(client);
    await registry.update({ deviceId: 'device-3', status: 'disabled' });
    await closed;
    await expect(connectMqtt({ id: 'device-3', password: deviceToken(third) })).rejects.toMatchObject({
      code: 5,
    });
    await registry.update({ deviceId: 'device-3', status: 'enabled' });
    const again = await connectMqtt({ id: 'device-3', password: deviceToken(third) });
    const deleted = nextClose(again);
    await registry.delete('device-3');
    await deleted;
  });

  it('is shown as connected in the registry', async () => {
    const registry = registryOf(hub.endpoints);
    const client = await connectMqtt();
    expect(
      ((await registry.get('device-1')).responseBody as { connectionState: string }).connectionState,
    ).toBe('Connected');
    await client.endAsync();
    await expect
      .poll(
        async () =>
          ((await registry.get('device-1')).responseBody as { connectionState: string }).connectionState,
      )
      .toBe('Disconnected');
  });

  it('accepts a message of 256 KB and is closed on a larger one', async () => {
    const client = await connectMqtt();
    const topic = 'devices/device-1/messages/events/';
    await client.publishAsync(topic, Buffer.alloc(256 * 1024), { qos: 1 });
    const closed = nextClose(client);
    client.publish(topic, Buffer.alloc(256 * 1024 + 1), { qos: 1 });
    await closed;
    const huge = await connectMqtt();
    const hugeClosed = nextClose(huge);
    huge.publish(topic, Buffer.alloc(8 * 1024 * 1024), { qos: 1 });
    await hugeClosed;
  });

  it('is closed on malformed packets, and the hub keeps working', async () => {
    const garbage = [
      Buffer.from([0x00, 0x00]),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      Buffer.from([0x10, 0x02, 0x00, 0x04]),
      Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      generate({ cmd: 'pingreq' }),
      Buffer.concat([connectPacket(), Buffer.from([0xf0, 0x00])]),
      Buffer.concat([connectPacket(), connectPacket()]),
      Buffer.concat([connectPacket(), Buffer.from([0x32, 0x03, 0x00, 0xff, 0x41])]),
      Buffer.concat([
        connectPacket(),
        generate({
          cmd: 'publish',
          topic: 'devices/device-1/messages/events/a=%zz',
          payload: 'x',
          qos: 1,
          messageId: 1,
          dup: false,
          retain: false,
        }),
      ]),
    ];
    for (const bytes of garbage)
      expect((await rawExchange(bytes)).closed, bytes.toString('hex').slice(0, 60)).toBe(true);
    expect(
      (await mosquittoPub(hub.endpoints, { deviceId: device.deviceId, password: deviceToken(device) })).code,
    ).toBe(0);
  });

  it('is refused with a will on a topic of another device', async () => {
    const will = { topic: 'devices/device-2/messages/events/', payload: Buffer.from('x') };
    const { received, closed } = await rawExchange(connectPacket({ will }));
    expect(received).toMatchObject([{ cmd: 'connack', returnCode: 5 }]);
    expect(closed).toBe(true);
  });

  it('keeps the subscriptions of a persistent session', async () => {
    const options = { clean: false };
    const client = await connectMqtt(options);
    const granted = await client.subscribeAsync('devices/device-1/messages/devicebound/#', { qos: 1 });
    expect(granted[0]?.qos).toBe(1);
    await client.endAsync();
    const { received } = await rawExchange(connectPacket({ clean: false }), true);
    expect(received).toMatchObject([{ cmd: 'connack', sessionPresent: true, returnCode: 0 }]);
    const { received: clean } = await rawExchange(connectPacket(), true);
    expect(clean).toMatchObject([{ sessionPresent: false }]);
  });

  it('requires TLS 1.2 or later', async () => {
    const plain = net.connect(hub.endpoints.mqttPort, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write(connectPacket());
    await new Promise<void>((resolve) => plain.once('close', () => resolve()));
    const old = await run('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${hub.endpoints.mqttPort}`,
      '-tls1_1',
      '-cipher',
      'DEFAULT@SECLEVEL=0',
    ]);
    expect(old.code).not.toBe(0);
  });
});

describe('an event published over MQTT', () => {
  it('has origin, payload, system and application properties, retain flag and will', async () => {
    const own = await startTestHub();
    try {
      const sender = await createDevice(own.endpoints, 'sender');
      const connect = async (): Promise<mqtt.MqttClient> =>
        mqtt.connectAsync(`mqtts://localhost:${own.endpoints.mqttPort}`, {
          ca: own.ca,
          protocolVersion: 4,
          clientId: 'sender',
          username: userName('sender'),
          password: deviceToken(sender),
          reconnectPeriod: 0,
          will: {
            topic: 'devices/sender/messages/events/last=yes',
            payload: Buffer.from('gone'),
            qos: 1,
            retain: false,
          },
        });
      const client = await connect();
      const bag =
        '%24.mid=m%2F1&%24.cid=c&%24.uid=u&%24.ct=application%2Fjson&%24.ce=utf-8&temp%20alert=a%26b%3Dc%2Fd&empty=&__proto__=x&plus=1%2B1';
      await client.publishAsync(`devices/sender/messages/events/${bag}`, '{"t":1}', { qos: 1 });
      await client.publishAsync('devices/sender/messages/events/', Buffer.from([0xff, 0x00]), {
        qos: 1,
        retain: true,
      });
      // Without DISCONNECT, so that the will is sent.
      client.stream.destroy();
      const events = await readEvents(own.endpoints, 3);
      expect(events[0]).toMatchObject({
        body: { t: 1 },
        contentType: 'application/json',
        messageId: 'm/1',
        correlationId: 'c',
        properties: { 'temp alert': 'a&b=c/d', empty: '', plus: '1+1' },
        systemProperties: {
          'iothub-connection-device-id': 'sender',
          'iothub-message-source': 'Telemetry',
          contentEncoding: 'utf-8',
        },
      });
      expect(
        JSON.parse(String(events[0]?.systemProperties?.['iothub-connection-auth-method'])),
      ).toMatchObject({ scope: 'device', type: 'sas' });
      expect(events[1]?.body).toEqual(Buffer.from([0xff, 0x00]));
      expect(events[1]?.properties).toEqual({ 'mqtt-retain': 'true' });
      expect(String(events[2]?.body)).toBe('gone');
      expect(events[2]?.properties).toEqual({ last: 'yes', 'iothub-MessageType': 'Will' });
    } finally {
      await own.close();
    }
  });
});

describe('azure-iot-device-mqtt', () => {
  it('sends messages with properties', async () => {
    const own = await startTestHub();
    try {
      const sender = await createDevice(own.endpoints, 'sdk-device');
      const cs = `HostName=localhost:${own.endpoints.mqttPort};DeviceId=${sender.deviceId};SharedAccessKey=${sender.primaryKey}`;
      const client = DeviceClient.fromConnectionString(cs, Mqtt);
      await client.setOptions({ ca: own.ca });
      await client.open();
      const message = new Message('{"a":1}');
      message.contentType = 'application/json';
      message.properties.add('alert', 'yes');
      await client.sendEvent(message);
      await client.close();
      const [event] = await readEvents(own.endpoints, 1);
      expect(event).toMatchObject({ body: { a: 1 }, properties: { alert: 'yes' } });
    } finally {
      await own.close();
    }
  });

  it('reports a wrong key as UnauthorizedError', async () => {
    const cs = `HostName=localhost:${hub.endpoints.mqttPort};DeviceId=device-1;SharedAccessKey=${other.primaryKey}`;
    const client = DeviceClient.fromConnectionString(cs, Mqtt);
    await client.setOptions({ ca: hub.ca });
    await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
  });
});
