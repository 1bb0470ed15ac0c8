import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterHelp, parseMessageFilter } from '../../../src/core/message/messageFilter';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';

const aMessage = (change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: 1,
  enqueuedAt: 0,
  deviceId: 'boiler-1',
  body: Buffer.from('{"temperature": 21.5, "engine": {"on": true, "hours": [7, 8]}, "text": "All is well"}'),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  systemProperties: { messageId: 'm-1' },
  applicationProperties: { alert: 'true', level: 3 },
  ...change,
});
const isShown = (filter: string, message = aMessage()) => parseMessageFilter(filter).isShown(message);

describe('message filter', () => {
  it.each([
    ['', true],
    ['device:boiler-1', true],
    ['device:BOILER-*', true],
    ['device:boiler', false],
    ['!device:boiler-*', false],
    ['type:*json', true],
    ['type:text/*', false],
    ['alert=true', true],
    ['alert=*', true],
    ['alert=false', false],
    ['!alert=false', true],
    ['level=3', true],
    ['messageId=m-*', true],
    ['nothing=*', false],
    ['$.temperature', true],
    ['$.temperature=21.5', true],
    ['$.temperature>21', true],
    ['$.temperature>=21.5', true],
    ['$.temperature<21', false],
    ['$.temperature!=3', true],
    ['$.engine.on=true', true],
    ['$.engine.hours[1]=8', true],
    ['$["text"]="All is well"', true],
    ['$.engine=true', false],
    ['$.nothing', false],
    ['!$.nothing', true],
    ['$.text>5', false],
    ['"is well"', true],
    ['IS WELL', true],
    ['"is bad"', false],
    ['device:boiler-* $.temperature>20 well', true],
    ['device:boiler-* $.temperature>30 well', false],
  ])('%s: %s', (filter, shown) => expect(isShown(filter)).toBe(shown));

  it('matches compressed bodies, and never binary data', () => {
    const body = gzipSync('{"a": 5}');
    expect(isShown('$.a=5', aMessage({ body, contentEncoding: 'gzip' }))).toBe(true);
    expect(isShown('a', aMessage({ body: Buffer.from([0, 255, 97]) }))).toBe(false);
    expect(isShown('$.__proto__')).toBe(false);
  });

  it.each([
    ['device:', /requires a pattern/],
    ['"open', /not closed/],
    ['$.a>x', /requires a number/],
    ['$.', /not a valid path/],
    ['$.a[x]', /not a valid path/],
  ])('reports why it is not valid: %s', (filter, message) => {
    expect(() => parseMessageFilter(filter)).toThrow(message);
  });

  it('has examples that are valid', () => {
    expect(() => parseMessageFilter(filterHelp)).not.toThrow();
  });

  it('reports every problem as an invalid filter, whatever is entered', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab $."[]=!<>*:()\\device0') }), (text) => {
        try {
          isShown(text);
        } catch (error) {
          expect(String(error)).toMatch(/Invalid filter: .*\./);
        }
      }),
    );
  });
});
