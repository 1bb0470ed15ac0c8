import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { localizedFiles } from '../host/l10n.mjs';

const root = path.resolve(__dirname, '../..');
type Text = string | { readonly message: string; readonly comment: readonly string[] };
type Texts = Readonly<Record<string, Text>>;

const read = (file: string) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as Texts;
const messageOf = (text: Text | undefined) => (typeof text === 'object' ? text.message : (text ?? ''));
const placeholders = (text: string) => [...text.matchAll(/\{[\w.]*\}/g)].map(([found]) => found).sort();
/** Names of settings, commands and files, which stay unchanged in each language. */
const literals = (text: string) => [...text.matchAll(/`[^`]+`/g)].map(([found]) => found).sort();

/** `de`, `zh-cn`: each file `NAME.<language>.json` in a folder. */
const languages = (folder: string, name: string) =>
  (fs.existsSync(path.join(root, folder)) ? fs.readdirSync(path.join(root, folder)) : [])
    .map((file) => new RegExp(`^${name}\\.([a-z-]+)\\.json$`).exec(file)?.[1])
    .filter((language) => language !== undefined);

const byCode = (a: string, b: string) => (a < b ? -1 : 1);

/** The keys of all `l10n.t` calls in the sources, as `npm run l10n` finds them, but in seconds instead of a minute. */
function textsOfSources(): string[] {
  return localizedFiles().flatMap((file) => {
    const text = fs.readFileSync(file, 'utf8');
    return text.includes('l10n.t(') ? keysIn(ts.createSourceFile(file, text, ts.ScriptTarget.Latest)) : [];
  });
}

function keysIn(node: ts.Node): string[] {
  const own =
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 't' &&
    ts.isIdentifier(node.expression.expression) &&
    node.expression.expression.text === 'l10n'
      ? [keyOf(node.arguments[0])]
      : [];
  const below: string[] = [];
  ts.forEachChild(node, (child) => void below.push(...keysIn(child)));
  return [...own, ...below];
}

/** The text, followed by a slash and its comment, if any. */
function keyOf(argument: ts.Node | undefined): string {
  if (argument && ts.isStringLiteralLike(argument)) return argument.text;
  if (argument && ts.isObjectLiteralExpression(argument)) {
    const value = (name: string) =>
      argument.properties
        .filter(ts.isPropertyAssignment)
        .find((property) => ts.isIdentifier(property.name) && property.name.text === name)?.initializer;
    const comment = value('comment');
    const comments = comment && ts.isArrayLiteralExpression(comment) ? comment.elements : [];
    return `${keyOf(value('message'))}/${comments.map(keyOf).join('')}`;
  }
  throw new Error('The text of l10n.t is not a literal.');
}

describe('localization', () => {
  it('has an up-to-date export of the texts (npm run l10n)', () => {
    expect(Object.keys(read('l10n/bundle.l10n.json'))).toEqual([...new Set(textsOfSources())].sort(byCode));
  });

  it('uses exactly the texts of package.nls.json in package.json', () => {
    const manifest = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
    const used = new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key));
    expect(Object.keys(read('package.nls.json')).sort()).toEqual([...used].sort());
  });

  it('has the same languages for the manifest and the sources', () => {
    expect(languages('.', 'package.nls')).toEqual(languages('l10n', 'bundle.l10n'));
  });

  const translations = [
    ...languages('.', 'package.nls').map((language) => ['package.nls.json', `package.nls.${language}.json`]),
    ...languages('l10n', 'bundle.l10n').map((language) => [
      'l10n/bundle.l10n.json',
      `l10n/bundle.l10n.${language}.json`,
    ]),
  ] as const;

  it.each(translations)('translates each text of %s in %s with its placeholders', (source, file) => {
    const texts = read(source ?? '');
    const translated = read(file ?? '');
    expect(Object.keys(translated).sort()).toEqual(Object.keys(texts).sort());
    const faults = Object.entries(texts).flatMap(([key, text]) => {
      const [from, to] = [messageOf(text), messageOf(translated[key])];
      if (!to.trim()) return [`${key}: empty`];
      if (String(placeholders(from)) !== String(placeholders(to))) return [`${key}: placeholders in "${to}"`];
      return String(literals(from)) === String(literals(to)) ? [] : [`${key}: code in "${to}"`];
    });
    expect(faults).toEqual([]);
  });
});
