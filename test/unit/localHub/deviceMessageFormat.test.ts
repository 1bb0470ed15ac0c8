import { describe, expect, it } from 'vitest';
import { isBatch, readBatch, readHeaders } from '../../../src/localHub/http/deviceMessageFormat';

describe('The headers of a device-to-cloud message', () => {
  it('become system and application properties, whose names keep their case', () => {
    const { system, properties } = readHeaders([
      ...['IoTHub-MessageId', 'm', 'iothub-correlationid', 'c', 'iothub-userid', 'u', 'iothub-to', '/x'],
      ...['iothub-contenttype', 'application/json', 'iothub-contentencoding', 'utf-8'],
      ...['iothub-expiry', '2030-01-01T00:00:00Z', 'iothub-creationtimeutc', 'yesterday'],
      ...['dt-subject', 'component', 'iothub-interface-id', 'urn:x', 'iothub-outputname', 'out'],
      ...['iothub-app-Temp', '21', 'IOTHUB-APP-empty', '', 'iothub-app-iothub-messageid', 'mine'],
      ...['Content-Type', 'text/plain', 'iothub-ack', 'full', 'Authorization', 'secret', 'X-Other', '1'],
    ]);
    expect(system).toEqual({
      messageId: 'm',
      correlationId: 'c',
      userId: 'u',
      to: '/x',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      absoluteExpiryTime: '2030-01-01T00:00:00Z',
      creationTime: 'yesterday',
      subject: 'component',
      interfaceId: 'urn:x',
      outputName: 'out',
    });
    expect({ ...properties }).toEqual({ Temp: '21', empty: '', 'iothub-messageid': 'mine' });
  });

  it('may have the name of a member of every object', () => {
    const names = ['toString', 'constructor', '__proto__', 'hasOwnProperty'];
    const { properties } = readHeaders(names.flatMap((name) => [`iothub-app-${name}`, `of-${name}`]));
    expect(Object.entries(properties)).toEqual(names.map((name) => [name, `of-${name}`]));
  });

  it('are read as UTF-8 if they are, otherwise as Latin-1', () => {
    const sent = (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding).toString('latin1');
    const { properties } = readHeaders([
      ...['iothub-app-a', sent('größe 😀', 'utf8'), 'iothub-app-b', sent('größe', 'latin1')],
    ]);
    expect({ ...properties }).toEqual({ a: 'größe 😀', b: 'größe' });
  });

  it('are refused if a property has no name', () => {
    expect(() => readHeaders(['iothub-app-', 'x'])).toThrow('A property has no name');
  });
});

describe('A batch of device-to-cloud messages', () => {
  it.each([
    ['application/vnd.microsoft.iothub.json', true],
    ['Application/VND.Microsoft.IoTHub.json; charset=utf-8', true],
    ['application/json', false],
    ['application/vnd.microsoft.iothub.json+x', false],
    [undefined, false],
  ])('is recognized by the content type %s: %s', (type, expected) => {
    expect(isBatch(type)).toBe(expected);
  });

  const read = (items: unknown) =>
    readBatch(Buffer.from(JSON.stringify(items))).map(({ body, system, properties }) => ({
      body: Buffer.from(body).toString(),
      system,
      properties: { ...properties },
    }));

  it('contains bodies in base64, or as text', () => {
    const base64 = Buffer.from('größe').toString('base64');
    const items = [
      { body: base64 },
      { body: base64, base64Encoded: true },
      { body: 'größe', base64Encoded: false },
    ];
    expect(read(items).map(({ body }) => body)).toEqual(['größe', 'größe', 'größe']);
    expect(read([{ body: '' }, { body: '', base64Encoded: false }]).map(({ body }) => body)).toEqual([
      '',
      '',
    ]);
  });

  it('contains properties under the names of the headers', () => {
    const properties = {
      'iothub-app-Temp': '21',
      'iothub-app-n': 5,
      'iothub-app-on': true,
      'iothub-messageid': 'm',
      'iothub-contenttype': 'application/json',
      other: 'ignored',
    };
    expect(read([{ body: 'eA==', properties }, { body: 'eQ==' }])).toEqual([
      {
        body: 'x',
        system: { messageId: 'm', contentType: 'application/json' },
        properties: { Temp: '21', n: '5', on: 'true' },
      },
      { body: 'y', system: {}, properties: {} },
    ]);
  });

  it.each([
    ['no array', { body: 'eA==' }, 'must be an array of messages'],
    ['no message', [], 'must be an array of messages'],
    ['null', [null], 'must have a body'],
    ['an array in it', [[]], 'must have a body'],
    ['a message without a body', [{ properties: {} }], 'must have a body'],
    ['a body that is an object', [{ body: { x: 1 }, base64Encoded: false }], 'must have a body'],
    ['a body that is not base64', [{ body: '{"x":1}' }], 'is not base64'],
    ['base64Encoded that is a text', [{ body: 'eA==', base64Encoded: 'false' }], 'must be true or false'],
    ['properties that are an array', [{ body: 'eA==', properties: ['a'] }], 'properties must be an object'],
    ['properties that are null', [{ body: 'eA==', properties: null }], 'properties must be an object'],
    ['a property that is an object', [{ body: 'eA==', properties: { a: {} } }], "'a' must be a string"],
    ['a property that is null', [{ body: 'eA==', properties: { a: null } }], "'a' must be a string"],
    ['more than 500 messages', Array(501).fill({ body: '' }), 'at most 500 messages, not 501'],
  ])('is refused with %s', (_, items, message) => {
    expect(() => read(items)).toThrow(message);
  });

  it.each([
    ['is not JSON', Buffer.from('{')],
    ['is not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
    ['is empty', Buffer.alloc(0)],
  ])('is refused if it %s', (_, bytes) => {
    expect(() => readBatch(bytes)).toThrow('is not valid JSON');
  });
});
