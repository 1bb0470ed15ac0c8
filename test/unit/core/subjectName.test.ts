import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatSubjectName,
  parseSubjectName,
  subjectNameProblem,
} from '../../../src/core/certificate/subjectName';

describe('Subject name', () => {
  it('parses a subject with common variants of case, spaces and escapes', () => {
    expect(parseSubjectName('cn = Factory CA,O=Müller\\, Söhne & Co, c=de')).toEqual({
      commonName: 'Factory CA',
      organization: 'Müller, Söhne & Co',
      country: 'DE',
    });
  });

  const value = fc
    .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
    .filter((text) => text.length <= 64 && text.trim() === text);
  it('formats any subject so that parsing returns the same subject', () => {
    fc.assert(
      fc.property(value, value, value, (commonName, organization, locality) => {
        const name = { commonName, organization, locality };
        expect(parseSubjectName(formatSubjectName(name))).toEqual(name);
      }),
    );
  });

  it.each([
    ['', 'must include a common name'],
    ['O=Contoso', 'must include a common name'],
    ['Factory CA', 'is not a valid attribute'],
    ['CN=', 'has no value'],
    ['CN=a, CN=b', 'more than once'],
    ['CN=a, X=b', '"X" is not a supported subject attribute'],
    ['CN=a, C=Germany', 'longer than 2'],
    ['CN=a, C=4x', 'two-letter country code'],
    [`CN=${'x'.repeat(65)}`, 'longer than 64'],
  ])('rejects the subject "%s" with a reason', (text, message) => {
    expect(subjectNameProblem(text)).toContain(message);
  });

  it('accepts a valid subject', () => {
    expect(subjectNameProblem('CN=Factory CA, O=Contoso, C=DE')).toBeUndefined();
  });
});
