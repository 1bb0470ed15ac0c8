import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { numericFields } from '../../../src/core/history/fieldSeries';
import { parseMessageFilter } from '../../../src/core/message/messageFilter';
import { bodyJson } from '../../../src/core/message/readBody';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { renderMessage } from '../../../src/core/message/renderMessage';

const json = '{"t":21.5}';
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const nuls = (count: number) => Array<number>(count).fill(0);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32 = (text: string, isLittleEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(text.length * 4));
  [...text].forEach((character, at) => view.setUint32(at * 4, character.charCodeAt(0), isLittleEndian));
  return Buffer.from(view.buffer);
};

interface Case {
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** Of the note in the output channel. */
  readonly note?: RegExp;
}

const messageOf = ({ body, contentType, contentEncoding }: Case): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: 1,
  enqueuedAt: 0,
  deviceId: 'd',
  body,
  ...(contentType === undefined ? {} : { contentType }),
  ...(contentEncoding === undefined ? {} : { contentEncoding }),
  systemProperties: {},
  applicationProperties: {},
});
const options = { showProperties: false, maxBytes: 65_536 };

describe('JSON in a body', () => {
  const cases: Record<string, Case> = {
    'the whole buffer of a C program': {
      body: bytes(json, nuls(246)),
      note: /246 NUL bytes follow the text/,
    },
    'with the end of a C string': { body: bytes(json, [0]), note: /1 NUL byte follows the text/ },
    'a line break and NUL bytes': { body: bytes(json, '\r\n', nuls(3)), note: /3 NUL bytes follow the text/ },
    'an older content of the buffer': {
      body: bytes(json, [0], 'old"}', [0, 1, 255]),
      note: /9 bytes that are not text follow the JSON/,
    },
    'bytes that are not text': { body: bytes(json, [255]), note: /1 byte that is not text follows the JSON/ },
    'a byte order mark': { body: bytes([0xef, 0xbb, 0xbf], json) },
    'a line break': { body: bytes('\n', json, '\n') },
    'other text after it': { body: bytes(json, 'x') },
    'another JSON text after it': { body: bytes(json, '\n{"t":22}') },
    'a content type that is wrong': { body: bytes(json), contentType: 'application/octet-stream' },
    'a charset that is wrong': {
      body: bytes(json),
      contentEncoding: 'utf-16',
      note: /The body is not utf-16le; it was decoded as utf-8/,
    },
    'UTF-16': { body: Buffer.from(json, 'utf16le'), contentEncoding: 'utf-16' },
    'UTF-16, with NUL bytes': {
      body: bytes([...Buffer.from(json, 'utf16le')], nuls(4)),
      contentEncoding: 'utf-16',
      note: /4 NUL bytes follow the text/,
    },
    'big-endian UTF-16': { body: utf16be(json), contentEncoding: 'utf-16be' },
    'big-endian UTF-16 with a mark': { body: utf16be(`\uFEFF${json}`), contentEncoding: 'utf-16' },
    'UTF-16 without a content encoding': {
      body: Buffer.from(json, 'utf16le'),
      note: /The body is not utf-8; it was decoded as utf-16le/,
    },
    'UTF-32': { body: utf32(json, true), contentEncoding: 'utf-32' },
    'big-endian UTF-32 with a mark': { body: utf32(`\uFEFF${json}`, false), contentEncoding: 'utf-32' },
    'gzip, with NUL bytes inside': {
      body: gzipSync(bytes(json, nuls(8))),
      contentEncoding: 'gzip',
      note: /8 NUL bytes follow the text/,
    },
  };

  it.each(Object.entries(cases))('is found in %s', (_, each) => {
    const message = messageOf(each);
    expect(bodyJson(message)).toEqual({ t: 21.5 });
    expect(numericFields(message)).toEqual([{ path: 't', value: 21.5 }]);
    for (const filter of ['$.t>20', '"21.5"']) expect(parseMessageFilter(filter).isShown(message)).toBe(true);
    const text = renderMessage(message, options);
    expect(text).toContain('\n  {\n    "t": 21.5\n  }');
    if (each.note) expect(text).toMatch(each.note);
    expect(renderMessage(message, { ...options, format: 'oneLine' })).toContain(json);
  });

  it('is shown with everything that follows it', () => {
    const text = (body: Uint8Array) => renderMessage(messageOf({ body }), options);
    expect(text(bytes(json, '\n{"t":22}'))).toMatch(/21\.5\n {2}}\n {2}{"t":22}$/);
    expect(text(bytes(json, [0], 'old'))).toMatch(/21\.5\n {2}}\n {2}00000000 {2}00 6f 6c 64 .*\.old$/);
  });

  it.each([
    ['text', bytes('hello', nuls(3))],
    ['a number', bytes('42', nuls(3))],
  ])('is not needed to show %s before NUL bytes', (_, body) => {
    expect(renderMessage(messageOf({ body }), options)).toMatch(
      /\n {2}\(3 NUL bytes follow the text\)\n {2}(hello|42)$/,
    );
  });

  it.each([
    ['NUL bytes alone', Buffer.alloc(8)],
    ['binary data that starts like JSON', bytes('{', [0, 1, 2], '}')],
  ])('is not found in %s', (_, body) => {
    expect(bodyJson(messageOf({ body }))).toBeUndefined();
    expect(renderMessage(messageOf({ body }), options)).toMatch(/\n {2}00000000 {2}/);
  });
});

describe('properties of any type', () => {
  const values: Record<string, [value: unknown, text: string]> = {
    bytes: [Buffer.from('user-1'), 'user-1'],
    'bytes that are not text': [new Uint8Array([0, 255]), '00ff'],
    'a time': [new Date(0), '1970-01-01T00:00:00.000Z'],
    'an invalid time': [new Date(NaN), 'Invalid Date'],
    'a large integer': [12345678901234567890n, '12345678901234567890'],
    'not a number': [NaN, 'NaN'],
    'a number': [1.5, '1.5'],
    'an object': [
      { a: Buffer.from('x'), b: new Date(0), c: 1n },
      '{"a":"x","b":"1970-01-01T00:00:00.000Z","c":"1"}',
    ],
    'a list': [[new Uint8Array([0]), null], '["00",null]'],
    'a map': [new Map<string, unknown>([['a', 1]]), '{"a":1}'],
  };
  it.each(Object.entries(values))('are text: %s', (_, [value, text]) => {
    const message = {
      ...messageOf({ body: bytes('{}') }),
      systemProperties: { one: value },
      applicationProperties: { two: value },
    };
    const shown = renderMessage(message, { ...options, showProperties: true });
    expect(shown).toContain(`\n    one: ${text}\n`);
    expect(shown.endsWith(`\n    two: ${text}`)).toBe(true);
    for (const name of ['one', 'two'])
      expect(parseMessageFilter(`"${name}=${text.replaceAll('"', '*')}"`).isShown(message)).toBe(true);
  });

  it('are text even if they have no end', () => {
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    const message = { ...messageOf({ body: bytes('{}') }), systemProperties: { endless } };
    expect(renderMessage(message, { ...options, showProperties: true })).toContain(
      'endless: (cannot be shown as text)',
    );
  });
});
