import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hubNameProblem, resourceGroupNameProblem } from '../../../src/core/azure/hubName';

const unit = (characters: string) => fc.constantFrom(...characters);
const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

describe('A hub name', () => {
  it('is valid if it follows the rules of Azure', () => {
    const good = fc
      .tuple(fc.string({ unit: unit(`${alphanumeric}-`), minLength: 2, maxLength: 49 }), unit(alphanumeric))
      .map(([start, end]) => start + end);
    fc.assert(fc.property(good, (name) => hubNameProblem(name) === undefined));
  });

  it('is rejected with a reason for any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const isGood = /^[A-Za-z0-9-]{3,50}$/.test(name) && !name.endsWith('-') && !name.includes('\n');
        expect(hubNameProblem(name) === undefined).toBe(isGood);
      }),
    );
  });

  it.each([
    ['', /Enter a name/],
    ['ab', /at least 3 characters. This one has 2/],
    ['a'.repeat(51), /at most 50 characters. This one has 51/],
    ['my_hub', /cannot contain "_"/],
    ['my hub', /cannot contain spaces/],
    ['größe', /cannot contain "ö"/],
    ['hub😀', /cannot contain "😀"/],
    ['hub-', /cannot end with "-"/],
  ])('"%s" is rejected with a message', (name, message) => {
    expect(hubNameProblem(name)).toMatch(message);
  });
});

describe('A resource group name', () => {
  it('accepts letters of any language, digits and five special characters', () => {
    for (const name of ['rg', 'größe-1', '資源', 'a.b(c)_d-1', 'x'.repeat(90)]) {
      expect(resourceGroupNameProblem(name), name).toBeUndefined();
    }
  });

  it.each([
    ['', /Enter a name/],
    ['a b', /cannot contain spaces/],
    ['a/b', /cannot contain "\/"/],
    ['end.', /cannot end with "\."/],
    ['x'.repeat(91), /at most 90 characters/],
  ])('"%s" is rejected with a message', (name, message) => {
    expect(resourceGroupNameProblem(name)).toMatch(message);
  });

  it('is rejected with a reason for any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 95 }), (name) => {
        const isGood = /^[\p{L}\p{Nd}_.()-]{1,90}$/u.test(name) && name.length <= 90 && !name.endsWith('.');
        expect(resourceGroupNameProblem(name) === undefined).toBe(isGood);
      }),
    );
  });
});
