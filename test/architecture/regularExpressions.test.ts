import { Linter } from 'eslint';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import config from '../../eslint.config.mjs';

const names = ['no-restricted-syntax', 'regexp/no-super-linear-backtracking', 'regexp/no-super-linear-move'];
const rules = Object.fromEntries(
  config.flatMap((part) => Object.entries(part.rules ?? {}).filter(([name]) => names.includes(name))),
);

function reported(code: string): readonly (string | null)[] {
  const messages = new Linter().verify(
    code,
    [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser }, plugins: { regexp }, rules }],
    'sample.ts',
  );
  return messages.map(({ ruleId }) => ruleId);
}

describe('the lint rules for regular expressions', () => {
  it.each([
    ['new RegExp(text);', 'no-restricted-syntax'],
    ['RegExp(`^${text}$`);', 'no-restricted-syntax'],
    ['text.match(patternOf(text));', 'no-restricted-syntax'],
    ['text.matchAll(`${text}`);', 'no-restricted-syntax'],
    ["text.match('a' + text);", 'no-restricted-syntax'],
    ['/(a+)+$/.test(text);', 'regexp/no-super-linear-backtracking'],
    ['/^(.*a){10}$/.test(text);', 'regexp/no-super-linear-backtracking'],
    ["text.replace(/\\s*[\\r\\n]+\\s*/g, ' ');", 'regexp/no-super-linear-move'],
    ["text.replace(/\\/+$/, '');", 'regexp/no-super-linear-move'],
  ])('report %s', (code, rule) => expect(reported(code)).toContain(rule));

  it.each([
    '/^a+b$/.test(text);',
    "text.replace(/(?<!\\/)\\/+$/, '');",
    'text.match(/a/g);',
    'text.match(step);',
  ])('accept %s', (code) => expect(reported(code)).toEqual([]));
});
