import * as l10n from '@vscode/l10n';
import { listText } from '../base/lists';
import { formatCount } from '../base/numbers';
import { signaturesOf } from './generatorReference';

/** The reason why the library rejected or stopped an expression, as a sentence for the user. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, summary } = error as { code?: unknown; summary?: unknown };
  const text = typeof summary === 'string' ? summary : error.message;
  const sentence = typeof code === 'string' ? explainers[code]?.(plainTypes(text)) : undefined;
  return sentence ?? plain(text);
}

/** The range of an error in the expression. */
export function rangeOf(error: unknown): { readonly start: number; readonly end: number } | undefined {
  const range = error instanceof Error && 'range' in error ? error.range : undefined;
  if (typeof range !== 'object' || range === null || !('start' in range) || !('end' in range))
    return undefined;
  const { start, end } = range;
  return typeof start === 'number' && typeof end === 'number' ? { start, end } : undefined;
}

const symbols: Readonly<Record<string, string>> = {
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  LBRACE: '"{"',
  RBRACE: '"}"',
  COMMA: '","',
  COLON: '":"',
  DOT: '"."',
};

/** A token, as it is named in a sentence. */
function tokenName(token = ''): string {
  switch (token) {
    case 'EOF':
      return l10n.t('the end of the expression');
    case 'IDENTIFIER':
      return l10n.t('a name');
    default:
      return symbols[token] ?? l10n.t('another token');
  }
}

const explainers: Record<string, (text: string) => string | undefined> = {
  unknown_variable: (text) => {
    const name = afterColon(text);
    const [signature] = signaturesOf(name);
    return signature === undefined
      ? l10n.t('Unknown name "{0}".', name)
      : l10n.t('"{0}" is a function. Use {1}.', name, signature);
  },
  no_matching_overload: (text) => {
    const call = /'(.*)'/s.exec(text)?.[1];
    if (call === undefined) return undefined;
    const [, name = call, values = ''] = /^([^(]*)\((.*)\)$/s.exec(call) ?? [];
    const signatures = signaturesOf(name);
    return signatures.length === 0
      ? l10n.t('Unknown function {0}.', call)
      : l10n.t('{0} does not accept ({1}). Use {2}.', name, values, listText(signatures, 'or'));
  },
  no_such_overload: (text) => {
    const [, left, sign, right] = /: (.+) (\S+) (.+)$/.exec(text) ?? [];
    if (left !== undefined && sign !== undefined && right !== undefined) {
      return l10n.t('Operator "{0}" cannot be used with {1} and {2}.', sign, left, right);
    }
    const [, unary, operand] = /: ([!-])(\w+)$/.exec(text) ?? [];
    return unary === undefined || operand === undefined
      ? undefined
      : l10n.t('Operator "{0}" cannot be used with {1}.', unary, operand);
  },
  unexpected_token: (text) =>
    text.endsWith('EOF')
      ? l10n.t('The expression is incomplete.')
      : l10n.t('Unexpected token: {0}.', tokenName(afterColon(text))),
  expected_token: (text) => {
    const [, expected, got] = /Expected (\w+), got (\w+)/.exec(text) ?? [];
    return expected === undefined
      ? undefined
      : l10n.t('Expected {0} before {1}.', tokenName(expected), tokenName(got));
  },
  unexpected_character: (text) =>
    l10n.t('Unexpected character "{0}".', afterColon(text).replace(/^'(.*)'$/s, '$1')),
  reserved_identifier: (text) => l10n.t('"{0}" is a reserved name.', afterColon(text)),
  unterminated_string: () => l10n.t('A string is not closed with a quotation mark.'),
  cannot_index_type: (text) => {
    const type = /'(.*)'/.exec(text)?.[1];
    return type === undefined ? undefined : l10n.t('Type {0} has no fields.', type);
  },
  no_such_key: (text) => l10n.t('Unknown field "{0}".', afterColon(text)),
  division_by_zero: () => l10n.t('Division by zero.'),
  index_out_of_bounds: (text) => {
    const size = /size (\d+)$/.exec(text)?.[1];
    if (size === undefined) return undefined;
    return size === '1'
      ? l10n.t('The list has only 1 element.')
      : l10n.t('The list has only {0} elements.', formatCount(Number(size)));
  },
  limit_exceeded: () => l10n.t('The expression is too complex.'),
};

function afterColon(text: string): string {
  return text.slice(text.indexOf(':') + 1).trim();
}

/** Expressions call `google.protobuf.Timestamp` `timestamp`. */
function plainTypes(text: string): string {
  return text.replace(/google\.protobuf\.(\w+)/g, (_, name: string) => name.toLowerCase());
}

/** The first line of a message of the library, as a sentence. */
function plain(text: string): string {
  const line = (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '');
  return `${line}.`;
}
