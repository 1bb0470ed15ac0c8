// A pseudo-locale: each text of the extension in marks, so that what has none was not translated.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [start, end] = ['⟦', '⟧'];

/** Language of VS Code that no other extension has texts for. */
export const pseudoLanguage = 'qps-ploc';

/**
 * A text in the pseudo-locale. Values of placeholders stay outside the marks.
 * @param {string} message
 * @returns {string}
 */
export const marked = (message) =>
  message
    .split(/(\{\w+\})/)
    .map((part, place) => (place % 2 === 1 || part === '' ? part : `${start}${part}${end}`))
    .join('');

/**
 * The parts of a text outside the marks. A marked sentence can continue in the next text, after an element inside it.
 * @param {string} text
 * @param {number} depth of the marks before the text
 * @returns {{ readonly rest: string, readonly depth: number }}
 */
export function withoutMarks(text, depth) {
  let rest = '';
  for (const character of text) {
    if (character === start) depth++;
    else if (character === end) depth--;
    else if (depth === 0) rest += character;
    if (character === start || character === end) rest += ' ';
  }
  return { rest, depth };
}

/** Adds the pseudo-locale to the extension that is installed here. @param {string} extensionsFolder */
export function addPseudoLanguage(extensionsFolder, { publisher, name }) {
  const installed = readdirSync(extensionsFolder).find((folder) =>
    folder.startsWith(`${publisher}.${name}-`),
  );
  const file = (...names) => path.join(extensionsFolder, installed, ...names);
  const translate = (from, to) => {
    const texts = Object.entries(JSON.parse(readFileSync(from, 'utf8')));
    const translated = texts.map(([key, text]) => [key, marked(text.message ?? text)]);
    writeFileSync(to, JSON.stringify(Object.fromEntries(translated)));
  };
  translate(file('package.nls.json'), file(`package.nls.${pseudoLanguage}.json`));
  translate(file('l10n', 'bundle.l10n.json'), file('l10n', `bundle.l10n.${pseudoLanguage}.json`));
}
