import { listText } from '../base/lists';
import { signaturesOf } from './generatorHelp';

/** Why the library refused or stopped, as the end of a sentence and without its lines with a caret. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, summary } = error as { code?: unknown; summary?: unknown };
  const text = typeof summary === 'string' ? summary : error.message;
  const sentence = typeof code === 'string' ? explainers[code]?.(plainTypes(text)) : undefined;
  return sentence ?? plain(text);
}

/** Where in the expression the library saw it. */
export function rangeOf(error: unknown): { readonly start: number; readonly end: number } | undefined {
  const range = error instanceof Error && 'range' in error ? error.range : undefined;
  if (typeof range !== 'object' || range === null || !('start' in range) || !('end' in range))
    return undefined;
  const { start, end } = range;
  return typeof start === 'number' && typeof end === 'number' ? { start, end } : undefined;
}

const tokens: Record<string, string> = {
  EOF: 'the end',
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  LBRACE: '"{"',
  RBRACE: '"}"',
  COMMA: '","',
  COLON: '":"',
  DOT: '"."',
  IDENTIFIER: 'a name',
};
const tokenName = (token = ''): string => tokens[token] ?? 'something else';

const explainers: Record<string, (text: string) => string | undefined> = {
  unknown_variable: (text) => {
    const name = afterColon(text);
    const [signature] = signaturesOf(name);
    if (signature !== undefined) return `${name} is a function, write ${signature}`;
    return `unknown name "${name}"`;
  },
  no_matching_overload: (text) => {
    const call = /'(.*)'/s.exec(text)?.[1];
    if (call === undefined) return undefined;
    const [name = '', values = ''] = call.split(/\((.*)\)$/s);
    const ways = signaturesOf(name);
    if (ways.length === 0) return `there is no function ${call}`;
    return `${name} does not take (${values}), write ${listText(ways, 'or')}`;
  },
  no_such_overload: (text) => {
    const [, left, sign, right] = /: (.+) (\S+) (.+)$/.exec(text) ?? [];
    if (right !== undefined) return `"${sign}" does not work between ${left} and ${right}`;
    const [, unary, operand] = /: ([!-])(\w+)$/.exec(text) ?? [];
    return operand === undefined ? undefined : `"${unary}" does not work with ${operand}`;
  },
  unexpected_token: (text) =>
    text.endsWith('EOF')
      ? 'the expression is not complete'
      : `${tokenName(afterColon(text))} is not expected`,
  expected_token: (text) => {
    const [, expected, got] = /Expected (\w+), got (\w+)/.exec(text) ?? [];
    return expected === undefined ? undefined : `${tokenName(expected)} is expected before ${tokenName(got)}`;
  },
  unexpected_character: (text) =>
    `the character "${afterColon(text).replace(/^'(.*)'$/s, '$1')}" is not expected`,
  reserved_identifier: (text) => `"${afterColon(text)}" is a reserved name`,
  unterminated_string: () => 'a text is not closed with a quotation mark',
  cannot_index_type: (text) => {
    const type = /'(.*)'/.exec(text)?.[1];
    return type === undefined ? undefined : `${type} has no fields`;
  },
  no_such_key: (text) => `there is no field "${afterColon(text)}"`,
  division_by_zero: () => 'division by zero',
  index_out_of_bounds: (text) => {
    const size = /size (\d+)$/.exec(text)?.[1];
    return size === undefined ? undefined : `the list has only ${size} elements`;
  },
  limit_exceeded: () => 'the expression has too many parts',
};

function afterColon(text: string): string {
  return text.slice(text.indexOf(':') + 1).trim();
}

/** `google.protobuf.Timestamp` is called `timestamp` in expressions too. */
function plainTypes(text: string): string {
  return text.replace(/google\.protobuf\.(\w+)/g, (_, name: string) => name.toLowerCase());
}

function plain(text: string): string {
  const line = (text.split('\n', 1)[0] ?? '').trim().replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
