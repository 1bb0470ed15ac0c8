import { IotError } from '../errors';
import { type SubjectName } from './certificateWork';

type Attribute = keyof SubjectName;

/** Short names of RFC 4514, and what people write instead. */
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
 * @throws IotError with one sentence that names what is wrong.
 */
export function parseSubjectName(text: string): SubjectName {
  const found: Partial<Record<Attribute, string>> = {};
  for (const piece of splitAttributes(text)) {
    const at = piece.indexOf('=');
    if (at < 0) throw invalid(`"${piece}" should look like CN=Factory CA.`);
    const name = piece.slice(0, at).trim();
    const value = piece
      .slice(at + 1)
      .trim()
      .replace(/\\(.)/g, '$1');
    const attribute = attributes[name.toLowerCase()];
    if (!attribute) throw invalid(`"${name}" is no attribute of a subject: CN, O, OU, L, ST and C are.`);
    if (found[attribute] !== undefined) throw invalid(`${name} is there twice.`);
    if (value === '') throw invalid(`${name} has no value.`);
    if (value.length > maxLengths[attribute]) {
      throw invalid(`${name} has at most ${maxLengths[attribute]} characters; this one has ${value.length}.`);
    }
    found[attribute] = value;
  }
  const { commonName, country } = found;
  if (!commonName) throw invalid('The subject needs a common name: CN=….');
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country)) {
    throw invalid(`C is a country in two letters, such as DE, not "${country}".`);
  }
  return { ...found, commonName, ...(country === undefined ? {} : { country: country.toUpperCase() }) };
}

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
