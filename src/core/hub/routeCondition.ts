import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';

type Kind = 'value' | 'name' | 'word' | 'sign';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const words = new Set(['AND', 'OR', 'NOT', 'IN']);
const statement = /^(select|where|from)\b/i;
const pattern =
  /\s*(?:(?<value>\d+(?:\.\d+)?(?:e[+-]?\d+)?|'(?:[^']|'')*'|"(?:[^"]|"")*"|\{[^{}]*\})|(?<name>[A-Za-z_$][\w$]*)|(?<sign><=|>=|<>|!=|\|\||\?\?|[-=<>+*/%()[\],.?:]))/y;

/**
 * Why a hub would reject the condition of a route, as far as it can be checked without a hub: quotes, brackets, and
 * the order of values and operators. The hub checks the rest.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax
 */
export function routeConditionProblem(condition: string): string | undefined {
  const text = condition.trim();
  if (text === '') return l10n.t('Enter a condition. "true" matches every message.');
  if (text.length > 4_000)
    return l10n.t(
      'A condition can have at most {0} characters. This one has {1}.',
      formatCount(4_000),
      formatCount(text.length),
    );
  if (statement.test(text)) return l10n.t('Enter only the condition, without SELECT, FROM, or WHERE.');
  const tokens = tokensOf(text);
  return typeof tokens === 'string' ? tokens : orderProblem(tokens);
}

function tokensOf(text: string): Token[] | string {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) return strange(text.slice(at).trimStart());
    const { value, name, sign = '' } = match.groups ?? {};
    if (value !== undefined) tokens.push({ kind: 'value', text: value });
    else if (name !== undefined) {
      const upper = name.toUpperCase();
      tokens.push(words.has(upper) ? { kind: 'word', text: upper } : { kind: 'name', text: name });
    } else tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

function strange(rest: string): string {
  const [first = ''] = rest;
  if (/['"]/.test(first)) return l10n.t('A string starts with {0} and is not closed.', first);
  if (/[\u2018\u2019\u201c\u201d]/.test(first))
    return l10n.t("{0} is not a straight quotation mark. Use 'text'.", first);
  if (first === '&') return l10n.t('Use AND instead of "&&".');
  if (first === '!') return l10n.t('Use NOT instead of "!".');
  return l10n.t('A condition cannot contain "{0}".', first);
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };
const unary = new Set(['-', '+', 'NOT']);

/** Checks that a value stands wherever one is expected, and that brackets are closed. */
function orderProblem(tokens: readonly Token[]): string | undefined {
  /** The closing signs of the open brackets, innermost last. */
  const open: string[] = [];
  let isValueDue = true;
  let before: Token | undefined;
  for (const token of tokens) {
    const { kind, text } = token;
    const isValue = kind === 'value' || kind === 'name';
    const closer = closing[text];
    if (text === '=' && before?.text === '=') return l10n.t('Use "=" instead of "==".');
    if (isValue) {
      if (!isValueDue) return operatorMissing(text);
      isValueDue = false;
    } else if (closer !== undefined) {
      // After a value it is a call or an index, which only a name or another bracket can have.
      if (!isValueDue && before?.kind === 'value') return operatorMissing(text);
      open.push(closer);
      isValueDue = true;
    } else if (text === ')' || text === ']') {
      if (open.pop() !== text) return l10n.t('"{0}" has no matching opening bracket.', text);
      const isEmpty = closing[before?.text ?? ''] === text;
      if (isValueDue && !isEmpty) return valueMissing(text);
      isValueDue = false;
    } else if (text === ',') {
      if (open.length === 0) return l10n.t('"," is allowed only inside brackets.');
      if (isValueDue) return valueMissing(text);
      isValueDue = true;
    } else if (text === 'NOT' && !isValueDue) {
      // `x NOT IN […]`: the word after it is checked next.
    } else if (isValueDue && !unary.has(text)) {
      return valueMissing(text);
    } else {
      isValueDue = true;
    }
    before = token;
  }
  const [missing] = open.slice(-1);
  if (missing !== undefined) return l10n.t('"{0}" is missing at the end.', missing);
  return isValueDue ? l10n.t('A value is missing after "{0}".', before?.text ?? '') : undefined;
}

const operatorMissing = (next: string) =>
  l10n.t('An operator such as = or AND is missing before "{0}".', next);
const valueMissing = (next: string) => l10n.t('A value is missing before "{0}".', next);

/** A side effect of a valid condition that may be unexpected. */
export function routeConditionHint(condition: string): string | undefined {
  return /\$body\b/i.test(condition)
    ? l10n.t(
        'The hub reads message bodies only if their content type is application/json and their encoding is utf-8, utf-16, or utf-32.',
      )
    : undefined;
}
