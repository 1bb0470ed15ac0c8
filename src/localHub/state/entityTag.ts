/** `*` and `"*"` mean any; quotes and `W/` are not part of an entity tag. */
export function entityTag(header: string): string {
  return header
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
}
