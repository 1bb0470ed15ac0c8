import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatSubjectName,
  parseSubjectName,
  subjectNameProblem,
} from '../../../src/core/certificate/subjectName';

describe('A subject name', () => {
  it('is read as people write it', () => {
    expect(parseSubjectName('cn = Factory CA,O=Müller\\, Söhne & Co, c=de')).toEqual({
      commonName: 'Factory CA',
      organization: 'Müller, Söhne & Co',
      country: 'DE',
    });
  });

  const value = fc
    .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
    .filter((text) => text.length <= 64 && text.trim() === text);
  it('comes back from its text as it was, for any values', () => {
    fc.assert(
      fc.property(value, value, value, (commonName, organization, locality) => {
        const name = { commonName, organization, locality };
        expect(parseSubjectName(formatSubjectName(name))).toEqual(name);
      }),
    );
  });

  it.each([
    ['', 'needs a common name'],
    ['O=Contoso', 'needs a common name'],
    ['Factory CA', 'should look like'],
    ['CN=', 'has no value'],
    ['CN=a, CN=b', 'twice'],
    ['CN=a, X=b', '"X" is no attribute'],
    ['CN=a, C=Germany', 'at most 2'],
    ['CN=a, C=4x', 'two letters'],
    [`CN=${'x'.repeat(65)}`, 'at most 64'],
  ])('that cannot be is refused in one sentence: %s', (text, said) => {
    expect(subjectNameProblem(text)).toContain(said);
  });

  it('that is right has no problem', () => {
    expect(subjectNameProblem('CN=Factory CA, O=Contoso, C=DE')).toBeUndefined();
  });
});
