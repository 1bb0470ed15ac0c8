import { describe, expect, it } from 'vitest';
import { wildcard } from '../../../src/core/base/wildcard';

describe('wildcard', () => {
  it.each([
    ['boiler-*', 'boiler-1', true],
    ['boiler-*', 'x-boiler-1', false],
    ['*', 'anything', true],
    ['a*c', 'abc', true],
    ['a.c', 'abc', false],
    ['a', 'ab', false],
  ])('%s and %s: %s', (pattern, text, isFitting) => expect(wildcard(pattern).test(text)).toBe(isFitting));
});
