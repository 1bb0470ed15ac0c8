import { describe, expect, it } from 'vitest';
import { parseLineTemplate } from '../../../src/core/message/lineTemplate';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { renderMessage } from '../../../src/core/message/renderMessage';

const message: ReceivedMessage = {
  partitionId: '2',
  sequenceNumber: 7,
  enqueuedAt: Date.UTC(2026, 10, 24, 8),
  deviceId: 'boiler-1',
  source: 'Telemetry',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  body: Buffer.from('{"engine": {"temperature": 21.5}, "values": [3, {"a b": true}]}'),
  systemProperties: { messageId: 'm-1' },
  applicationProperties: { alert: 'high', count: 3 },
};
const render = (text: string, change: Partial<ReceivedMessage> = {}) =>
  renderMessage(
    { ...message, ...change },
    { showProperties: false, maxBytes: 1_000, format: parseLineTemplate(text) },
  );

describe('message template', () => {
  it.each([
    ['{time} {device}', '2026-11-24T08:00:00.000Z boiler-1'],
    ['{partition}@{sequenceNumber} {size} B', '2@7 63 B'],
    ['{$.engine.temperature} °C', '21.5 °C'],
    ['{$.values[0]}/{$.values[1]["a b"]}/{$.none}', '3/true/'],
    ['{$.engine}', '{"temperature":21.5}'],
    ['{property:alert} {property:messageId} {property:none}|', 'high m-1 |'],
    ['{properties}', '{"alert":"high","count":3}'],
    ['{module}{source} {contentType} {contentEncoding}', 'Telemetry application/json utf-8'],
    ['{{{device}}}\\t{body}', '{boiler-1}\t{"engine": {"temperature": 21.5}, "values": [3, {"a b": true}]}'],
    ['', ''],
  ])('%s', (pattern, expected) => {
    expect(render(pattern)).toBe(expected);
  });

  it('renders nothing for properties that a message does not have', () => {
    expect(render('{device}|{$.a}|{body}', { deviceId: undefined, body: new Uint8Array([0, 255]) })).toMatch(
      /^\|\|00000000 {2}00 ff/,
    );
  });

  it.each([
    ['{devise}', /unknown placeholder "\{devise\}"\. Use \{time\}/],
    ['a { b', /unmatched "\{"/],
    ['}', /unmatched "\}"/],
    ['{property:}', /unknown placeholder/],
  ])('rejects %s with an explanation', (pattern, reason) => {
    expect(() => parseLineTemplate(pattern)).toThrow(reason);
  });
});
