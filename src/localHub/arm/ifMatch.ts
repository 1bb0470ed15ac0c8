import type { Request } from '../http/router';

/** The Azure CLI passes a dictionary in the place of the tag, so Python's text of it is sent: `{'IF-MATCH': 'tag'}`. */
const dictionary = /^\{\s*(['"])if-match\1\s*:\s*(?:(['"])(.*)\2|None)\s*\}$/is;

/** The header `If-Match`; undefined for no condition. */
export function ifMatchOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const value = headers['if-match']?.trim();
  const match = dictionary.exec(value ?? '');
  const tag = match ? match[3] : value;
  return tag === '' ? undefined : tag;
}
