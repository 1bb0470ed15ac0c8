/** Controls, line and paragraph separators, and marks that change the direction of text. */
const forging = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * A text on one line: what a client chose must not look like a line of the log, nor change how a terminal shows it. The
 * lines of a stack are joined.
 */
export function singleLine(text: string): string {
  return withoutStackLines(text).replace(
    forging,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

function withoutStackLines(text: string): string {
  const pieces: string[] = [];
  for (const line of text.split('\n')) {
    if (pieces.length === 0 || !/^\s+at \S/.test(line)) {
      pieces.push(pieces.length === 0 ? line : `\n${line}`);
      continue;
    }
    while (pieces.length > 1 && pieces.at(-1)?.trim() === '') pieces.pop();
    pieces.push(`${pieces.pop()?.trimEnd() ?? ''} ← `, line.trimStart().slice('at '.length));
  }
  return pieces.join('');
}

/** The stack of an error for standard error: one line for its message, and one for each call. */
export function stackOf({ name, message, stack = `${name}: ${message}` }: Error): string {
  return stack.replace(message, () => singleLine(message));
}
