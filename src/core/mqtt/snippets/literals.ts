/** Lone surrogates, which have no representation in UTF-8 or in the languages. */
const loneSurrogate = /\p{Cs}/gu;

/** Line breaks of some languages, and characters that affect how the surrounding text is displayed. */
const hidden = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A string literal of JavaScript or Python: JSON escapes have the same meaning in both. */
export function scriptLiteral(text: string): string {
  return JSON.stringify(text.replace(loneSurrogate, '\ufffd')).replace(
    hidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
  // Two question marks would start a trigraph.
  '?': '\\?',
};

/**
 * A UTF-8 string literal of C, one per line of the text. Octal escapes end after three digits, whereas hexadecimal
 * escapes would include the digits that follow.
 */
export function cLiteral(text: string, indent = ''): string {
  const lines = text.split(/(?<=\n)/);
  return (lines.length ? lines : ['']).map((line) => `"${cEscape(line)}"`).join(`\n${indent}`);
}

function cEscape(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (Object.hasOwn(named, character)) return named[character];
      return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
}

/** For a comment: `2026-01-31 12:00:00 UTC`. */
export function utcText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
