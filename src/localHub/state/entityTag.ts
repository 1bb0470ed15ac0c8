/** `*` and `"*"` mean any; quotes and the `W/` before them are not part of an entity tag, which may itself begin so. */
export function entityTag(header: string): string {
  return header.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
}
