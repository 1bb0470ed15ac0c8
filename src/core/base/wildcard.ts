/**
 * A test for whole texts that match a pattern, in which `*` stands for any characters. Takes linear time: an expression
 * with many `.*` would backtrack for minutes over the body of a message.
 */
export function wildcard(
  pattern: string,
  options: { readonly ignoreCase?: boolean } = {},
): (text: string) => boolean {
  const fold = (text: string): string => (options.ignoreCase ? text.toLowerCase() : text);
  const [start = '', ...rest] = fold(pattern).split('*');
  const end = rest.pop();
  if (end === undefined) return (text) => fold(text) === start;
  return (given) => {
    const text = fold(given);
    if (!text.startsWith(start)) return false;
    let at = start.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - end.length >= at && text.endsWith(end);
  };
}
