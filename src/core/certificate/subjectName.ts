import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { type SubjectName } from './certificateWork';

type Attribute = keyof SubjectName;

/** Short names of RFC 4514, and common variants. */
const attributes: Readonly<Record<string, Attribute>> = {
  cn: 'commonName',
  o: 'organization',
  ou: 'organizationalUnit',
  l: 'locality',
  st: 'state',
  s: 'state',
  c: 'country',
};

const shortNames: readonly (readonly [Attribute, string])[] = [
  ['commonName', 'CN'],
  ['organizationalUnit', 'OU'],
  ['organization', 'O'],
  ['locality', 'L'],
  ['state', 'ST'],
  ['country', 'C'],
];

/** Upper bounds of RFC 5280, appendix A. */
const maxLengths: Readonly<Record<Attribute, number>> = {
  commonName: 64,
  organization: 64,
  organizationalUnit: 64,
  locality: 128,
  state: 128,
  country: 2,
};

/**
 * Reads `CN=Factory CA, O=Contoso, C=DE`; a comma inside a value is written `\,`.
 * @throws IotError with one sentence that names the problem
 */
export function parseSubjectName(text: string): SubjectName {
  const found: Partial<Record<Attribute, string>> = {};
  for (const piece of splitAttributes(text)) {
    const at = piece.indexOf('=');
    if (at < 0) throw invalid(l10n.t('"{0}" is not a valid attribute. Use the form CN=Factory CA.', piece));
    const name = piece.slice(0, at).trim();
    const value = piece
      .slice(at + 1)
      .trim()
      .replace(/\\(.)/g, '$1');
    const attribute = attributes[name.toLowerCase()];
    if (!attribute) {
      throw invalid(l10n.t('"{0}" is not a supported subject attribute. Use CN, O, OU, L, ST, or C.', name));
    }
    if (found[attribute] !== undefined) {
      throw invalid(l10n.t('{0} is specified more than once.', name));
    }
    if (value === '') throw invalid(l10n.t('{0} has no value.', name));
    if (value.length > maxLengths[attribute]) {
      throw invalid(
        l10n.t(
          '{0} cannot be longer than {1} characters. This one has {2}.',
          name,
          maxLengths[attribute],
          value.length,
        ),
      );
    }
    found[attribute] = value;
  }
  const { commonName, country } = found;
  if (!commonName) throw invalid(l10n.t('The subject must include a common name, such as CN=Factory CA.'));
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country)) {
    throw invalid(l10n.t('C must be a two-letter country code, such as DE. "{0}" is not valid.', country));
  }
  return { ...found, commonName, ...(country === undefined ? {} : { country: country.toUpperCase() }) };
}

/** Why a text is not a valid subject; `undefined` if it is. */
export function subjectNameProblem(text: string): string | undefined {
  try {
    parseSubjectName(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The inverse of {@link parseSubjectName}. */
export function formatSubjectName(name: SubjectName): string {
  return shortNames
    .flatMap(([attribute, short]) => {
      const value = name[attribute];
      return value ? [`${short}=${value.replace(/[\\,]/g, '\\$&')}`] : [];
    })
    .join(', ');
}

function splitAttributes(text: string): string[] {
  const pieces: string[] = [];
  let current = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '\\' && i + 1 < text.length) {
      current += char + (text[++i] ?? '');
    } else if (char === ',') {
      pieces.push(current);
      current = '';
    } else {
      current += char;
    }
  }
  pieces.push(current);
  return pieces.map((piece) => piece.trim()).filter(Boolean);
}

const invalid = (sentence: string) => new IotError('invalidInput', sentence);
