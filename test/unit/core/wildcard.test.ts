import { describe, expect, it } from 'vitest';
import { wildcard } from '../../../src/core/base/wildcard';

describe('wildcard', () => {
  it.each([
    ['boiler-*', 'boiler-1', true],
    ['boiler-*', 'boiler-', true],
    ['boiler-*', 'x-boiler-1', false],
    ['*', 'anything', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*c', 'abc', true],
    ['a*c', 'a\nc', true],
    ['a.c', 'abc', false],
    ['a', 'ab', false],
    ['a', 'A', false],
    // The parts may not overlap.
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['*ab*ab', 'ab', false],
    ['*ab*ab', 'xabyab', true],
    ['a**b', 'ab', true],
    ['*-*-*', 'a-b-c', true],
    ['*-*-*', 'a-b', false],
  ])('%s and %j: %s', (pattern, text, isFitting) => expect(wildcard(pattern)(text)).toBe(isFitting));

  it('can ignore the case', () => {
    expect(wildcard('Boiler*C', { ignoreCase: true })('bOILER and c')).toBe(true);
  });

  it('with many asterisks is decided in linear time', () => {
    // A backtracking search would not end.
    expect(wildcard(`${'a*'.repeat(50)}b`)('a'.repeat(200_000))).toBe(false);
  });
});
