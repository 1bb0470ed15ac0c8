import { setImmediate as nextTurn } from 'node:timers/promises';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../../src/localHub/amqp/message';
import { parseUserName } from '../../../src/localHub/mqtt/userName';
import {
  ClientStream,
  connect,
  createTestService,
  eventsTopic,
  exchange,
  field,
  packet,
  publish,
} from './support/mqttClient';

describe('a topic of device-to-cloud messages', () => {
  it.each([
    ['a slash in a value', `${eventsTopic}$.ct=application/json`],
    ['a slash in a name', `${eventsTopic}a/b=c`],
    ['two slashes at its end', `${eventsTopic}a=b//`],
    ['an invalid percent escape', `${eventsTopic}a=%zz`],
    ['an escape that is not UTF-8', `${eventsTopic}a=%ff`],
    ['a property without name', `${eventsTopic}=b`],
    ['another case', 'Devices/d/messages/events/'],
    ['another case at its end', 'devices/d/messages/Events/'],
    ['a slash at its start', '/devices/d/messages/events/'],
    ['a module, which the client is not', 'devices/d/modules/m/messages/events/'],
    ['nothing that the hub knows', 'devices/d/messages/other/'],
  ])('closes the connection with %s', async (_, topic) => {
    const { isClosed, stored } = await exchange(connect(), publish(topic));
    expect({ isClosed, stored }).toEqual({ isClosed: true, stored: [] });
  });

  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['?prop1=a&prop2=b', { '?prop1': 'a', prop2: 'b' }],
    ['a=1&a=2', { a: '2' }],
    ['a&b=', { a: '', b: '' }],
    ['a=b/', { a: 'b' }],
    ['a=b%2Fc&%E2%82%AC=%F0%9F%98%80', { a: 'b/c', '€': '😀' }],
    ['toString=a&constructor=b&hasOwnProperty=c', { toString: 'a', constructor: 'b', hasOwnProperty: 'c' }],
  ])('with the property bag %s is read as in the service', async (bag, properties) => {
    const { stored } = await exchange(connect(), publish(`${eventsTopic}${bag}`));
    expect(Object.entries(stored[0]?.properties ?? {})).toEqual(Object.entries(properties));
  });
});

describe('the request ID of a twin request', () => {
  it('is returned as it was sent, also with escapes that decode to characters not allowed in topics', async () => {
    const responses = packet(0x82, [0, 1], field('$iothub/twin/res/#'), [0]);
    for (const id of ['7', 'a%00b', '%23', '%0D%0A', 'x%zz']) {
      const { output } = await exchange(connect(), responses, publish(`$iothub/twin/GET/?$rid=${id}`));
      expect(Buffer.from(output, 'hex').toString()).toContain(`$iothub/twin/res/501/?$rid=${id}{`);
    }
  });
});

describe('a user name', () => {
  it.each([
    ['localhost/d/DeviceClientType=azure-iot-device%2F1.3.0&api-version=2016-11-14', { deviceId: 'd' }],
    ['localhost/d/api-version=2016-11-14', { deviceId: 'd' }],
    ['localhost/d/m/DeviceClientType=x&api-version=2016-11-14', { deviceId: 'd', moduleId: 'm' }],
    ['localhost/d/m/?api-version=2021-04-12', { deviceId: 'd', moduleId: 'm' }],
    [
      'localhost/d/?DeviceClientType=x&api-version=2021-04-12&model-id=dtmi:a;1',
      { deviceId: 'd', modelId: 'dtmi:a;1' },
    ],
    ['localhost/d?api-version=2021-04-12', { deviceId: 'd' }],
  ])('%s', (text, expected) => {
    expect(parseUserName(text)).toEqual({ host: 'localhost', ...expected });
  });
});

describe('texts of a device', () => {
  const event = {
    deviceId: 'd',
    authMethod: '{}',
    generationId: '1',
    source: 'Telemetry',
    properties: {},
    body: Buffer.from('x'),
    partition: 0,
    sequenceNumber: 0,
    enqueuedTime: 0,
  };
  const decode = (system: object) => rhea.message.decode(encodeEvent({ ...event, system }));

  it.each(['2023-09-05T18:53:42.1509021Z', '2021-03-24_10:00:00.0000000', 'yesterday'])(
    'such as the creation time %s are delivered as sent',
    (creationTime) => {
      expect(decode({ creationTime }).application_properties).toEqual({
        'iothub-creation-time-utc': creationTime,
      });
    },
  );

  it('in the expiry time are a time in UTC, and otherwise an application property', () => {
    const expected = Date.parse('2023-09-05T18:53:42Z');
    for (const absoluteExpiryTime of [
      '2023-09-05T18:53:42',
      '2023-09-05T18:53:42Z',
      '2023-09-05T20:53:42+02:00',
    ])
      expect(Number(decode({ absoluteExpiryTime }).absolute_expiry_time)).toBe(expected);
    const other = decode({ absoluteExpiryTime: '5 May 2023' });
    expect(other.absolute_expiry_time).toBeUndefined();
    expect(other.application_properties).toEqual({ '$.exp': '5 May 2023' });
  });
});

describe('a client that sends without pause', () => {
  it('gives others their turn after 100 packets', async () => {
    const { service, stored } = createTestService();
    const stream = new ClientStream();
    service.handle(stream, 'test');
    stream.push(Buffer.concat([connect(), ...Array.from({ length: 250 }, () => publish(eventsTopic))]));
    const counts: number[] = [];
    while (stored.length < 250) {
      await nextTurn();
      if (stored.length !== counts.at(-1)) counts.push(stored.length);
    }
    expect(Math.max(...counts.map((count, index) => count - (counts[index - 1] ?? 0)))).toBe(100);
    stream.destroy();
  });

  it('loses nothing when it closes at once', async () => {
    const { service, stored } = createTestService();
    const stream = new ClientStream();
    service.handle(stream, 'test');
    stream.push(Buffer.concat([connect(), ...Array.from({ length: 250 }, () => publish(eventsTopic))]));
    stream.push(null);
    for (let turn = 0; turn < 20 && stored.length < 250; turn++) await nextTurn();
    expect(stored).toHaveLength(250);
  });

  it('is no longer read while it does not read its answers', async () => {
    class DeafStream extends ClientStream {
      override _write(chunk: Buffer): void {
        this.written.push(chunk);
      }
    }
    const { service } = createTestService();
    const stream = new DeafStream();
    service.handle(stream, 'test');
    stream.push(connect());
    const pings = Buffer.concat(Array.from({ length: 50_000 }, () => Buffer.from([0xc0, 0])));
    for (let count = 0; count < 6; count++) stream.push(pings);
    for (let turn = 0; turn < 4_000 && stream.readableLength > 0; turn++) await nextTurn();
    for (let turn = 0; turn < 4_000; turn++) await nextTurn();
    expect(stream.writableLength).toBeLessThan(300 * 1024);
    expect(stream.isPaused()).toBe(true);
    stream.destroy();
  });

  it('gets one line in the log for a SUBSCRIBE with thousands of refused filters', async () => {
    const filters = Array.from({ length: 4_000 }, (_, index) => [
      field(`no${index}`),
      Buffer.from([0]),
    ]).flat();
    const { log } = await exchange(connect(), packet(0x82, [0, 1], ...filters));
    const refused = log.filter((line) => line.includes('may not subscribe'));
    expect(refused).toEqual(["MQTT: device d may not subscribe to 'no0' and 3999 more"]);
  });
});
