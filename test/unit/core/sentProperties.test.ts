import { expect, it } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { sentProperties } from '../../../src/core/publish/sentProperties';

const message: ReceivedMessage = {
  partitionId: '0',
  sequenceNumber: 1,
  enqueuedAt: 0,
  body: new Uint8Array(),
  systemProperties: {},
  applicationProperties: {},
};

it('the properties of a message are sent as the device sent them, in order', () => {
  const { bag, notKept } = sentProperties({
    ...message,
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    systemProperties: {
      'iothub-connection-device-id': 'd',
      'iothub-enqueuedtime': '2026-01-01T00:00:00.000Z',
      'iothub-message-source': 'Telemetry',
      'x-opt-partition-key': 'd',
      messageId: 'm',
      userId: new Uint8Array(Buffer.from('ü1')),
      to: '/devices/d/messages/events',
      absoluteExpiryTime: '2030-01-01T00:00:00.000Z',
      'iothub-interface-id': 'urn:x',
    },
    applicationProperties: {
      b: '1',
      a: '',
      'iothub-creation-time-utc': '2023-09-05T18:53:42.1509021Z',
      '$.exp': 'soon',
    },
  });
  expect(bag).toEqual([
    ['$.ct', 'application/json'],
    ['$.ce', 'utf-8'],
    ['$.mid', 'm'],
    ['$.uid', 'ü1'],
    ['$.exp', '2030-01-01T00:00:00.000Z'],
    ['$.ifid', 'urn:x'],
    ['b', '1'],
    ['a', ''],
    ['$.ctime', '2023-09-05T18:53:42.1509021Z'],
    ['$.exp', 'soon'],
  ]);
  expect(notKept).toEqual([]);
});

it('properties that MQTT cannot send are named', () => {
  const { bag, notKept } = sentProperties({
    ...message,
    systemProperties: { groupId: 'g', 'dt-dataschema': 'dtmi:x;1', replyTo: null },
    applicationProperties: {
      number: 1,
      time: new Date(0),
      large: 12345678901234567890n,
      nothing: null,
      '': 'x',
      text: 'y',
    },
  });
  expect(bag).toEqual([
    ['number', '1'],
    ['time', '1970-01-01T00:00:00.000Z'],
    ['large', '12345678901234567890'],
    ['text', 'y'],
  ]);
  expect(notKept).toEqual(['groupId', 'dt-dataschema', 'number', 'time', 'large', 'nothing', '']);
});
