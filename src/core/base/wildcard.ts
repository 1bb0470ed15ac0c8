/** An expression for whole texts that match a pattern, in which `*` stands for any characters. */
export function wildcard(pattern: string, flags: '' | 'i' = ''): RegExp {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, `${flags}s`);
}
