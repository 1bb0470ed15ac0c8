import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newDraft, type PublishDraft } from '../../../src/core/publish/draft';
import { readMessageFile, writeMessageFile } from '../../../src/core/publish/messageFile';
import { messageFileSchema } from '../../../src/core/publish/messageFileSchema';

const defaults = newDraft([], 600);
const read = (text: string) => readMessageFile(text, defaults, (file) => `/folder/${file}`);
const written = (draft: PublishDraft) => writeMessageFile(draft, (file) => file.replace('/folder/', ''));

describe('message file', () => {
  it('has a published schema that matches the validation', () => {
    const file = path.resolve(__dirname, '../../../media/d2cMessage.schema.json');
    const schema = { title: 'Device-to-cloud message', ...toJsonSchema(messageFileSchema) };
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env['WRITE_SCHEMA']) writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
  });

  it('requires only a body', () => {
    const { draft, devices } = read('{"body": {"t": 1}}');
    expect(devices).toEqual([]);
    expect(draft).toMatchObject({
      body: { kind: 'json', text: '{"t": 1}' },
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      messageId: '{{ uuid() }}',
      qos: 1,
    });
  });

  it('keeps digits, order and line breaks of the body, without the indentation of its position', () => {
    const { draft } = read(
      '{\n  // why\n  "body": {\n    "big": 12345678901234567890,\n    "x": 1.0\n  }\n}',
    );
    expect(draft.body).toEqual({ kind: 'json', text: '{\n  "big": 12345678901234567890,\n  "x": 1.0\n}' });
  });

  it('resolves the body file relative to itself', () => {
    expect(read('{"bodyFile": "x.bin"}').draft.body).toEqual({ kind: 'file', path: '/folder/x.bin' });
  });

  it.each([
    ['{"body": 1', /line 1, column/],
    ['{"body": 1, "text": "x"}', /body and text/],
    ['{"qos": 2}', /qos/],
    ['{"bodies": 1}', /bodies/],
    ['{"repeat": {"intervalMs": 5, "perSecond": 5}}', /repeat\.intervalMs and repeat\.perSecond/],
    ['[]', /contains a list/],
    ['', /not valid JSON/],
    ['{"properties": {"a": 1}}', /properties\.a/],
  ])('reports what is wrong with %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('omits default values', () => {
    const draft = { ...newDraft(['boiler-1'], 600), body: { kind: 'json' as const, text: '{"a":1}' } };
    expect(JSON.parse(written(draft))).toEqual({
      devices: 'boiler-1',
      body: { a: 1 },
      repeat: { count: 10, intervalMs: 1000 },
    });
  });

  it('is not written if the JSON body is not valid', () => {
    const draft = { ...defaults, body: { kind: 'json' as const, text: '{"a":' } };
    expect(() => written(draft)).toThrow(/line 1, column/);
  });

  it.each(['file:///etc/passwd', 'FILE:/etc/passwd', 'https://example.com/x', 'vscode-remote://h/x'])(
    'refuses a URI as body file: %s',
    (uri) => {
      expect(() => read(JSON.stringify({ bodyFile: uri }))).toThrow(
        `"bodyFile" must be a path, not a URI: ${uri}`,
      );
    },
  );

  it('keeps properties with names that are special in JavaScript', () => {
    const { draft } = read('{"text": "x", "properties": {"prototype": "1", "constructor": "2"}}');
    expect(draft.properties).toEqual([
      { name: 'prototype', value: '1' },
      { name: 'constructor', value: '2' },
    ]);
    expect(() => read('{"text": "x", "properties": {"constructor": 2}}')).toThrow(/properties\.constructor/);
  });

  it('restores any draft that was written', () => {
    const text = fc.string({ maxLength: 30, unit: 'binary' });
    const drafts: fc.Arbitrary<PublishDraft> = fc.record({
      devices: fc.array(fc.string({ minLength: 1, maxLength: 10 }), { maxLength: 4 }),
      tokenSeconds: fc.constant(600),
      transport: fc.constantFrom('auto' as const, 'mqtt' as const, 'webSocket' as const),
      body: fc.oneof(
        fc.jsonValue().map((value) => ({ kind: 'json' as const, text: JSON.stringify(value, undefined, 2) })),
        text.map((value) => ({ kind: 'text' as const, text: value })),
        fc.constant({ kind: 'file' as const, path: '/folder/x.bin' }),
      ),
      contentType: text,
      contentEncoding: text,
      messageId: text,
      correlationId: text,
      properties: fc.uniqueArray(
        fc.record({
          name: fc.string({ minLength: 1, maxLength: 9 }).filter((name) => name !== '__proto__'),
          value: text,
        }),
        { selector: ({ name }) => name, maxLength: 4 },
      ),
      qos: fc.constantFrom(0 as const, 1 as const),
      repeat: fc.record({
        count: fc.option(fc.integer({ min: 1, max: 1000 })),
        pace: fc.oneof(
          fc.integer({ min: 1, max: 5000 }).map((ms) => ({ kind: 'interval' as const, ms })),
          fc.integer({ min: 1, max: 5000 }).map((perSecond) => ({ kind: 'rate' as const, perSecond })),
        ),
        seed: fc.option(fc.integer()),
      }),
      watchArrival: fc.constant(true),
    });
    fc.assert(
      fc.property(drafts, (draft) => {
        const { draft: back, devices } = read(written(draft));
        const byName = (all: PublishDraft['properties']) =>
          [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
        expect({ ...back, devices, properties: byName(back.properties) }).toEqual({
          ...draft,
          properties: byName(draft.properties),
        });
      }),
    );
  });
});
