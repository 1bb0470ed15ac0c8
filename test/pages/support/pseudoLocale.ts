// A pseudo-locale: each text of the extension in marks, so that what has none was not translated.
import { exportTexts } from '../../host/l10n.mjs';

const [start, end] = ['⟦', '⟧'];

/** Translations into the pseudo-locale, by the English text. Values of placeholders stay outside the marks. */
export async function pseudoTranslations(): Promise<Readonly<Record<string, string>>> {
  const texts = Object.entries(await exportTexts());
  return Object.fromEntries(
    texts.map(([key, text]) => [key, marked(typeof text === 'string' ? text : text.message)]),
  );
}

const marked = (message: string) =>
  message
    .split(/(\{\w+\})/)
    .map((part, place) => (place % 2 === 1 || part === '' ? part : `${start}${part}${end}`))
    .join('');

/**
 * The parts of a text outside the marks. A marked sentence can continue in the next text, after an element inside it.
 * @param depth of the marks before the text
 */
export function withoutMarks(text: string, depth: number): { readonly rest: string; readonly depth: number } {
  let rest = '';
  for (const character of text) {
    if (character === start) depth++;
    else if (character === end) depth--;
    else if (depth === 0) rest += character;
    if (character === start || character === end) rest += ' ';
  }
  return { rest, depth };
}
