import { describe, expect, it } from 'vitest';
import { parsePropertyBag } from '../../../src/localHub/mqtt/propertyBag';

describe('The property bag of a topic', () => {
  it('may have names like the members of every object', () => {
    const names = ['toString', 'constructor', 'hasOwnProperty', '__proto__', 'valueOf'];
    const { properties, system } = parsePropertyBag(names.map((name) => `${name}=of-${name}`).join('&'));
    expect(Object.entries(properties)).toEqual(names.map((name) => [name, `of-${name}`]));
    expect(system).toEqual({});
  });

  it('keeps times as texts', () => {
    const { system } = parsePropertyBag('$.ctime=2021-03-24_10%3A00%3A00.0000000');
    expect(system).toEqual({ creationTime: '2021-03-24_10:00:00.0000000' });
  });
});
