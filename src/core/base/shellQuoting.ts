import { splitHidden } from './singleLine';

/** Needs no quotes in any shell. zsh replaces a word that starts with `=` by the path of a program. */
const plainWord = /^[A-Za-z0-9_./-][A-Za-z0-9_./:=-]*$/;

/** Quotes an argument for a POSIX shell. Characters that a terminal does not show are written as escapes. */
export function quoteSh(text: string): string {
  if (plainWord.test(text)) return text;
  const words = splitHidden(text).map((part, at) => {
    if (at % 2 === 0 || part === '\n') return part === '' ? '' : `'${part.replaceAll("'", `'\\''`)}'`;
    return `"$(printf '${octalBytes(part)}')"`;
  });
  return words.join('') || "''";
}

/** Quotes an argument in the same way for sh, PowerShell and cmd; a text with special characters for sh alone. */
export const quoteAnyShell = (text: string): string =>
  /^[\w ./:@+()-]+$/.test(text) ? `"${text}"` : quoteSh(text);

/** Quotes an argument for PowerShell, which also treats typographic quotes as quotes. */
export function quotePowerShell(text: string): string {
  if (plainWord.test(text) && !text.startsWith('-')) return text;
  return hasHidden(text) ? `(${powerShellText(text)})` : powerShellLiteral(text);
}

/** Whether a shell or a terminal could change or hide a character of the text. */
export const hasHidden = (text: string): boolean => splitHidden(text).length > 1;

export const powerShellLiteral = (text: string): string =>
  `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;

/** A string expression of PowerShell in one line; its first operand is a string. */
export function powerShellText(text: string): string {
  return splitHidden(text)
    .flatMap((part, at) => {
      if (at % 2 === 0) return part === '' && at > 0 ? [] : [powerShellLiteral(part)];
      const code = part.codePointAt(0) ?? 0;
      return [code > 0xffff ? `[char]::ConvertFromUtf32(${code})` : `[char]${code}`];
    })
    .join(' + ');
}

/** The UTF-8 bytes of a text as escapes of `printf`. */
export const octalBytes = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
