import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLineTemplate } from '../../../src/core/message/lineTemplate';
import { hexDump, renderBody, renderMessage, timeText } from '../../../src/core/message/renderMessage';
import { indentJson } from '../../../src/core/message/jsonText';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';

const aMessage = (change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  partitionId: '2',
  sequenceNumber: 7,
  enqueuedAt: Date.UTC(2026, 10, 24, 1, 2, 3, 4),
  deviceId: 'thermostat',
  source: 'Telemetry',
  body: Buffer.from('{"a":1}'),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  systemProperties: { messageId: 'm-1' },
  applicationProperties: { alert: 'true' },
  ...change,
});
const options = { showProperties: false, maxBytes: 65_536 };
const body = (bytes: Uint8Array, change: Partial<ReceivedMessage> = {}) =>
  renderBody(aMessage({ body: bytes, ...change }), 65_536);

describe('rendered message', () => {
  it('has the time with milliseconds, the device and the JSON body', () => {
    expect(renderMessage(aMessage(), options)).toBe(
      '2026-11-24T01:02:03.004Z thermostat\n  {\n    "a": 1\n  }',
    );
  });

  it('has the module, and the source if it is not telemetry', () => {
    const text = renderMessage(aMessage({ moduleId: 'camera', source: 'twinChangeEvents' }), options);
    expect(text).toContain('Z thermostat/camera [twinChangeEvents]\n');
  });

  it('shows properties on demand', () => {
    const text = renderMessage(aMessage(), { ...options, showProperties: true });
    for (const line of [
      '    partition: 2',
      '    contentType: application/json',
      '    messageId: m-1',
      '  Application properties:',
      '    alert: true',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });
});

describe('a rendered message with texts that a device chose', () => {
  const forged = '2026-11-24T00:00:00.000Z other-device\n  {}';
  const hostile = `a\n${forged}\r\u001b[31mb\u202ec\u2028d\u0085e`;
  const message = aMessage({
    deviceId: `d${hostile}`,
    moduleId: `m${hostile}`,
    source: `s${hostile}`,
    contentType: `t${hostile}`,
    body: Buffer.from(hostile),
    systemProperties: { messageId: hostile, [`s${hostile}`]: '1' },
    applicationProperties: { [hostile]: hostile, bytes: Buffer.from(hostile) },
  });
  const template = parseLineTemplate(
    '{time} {device} {module} {source} {contentType} {body} {pretty} {properties} {property:messageId} {property:bytes}',
  );

  it.each([
    ['pretty', 'pretty' as const],
    ['oneLine', 'oneLine' as const],
    ['a template', template],
  ])('in the format %s has no line that looks like that of another message', (name, format) => {
    const [first, ...others] = renderMessage(message, { ...options, showProperties: true, format }).split(
      '\n',
    );
    expect(first).toMatch(/^2026-11-24T01:02:03\.004Z d/);
    expect(others.filter((line) => !line.startsWith('  '))).toEqual([]);
    if (name === 'oneLine') expect(others).toEqual([]);
    for (const line of [first, ...others]) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });

  it('keeps tabs and the lines of the body', () => {
    const text = renderMessage(
      aMessage({ contentType: 'text/plain', body: Buffer.from('a\tb\nc') }),
      options,
    );
    expect(text).toBe('2026-11-24T01:02:03.004Z thermostat\n  a\tb\n  c');
  });
});

describe('rendered body', () => {
  it.each([
    ['utf-8', Buffer.from('grün')],
    ['utf-16le', Buffer.from('grün', 'utf16le')],
    ['iso-8859-1', Buffer.from('grün', 'latin1')],
    ['windows-1252', Buffer.from('grün', 'latin1')],
  ])('is text in its charset %s', (contentEncoding, bytes) => {
    expect(body(bytes, { contentEncoding, contentType: 'text/plain' })).toBe('grün');
  });

  it('finds the charset in the content type too', () => {
    expect(
      body(Buffer.from('grün', 'latin1'), {
        contentEncoding: undefined,
        contentType: 'text/plain; charset=latin1',
      }),
    ).toBe('grün');
  });

  it('is UTF-8 if the encoding is not a charset', () => {
    expect(body(Buffer.from('grün'), { contentEncoding: 'nonsense' })).toBe('grün');
  });

  it('is a hex dump if it is not text', () => {
    expect(body(Buffer.from([0, 255, 65, 66]))).toBe(
      '00000000  00 ff 41 42                                      ..AB',
    );
    expect(body(Buffer.from('nul\0inside'))).toMatch(/^00000000 {2}6e 75 6c 00/);
  });

  it('keeps invalid JSON unchanged', () => {
    expect(body(Buffer.from('{"a":'))).toBe('{"a":');
  });

  it('reports an empty and a truncated body', () => {
    expect(body(new Uint8Array())).toBe('(empty)');
    expect(renderBody(aMessage({ body: Buffer.from('x'.repeat(100)) }), 10)).toBe(
      'xxxxxxxxxx\n… Truncated. The full body has 100 bytes.',
    );
    expect(renderBody(aMessage({ body: Buffer.alloc(100) }), 64)).toContain(
      '… Truncated. The full body has 100 bytes.',
    );
  });

  it('never throws for any bytes and charset', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string(),
        fc.string(),
        (bytes, contentType, contentEncoding) => {
          expect(typeof body(bytes, { contentType, contentEncoding })).toBe('string');
        },
      ),
    );
  });
});

