import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePropertyBag } from '../../../src/core/message/propertyBag';
import { telemetryTopic } from '../../../src/core/mqtt/mqttSettings';
import { newDraft, type PublishDraft } from '../../../src/core/publish/draft';
import { MessageComposer } from '../../../src/core/publish/messageComposer';
import { messageSize } from '../../../src/core/publish/messageSize';
import { Generators } from '../../../src/core/template/generators';

const draftWith = (change: Partial<PublishDraft>): PublishDraft => ({ ...newDraft(['d1'], 600), ...change });
const read = (change: Partial<PublishDraft>, bytes?: Uint8Array | string) =>
  MessageComposer.create(draftWith(change), bytes, new Generators({ seed: 1 }));
/** A lone surrogate has no UTF-8 encoding. */
const wellFormed = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text));
const moment = { deviceId: 'd1', deviceIndex: 0, n: 1, now: Date.UTC(2026, 0, 1) };
const json = (text: string) => ({ body: { kind: 'json' as const, text } });

describe('message composer', () => {
  it('puts system properties first and creates a new message ID for each message', () => {
    const { composer, problems } = read({ properties: [{ name: 'alert', value: 'no' }] });
    expect(problems).toEqual([]);
    const [one, two] = [composer?.compose(moment), composer?.compose({ ...moment, n: 2 })];
    expect(one?.bag.map(([name]) => name)).toEqual(['$.ct', '$.ce', '$.mid', 'alert']);
    expect(one?.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(two?.messageId).not.toBe(one?.messageId);
  });

  it('fills placeholders in body, IDs and properties', () => {
    const { composer } = read({
      ...json('{"device": "{{ deviceId }}", "n": "{{ n }}"}'),
      correlationId: 'c-{{ n }}',
      properties: [{ name: 'index', value: '{{ deviceIndex }}' }],
    });
    const message = composer?.compose({ ...moment, n: 7 });
    expect(message?.payload).toBe('{"device": "d1", "n": 7}');
    expect(message?.bag).toContainEqual(['$.cid', 'c-7']);
    expect(message?.bag).toContainEqual(['index', '0']);
    expect(composer?.isConstant).toBe(false);
  });

  it('omits empty system properties and keeps empty application properties', () => {
    const { composer } = read({ contentType: '', messageId: '', properties: [{ name: 'flag', value: '' }] });
    expect(composer?.compose(moment).bag).toEqual([
      ['$.ce', 'utf-8'],
      ['flag', ''],
    ]);
  });

  it('warns about a body that is not JSON, reports the position, and sends it as is', () => {
    const { composer, problems } = read(json('{\n  "a": 1,\n  b\n}'));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field: 'body', severity: 'warning', at: { line: 3, column: 3 } });
    expect(composer?.compose(moment).payload).toBe('{\n  "a": 1,\n  b\n}');
  });

  it('rejects a draft with an invalid placeholder', () => {
    const { composer, problems } = read(json('{"a": "{{ randm(1, 2) }}"}'));
    expect(composer).toBeUndefined();
    expect(problems[0]).toMatchObject({ field: 'body', severity: 'error' });
    expect(problems[0]?.message).toMatch(/randm/);
  });

  it('warns about text and files that do not match a JSON content type', () => {
    expect(read({ body: { kind: 'text', text: 'hello' } }).problems[0]?.severity).toBe('warning');
    expect(read({ body: { kind: 'file', path: '/x' } }, new Uint8Array([0, 255])).problems[0]?.severity).toBe(
      'warning',
    );
  });

  it('sends a file unchanged', () => {
    const bytes = new Uint8Array([0, 1, 254, 255]);
    const { composer } = read({ body: { kind: 'file', path: '/x' }, contentType: '' }, bytes);
    expect(composer?.compose(moment).payload).toBe(bytes);
  });

  it('rejects a file that cannot be read, with the reason', () => {
    const why = 'The file cannot be read: /gone.bin';
    expect(read({ body: { kind: 'file', path: '/gone.bin' } }, why).problems).toEqual([
      { field: 'body', severity: 'error', message: why },
    ]);
    expect(read({ body: { kind: 'file', path: '' } }).problems[0]?.message).toMatch(/Select a body file/);
  });

  it.each([
    [[{ name: '', value: 'x' }], 'error', /requires a name/],
    [[{ name: '$.mid', value: 'x' }], 'error', /in its field above/],
    [[{ name: 'iothub-x', value: 'x' }], 'warning', /reserved for the hub/],
    [
      [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
      'warning',
      /Duplicate/,
    ],
  ])('validates the names of properties: %j', (properties, severity, message) => {
    const { problems } = read({ properties });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field: 'properties', severity, row: properties.length - 1 });
    expect(problems[0]?.message).toMatch(message);
  });

  it('warns that routes cannot evaluate JSON in another encoding', () => {
    expect(read({ contentEncoding: 'gzip' }).problems[0]).toMatchObject({ field: 'contentEncoding' });
  });

  it('encodes any property in a topic without loss', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('{{'));
    fc.assert(
      fc.property(
        text.filter((name) => name !== '' && !name.startsWith('$.')),
        text,
        (name, value) => {
          const { composer } = read({ properties: [{ name, value }] });
          const bag = composer?.compose(moment).bag ?? [];
          const topic = telemetryTopic('d1', bag);
          expect(topic).toMatch(/^devices\/d1\/messages\/events\/[\x21-\x7e]*$/);
          expect(topic).not.toMatch(/[+#]/);
          expect(decodePropertyBag(topic.slice('devices/d1/messages/events/'.length))).toContainEqual([
            wellFormed(name),
            wellFormed(value),
          ]);
        },
      ),
    );
  });
});

describe('The size of a message', () => {
  it('counts the body, values of system properties, names and values of the others, in UTF-8', () => {
    expect(
      messageSize(10, [
        ['$.mid', 'ü'],
        ['ü', 'x'],
      ]),
    ).toMatchObject({ bytes: 10 + 2 + 3 });
  });

  it.each([
    [0, 1, 1],
    [512, 1, 1],
    [513, 1, 2],
    [4096, 1, 8],
    [4097, 2, 9],
    [262_144, 64, 512],
  ])(
    '%i bytes are billed as %i messages of 4 KB, and %i of 0.5 KB on the free tier',
    (bytes, billed, free) => {
      expect(messageSize(bytes, [])).toEqual({ bytes, billed, billedOnFree: free });
    },
  );
});
