import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { detailOf, rawText, rowOf } from '../../../src/features/monitor/lazy/eventsView/rowText';
import { fake } from '../../support/fakeVscode';

beforeEach(() => void fake.settings.set('iotHubWorkbench.monitor.timeZone', 'utc'));
afterEach(() => fake.reset());

const messageOf = (body: Uint8Array, change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: 1,
  enqueuedAt: 0,
  body,
  systemProperties: {},
  applicationProperties: {},
  ...change,
});
const rowBody = (body: Uint8Array, change: Partial<ReceivedMessage> = {}) =>
  rowOf(0, 0, messageOf(body, change)).body;
const cut = (text: string) => text.slice(0, 300).replace(/[\ud800-\udbff]$/, '');

describe('body of a table row', () => {
  // The body is truncated after 1,200 bytes. Prefixes of different length place the cut at each position in a character.
  const texts = ['ä', '温', '😀', 'ä温😀'].flatMap((text) =>
    ['', 'x', 'xx', 'xxx'].map((before) => [before + text, before + text.repeat(700)] as const),
  );

  it.each(texts)('is UTF-8 text wherever it is truncated: %s', (_, text) =>
    expect(rowBody(Buffer.from(text))).toBe(cut(text)),
  );

  it.each(texts)('is UTF-16 text wherever it is truncated: %s', (_, text) =>
    expect(rowBody(Buffer.from(text, 'utf16le'), { contentType: 'text/plain; charset=utf-16le' })).toBe(
      cut(text),
    ),
  );

  it('is truncated after decompression', () => {
    const text = `x${'ä'.repeat(700)}`;
    expect(rowBody(gzipSync(text), { contentEncoding: 'gzip' })).toBe(cut(text));
  });

  it('is hexadecimal if it is not text, or if the body itself ends within a character', () => {
    expect(rowBody(new Uint8Array([0, 255, 16]))).toBe('00 ff 10 ');
    expect(rowBody(new Uint8Array([65, 0xc3]))).toBe('41 c3 ');
    expect(rowBody(Buffer.concat([Buffer.from([255]), Buffer.alloc(2_000, 65)]))).toMatch(/^ff 41 41/);
  });

  it('is one line without secrets', () =>
    expect(rowBody(Buffer.from('a\r\n\tb SharedAccessKey=c2VjcmV0c2VjcmV0'))).toMatch(
      /^a b SharedAccessKey=\*+/,
    ));
});

describe('details of a message', () => {
  it('are short for JSON of any depth, and lead to the whole text', () => {
    const json = '['.repeat(60_000) + ']'.repeat(60_000);
    const detail = detailOf(messageOf(Buffer.from(json)));
    expect(detail).toMatchObject({ isJson: true, isReduced: true });
    expect(detail.body.length).toBeLessThan(json.length + 100);
    expect(rawText(messageOf(Buffer.from(json)))).toBe(json);
  });

  it('lead to the whole text of a long decompressed body', () => {
    const text = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    const message = messageOf(gzipSync(text), { contentEncoding: 'gzip' });
    const { body, isReduced } = detailOf(message);
    expect({ isReduced, isShort: body.length < 300_000 }).toEqual({ isReduced: true, isShort: true });
    expect(rawText(message)).toBe(text);
  });

  it('are whole for an ordinary message', () => {
    expect(detailOf(messageOf(Buffer.from('{"a":1}')))).toMatchObject({
      body: '{\n  "a": 1\n}',
      isJson: true,
      isReduced: false,
    });
  });

  it('have a limited number of properties of limited length', () => {
    const applicationProperties = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, at) => [`name ${at}`, 'x'.repeat(at === 0 ? 1_000_000 : 1)]),
    );
    const { applicationProperties: shown } = detailOf(
      messageOf(Buffer.from('{}'), { applicationProperties }),
    );
    expect(shown.at(-1)).toEqual(['…', '99,500 more']);
    expect(JSON.stringify(shown).length).toBeLessThan(40_000);
  });

  it('show a buffer after its JSON, in the row too', () => {
    const message = messageOf(Buffer.from('{"a":1}\0old'));
    expect(rowOf(0, 0, message).body).toBe('{"a":1}');
    expect(rawText(message)).toMatch(/^{"a":1}\n00000000 {2}00 6f 6c 64/);
  });
});
