import { expect, it } from 'vitest';
import { isSameText } from '../../../../src/core/base/sameText';

it('texts are compared case-insensitively', () => {
  expect(isSameText('RG-1', 'rg-1')).toBe(true);
  expect(isSameText('rg-1', 'rg-2')).toBe(false);
  expect(isSameText(undefined, 'rg-1')).toBe(false);
  expect(isSameText(undefined, undefined)).toBe(true);
});
