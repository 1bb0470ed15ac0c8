// A pseudo-locale: each text of the extension is enclosed in markers, so untranslated text has none.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

const [start, end] = ['⟦', '⟧'];

/** Display language that no other extension contributes to. */
export const pseudoLanguage = 'qps-ploc';

/**
 * A text in the pseudo-locale. Values of placeholders stay outside the markers.
 * @param {string} message
 * @returns {string}
 */
export const marked = (message) =>
  message
    .split(/(\{\w+\})/)
    .map((part, place) => (place % 2 === 1 || part === '' ? part : `${start}${part}${end}`))
    .join('');

/**
 * The parts of a text outside the markers. A marked sentence may continue in the next text, after an inner element.
 * @param {string} text
 * @param {number} depth nesting depth of markers before the text
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

/** Adds the pseudo-locale to the installed extension. @param {string} extensionsFolder */
export function addPseudoLanguage(extensionsFolder) {
  const source = (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
  const { publisher, name } = source('package.json');
  const installed = readdirSync(extensionsFolder).find((folder) =>
    folder.startsWith(`${publisher}.${name}-`),
  );
  const translate = (from) => {
    const translated = Object.entries(source(from)).map(([key, text]) => [key, marked(text.message ?? text)]);
    const file = path.join(extensionsFolder, installed, from.replace(/json$/, `${pseudoLanguage}.json`));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(Object.fromEntries(translated)));
  };
  translate('package.nls.json');
  translate('l10n/bundle.l10n.json');
}