describe('Indented JSON', () => {
  it('keeps every digit, duplicate names and empty containers', () => {
    expect(indentJson('{"big":12345678901234567890,"x":1.10,"x":[],"y":{}}')).toBe(
      '{\n  "big": 12345678901234567890,\n  "x": 1.10,\n  "x": [],\n  "y": {}\n}',
    );
  });

  it('has the same value and is formatted like JSON.stringify', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        const indented = indentJson(text) ?? '';
        expect(JSON.parse(indented)).toEqual(JSON.parse(text));
        if (text === JSON.stringify(JSON.parse(text)))
          expect(indented).toBe(JSON.stringify(JSON.parse(text), undefined, 2));
      }),
    );
  });
});

describe('JSON that is too deep or too large to be indented', () => {
  const notice = '(The JSON is too deep or too large to be indented)';
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

  it.each([
    ['lists, 100,000 levels deep', nested(100_000)],
    ['lists, 15,000 levels deep', nested(15_000)],
    ['objects, 10,000 levels deep', objects(10_000)],
    ['short values at a great depth', `${'['.repeat(90)}${'1,'.repeat(20_000)}1${']'.repeat(90)}`],
  ])('is shown as it is: %s', (_, json) => {
    expect(renderBody(aMessage({ body: Buffer.from(json) }), 256 * 1024)).toBe(`${notice}\n${json}`);
  });

  it.each([
    ['objects', objects(100)],
    ['a long name', `{"${'x'.repeat(50_000)}":1}`],
    ['many names', `{${Array.from({ length: 8_000 }, (__, at) => `"${at}":${at}`).join(',')}}`],
  ])('is not %s', (_, json) => {
    const text = renderBody(aMessage({ body: Buffer.from(json) }), 256 * 1024);
    expect(text).toBe(JSON.stringify(JSON.parse(json), undefined, 2));
  });

  it.each(['pretty', 'oneLine', 'template'] as const)('is short in the output channel: %s', (format) => {
    const values: Record<string, unknown> = {};
    let value: unknown = 1;
    for (let depth = 0; depth < 20_000; depth++) value = [value];
    values['deep'] = value;
    for (const json of [nested(16_000), objects(5_000), `{"a":${nested(100_000)}}`]) {
      const text = renderMessage(
        aMessage({ body: Buffer.from(json), systemProperties: values, applicationProperties: values }),
        {
          showProperties: true,
          maxBytes: 65_536,
          format:
            format === 'template'
              ? parseLineTemplate('{pretty}{body}{properties}{property:deep}{$.a}')
              : format,
        },
      );
      expect(text.length).toBeLessThan(3 * 65_536 + 1_000);
    }
  });
});

describe('A hex dump', () => {
  it('has sixteen bytes in a row', () => {
    const lines = hexDump(Buffer.from('0123456789abcdefX')).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef');
    expect(lines[1]).toMatch(/^00000010 {2}58 +X$/);
  });
});

describe('compressed body', () => {
  const json = Buffer.from('{"a":1}');
  it.each([
    ['gzip', gzipSync(json)],
    ['x-gzip', gzipSync(json)],
    ['deflate', deflateSync(json)],
    ['deflate', deflateRawSync(json)],
    ['br', brotliCompressSync(json)],
    ['deflate, gzip', gzipSync(deflateSync(json))],
    ['utf-8, gzip', gzipSync(json)],
  ])('is decompressed according to its content encoding %s, with a notice', (contentEncoding, bytes) => {
    expect(body(bytes, { contentEncoding })).toMatch(/^\(.*: \d+ B decompressed to 7 B\)\n{\n {2}"a": 1\n}$/);
  });

  it('is shown as bytes with a notice if it is not valid', () => {
    expect(body(Buffer.from([1, 2, 3]), { contentEncoding: 'gzip' })).toMatch(
      /^\(gzip: the body is not valid gzip; the original body is shown\)\n00000000 {2}01 02 03/,
    );
  });

  it('is decompressed only up to a limit', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(body(bomb, { contentEncoding: 'gzip' })).toMatch(/the decompressed body exceeds 4 MB/);
  });

  it('never throws for any bytes and encoding', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('gzip', 'deflate', 'br', 'gzip, br'),
        (bytes, contentEncoding) => {
          expect(() => body(bytes, { contentEncoding })).not.toThrow();
        },
      ),
    );
  });
});

describe('message in one line', () => {
  it('has body and properties without line breaks', () => {
    const text = renderMessage(aMessage({ body: Buffer.from('{"a":\n 1}') }), {
      ...options,
      format: 'oneLine',
      showProperties: true,
    });
    expect(text).toBe(
      '2026-11-24T01:02:03.004Z thermostat {"a": 1} {partition=2, sequenceNumber=7, contentType=application/json, contentEncoding=utf-8, messageId=m-1, alert=true}',
    );
  });
});

describe('time of a message', () => {
  it('is the same instant in UTC and local time', () => {
    const at = Date.UTC(2026, 10, 24, 1, 2, 3, 4);
    expect(timeText(at, 'utc')).toBe('2026-11-24T01:02:03.004Z');
    expect(timeText(at, 'local')).toMatch(/^2026-11-2\d[T].*[+-]\d\d:\d\d$/);
    expect(new Date(timeText(at, 'local')).getTime()).toBe(at);
  });
});
