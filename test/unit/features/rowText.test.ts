import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { rowOf } from '../../../src/features/monitor/lazy/eventsView/rowText';
import { fake } from '../../support/fakeVscode';

beforeEach(() => void fake.settings.set('iotHubWorkbench.monitor.timeZone', 'utc'));
afterEach(() => fake.reset());

const rowBody = (body: Uint8Array, change: Partial<ReceivedMessage> = {}) =>
  rowOf(0, 0, {
    partitionId: '0',
    sequenceNumber: 1,
    enqueuedAt: 0,
    body,
    systemProperties: {},
    applicationProperties: {},
    ...change,
  }).body;
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
