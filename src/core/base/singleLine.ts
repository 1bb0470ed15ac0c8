/** Controls, line and paragraph separators, and marks that change the direction of text. */
const forging = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const escapeUnlessTab = (character: string): string =>
  character === '\t' ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/**
 * A text on one line, for logs and output channels: what comes from the network must not look like a line of its own,
 * nor change how the lines around it are shown.
 */
export const singleLine = (text: string): string => text.replace(forging, escapeUnlessTab);

/** The lines of a text that may have several, each of them safe to show. The caller indents those after the first. */
export const safeLines = (text: string): string[] => text.split(/\r\n|\r|\n/).map(singleLine);
