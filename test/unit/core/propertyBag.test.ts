import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePropertyBag, encodePropertyBag, jsonProperties } from '../../../src/core/message/propertyBag';

describe('property bag', () => {
  it('has the form that IoT Hub documents', () => {
    expect(encodePropertyBag(jsonProperties)).toBe('$.ct=application%2Fjson&$.ce=utf-8');
    expect(
      encodePropertyBag([
        ['temp alert', 'a&b=c/d'],
        ['empty', ''],
      ]),
    ).toBe('temp%20alert=a%26b%3Dc%2Fd&empty=');
  });

  it('reads what other clients write', () => {
    expect(decodePropertyBag('?%24.mid=mid%2F1&$.ct=text&flag&broken=%zz')).toEqual([
      ['$.mid', 'mid/1'],
      ['$.ct', 'text'],
      ['flag', ''],
      ['broken', '%zz'],
    ]);
  });

  it('is restored for all of Unicode, and never contains characters that topics do not allow', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (bag) => {
        const encoded = encodePropertyBag(bag);
        expect(encoded).not.toMatch(/[#+/\u0000 ]/); // eslint-disable-line no-control-regex -- not allowed in a topic
        expect(decodePropertyBag(encoded)).toEqual(bag);
      }),
    );
  });

  it('encodes a lone surrogate as the replacement character', () => {
    expect(decodePropertyBag(encodePropertyBag([['k', 'a\ud800b']]))).toEqual([['k', 'a\ufffdb']]);
  });
});
