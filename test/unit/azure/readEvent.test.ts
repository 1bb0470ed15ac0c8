import { type ReceivedEventData } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/azure/events/readEvent';

const eventOf = (
  systemProperties: Record<string, unknown>,
  applicationProperties: Record<string, unknown> = {},
  body: unknown = Buffer.from('{}'),
): ReceivedEventData => ({
  body,
  sequenceNumber: 1,
  offset: '0',
  partitionKey: null,
  enqueuedTimeUtc: new Date(0),
  systemProperties,
  getRawAmqpMessage: () => ({ body, applicationProperties }),
});

describe('system properties of an event', () => {
  it.each<[string, unknown, unknown]>([
    ['bytes, which the library copies into an object', { ...Buffer.from('ü1') }, 'ü1'],
    ['bytes', Buffer.from('ü1'), 'ü1'],
    ['bytes that are not text', { ...Buffer.from([0, 255]) }, '00ff'],
    ['a map', { a: 1 }, '{"a":1}'],
    ['a list', ['a', 1], '["a",1]'],
    ['a text', 'ü1', 'ü1'],
    ['a number', 5, 5],
  ])('are text: %s', (_, value, expected) => {
    expect(readEvent(eventOf({ userId: value }), '0').systemProperties).toEqual({ userId: expected });
  });

  it('are text where a column shows them', () => {
    const bytes = (text: string) => ({ ...Buffer.from(text) });
    const event = eventOf({ contentType: { a: 1 }, 'iothub-connection-device-id': bytes('d'), messageId: 7 });
    expect(readEvent(event, '0')).toMatchObject({ contentType: '{"a":1}', deviceId: 'd' });
  });

  it('have times in ISO 8601', () => {
    const event = eventOf({ 'iothub-enqueuedtime': 0, creationTime: 1e300 });
    expect(readEvent(event, '0').systemProperties).toEqual({
      'iothub-enqueuedtime': '1970-01-01T00:00:00.000Z',
      creationTime: 'Invalid Date',
    });
  });
});

it('application properties of an event keep bytes and times', () => {
  const properties = { bytes: Buffer.from([1]), time: new Date(0), number: 1 };
  expect(readEvent(eventOf({}, properties), '0').applicationProperties).toEqual(properties);
});

it.each<[unknown, string]>([
  [Buffer.from([1]), '\u0001'],
  [null, ''],
  ['text', 'text'],
  [{ a: 1n }, '{"a":"1"}'],
])('the body of an event is bytes: %s', (body, text) => {
  expect(Buffer.from(readEvent(eventOf({}, {}, body), '0').body).toString()).toBe(text);
});
