/** Half of a character, for which neither UTF-8 nor the languages have a form. */
const loneSurrogate = /\p{Cs}/gu;

/** Line ends to some languages, and characters that change how the text around them is shown. */
const hidden = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A string of JavaScript, and of Python: what JSON escapes means the same in both. */
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
  // Two of them would begin a trigraph.
  '?': '\\?',
};

/**
 * A string of C in UTF-8, one literal per line of the text. Octal escapes end after three digits, whereas
 * hexadecimal ones would swallow the digits behind them.
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
