import { randomBytes } from 'node:crypto';

/** The tag of a new or changed resource. */
export const newEntityTag = (): string => randomBytes(9).toString('base64');

/** `*` and `"*"` match any tag; quotes and a `W/` before them are not part of the tag, which may itself start with `W/`. */
export function parseEntityTag(header: string): string {
  return header.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
}
