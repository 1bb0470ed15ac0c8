/** Whether a device id matches one of the ids and patterns; `*` stands for any characters. */
export function matchesPattern(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${source}$`, 's').test(id);
  });
}
