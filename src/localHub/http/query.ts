import { HubError } from '../errors';

/**
 * The part of IoT Hub's query language that lists and counts devices: `SELECT * | path [AS name], … |
 * COUNT() AS name FROM devices [WHERE condition]`.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language
 */
export interface Query {
  readonly selectsAll: boolean;
  readonly columns: readonly { readonly name: string; readonly path?: readonly string[] }[];
  readonly where?: Condition;
}

type Json = Record<string, unknown>;
type Condition = (document: Json) => boolean;
type Operand = (document: Json) => unknown;

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'end';
  readonly value: string;
}

/** Texts are enclosed in single or double quotes. */
const tokenForm =
  /\s+|(\d+(?:\.\d+)?)|('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")|([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$-]*)*)|(<>|!=|>=|<=|[=<>()[\],*-])/gy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.length) {
    const at = tokenForm.lastIndex;
    const match = tokenForm.exec(text);
    if (!match)
      throw new HubError('ArgumentInvalid', `The query is not valid at '${text.slice(at, at + 20)}'`);
    const [, number, quoted, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: unquote(quoted) });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}

function unquote(quoted: string): string {
  const [quote = ''] = quoted;
  return quoted
    .slice(1, -1)
    .replace(
      /\\u([\da-f]{4})|\\(.)|''|""/gi,
      (found, code: string | undefined, escaped: string | undefined) =>
        code === undefined
          ? (escaped ?? (found[0] === quote ? quote : found))
          : String.fromCharCode(parseInt(code, 16)),
    );
}

/** Conditions are read and evaluated recursively. */
const maxNesting = 100;
/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language */
const maxLength = 8_192;
/** The documentation states no limit for the condition of a route. */
const maxConditionLength = 256 * 1024;

class Reader {
  private at = 0;
  private depth = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  get next(): Token {
    return this.tokens[this.at] ?? { kind: 'end', value: 'its end' };
  }

  take(): Token {
    const token = this.next;
    this.at++;
    return token;
  }

  is(value: string): boolean {
    const { kind } = this.next;
    return (kind === 'word' || kind === 'sign') && this.next.value.toLowerCase() === value.toLowerCase();
  }

  /** Consumes the token if it is `value`. */
  skip(value: string): boolean {
    if (!this.is(value)) return false;
    this.at++;
    return true;
  }

  /** @throws HubError ArgumentInvalid */
  nested<T>(read: () => T): T {
    if (++this.depth > maxNesting)
      throw new HubError('ArgumentInvalid', `The query has more than ${maxNesting} levels`);
    const result = read();
    this.depth--;
    return result;
  }

  expect(value: string): void {
    if (!this.skip(value))
      throw new HubError('ArgumentInvalid', `The query must have '${value}' instead of ${this.next.value}`);
  }
}

/** @throws HubError ArgumentInvalid with the part that is not valid */
export function parseQuery(text: string, limit = maxLength): Query {
  if (text.length > limit)
    throw new HubError('ArgumentInvalid', `The query has more than ${limit} characters`);
  const reader = new Reader(tokenize(text));
  reader.expect('SELECT');
  const columns: { name: string; path?: readonly string[] }[] = [];
  const selectsAll = reader.skip('*');
  if (!selectsAll) {
    do columns.push(column(reader));
    while (reader.skip(','));
  }
  reader.expect('FROM');
  if (!reader.skip('devices')) {
    throw new HubError(
      'ArgumentInvalid',
      `The local hub supports queries on 'devices' only, not on '${reader.next.value}'`,
    );
  }
  const where = reader.skip('WHERE') ? disjunction(reader) : undefined;
  if (reader.next.kind !== 'end') {
    throw new HubError(
      'ArgumentInvalid',
      `The local hub does not support the query from '${reader.next.value}' on`,
    );
  }
  return { selectsAll, columns, ...(where ? { where } : {}) };
}

function column(reader: Reader): { name: string; path?: readonly string[] } {
  const word = reader.take();
  if (word.kind !== 'word') throw new HubError('ArgumentInvalid', `The query cannot select ${word.value}`);
  if (word.value.toLowerCase() === 'count' && reader.skip('(')) {
    reader.expect(')');
    return { name: reader.skip('AS') ? alias(reader) : 'count' };
  }
  const path = pathOf(word.value);
  return { name: reader.skip('AS') ? alias(reader) : (path.at(-1) ?? word.value), path };
}

function alias(reader: Reader): string {
  const { kind, value } = reader.take();
  if (kind === 'word' || kind === 'text') return value;
  throw new HubError('ArgumentInvalid', `The query must have a name instead of ${value}`);
}

/**
 * A condition alone, as in a route; an empty condition matches every message.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax
 * @throws HubError ArgumentInvalid with the part that is not valid
 */
export function parseCondition(text: string): (document: Readonly<Record<string, unknown>>) => boolean {
  const trimmed = text.trim();
  if (trimmed === '' || /^true$/i.test(trimmed)) return () => true;
  if (/^false$/i.test(trimmed)) return () => false;
  const { where } = parseQuery(`SELECT * FROM devices WHERE ${trimmed}`, maxConditionLength);
  return where ?? (() => true);
}

const pathOf = (word: string): string[] => {
  const path = word.split('.');
  return path.length > 1 && path[0]?.toLowerCase() === 'devices' ? path.slice(1) : path;
};

export function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Json)[key];
  }
  return value;
}

function disjunction(reader: Reader): Condition {
  const terms = [conjunction(reader)];
  while (reader.skip('OR')) terms.push(conjunction(reader));
  return (document) => terms.some((term) => term(document));
}

function conjunction(reader: Reader): Condition {
  const terms = [negation(reader)];
  while (reader.skip('AND')) terms.push(negation(reader));
  return (document) => terms.every((term) => term(document));
}

function negation(reader: Reader): Condition {
  if (reader.skip('NOT')) {
    const inner = reader.nested(() => negation(reader));
    return (document) => !inner(document);
  }
  if (reader.skip('(')) {
    const inner = reader.nested(() => disjunction(reader));
    reader.expect(')');
    return inner;
  }
  return comparison(reader);
}

const textFunctions: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
  contains: (value, part) => value.includes(part),
};

function comparison(reader: Reader): Condition {
  const word = reader.next.value.toLowerCase();
  if (reader.next.kind === 'word') {
    const test = Object.hasOwn(textFunctions, word) ? textFunctions[word] : undefined;
    if (test ?? word === 'is_defined') {
      reader.take();
      reader.expect('(');
      const subject = operand(reader);
      if (!test) {
        reader.expect(')');
        return (document) => subject(document) !== undefined;
      }
      reader.expect(',');
      const part = operand(reader);
      reader.expect(')');
      return (document) => {
        const [value, text] = [subject(document), part(document)];
        return typeof value === 'string' && typeof text === 'string' && test(value, text);
      };
    }
  }
  const left = operand(reader);
  for (const membership of ['IN', 'NIN'] as const) {
    if (!reader.skip(membership)) continue;
    const members = list(reader);
    return (document) => {
      const value = left(document);
      return members.some((member) => member(document) === value) === (membership === 'IN');
    };
  }
  const { kind, value: sign } = reader.take();
  const compare = kind === 'sign' ? comparisons[sign] : undefined;
  // The language has no bare path, as in WHERE capabilities.iotEdge.
  if (!compare) throw new HubError('ArgumentInvalid', `The query must have a comparison instead of ${sign}`);
  const right = operand(reader);
  return (document) => compare(left(document), right(document));
}

type Comparison = (a: unknown, b: unknown) => boolean;

const ordered =
  (test: (a: string | number, b: string | number) => boolean): Comparison =>
  (a, b) =>
    (typeof a === 'string' && typeof b === 'string') || (typeof a === 'number' && typeof b === 'number')
      ? test(a, b)
      : false;

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': (a, b) => a !== undefined && a === b,
  '!=': (a, b) => a !== b,
  '<>': (a, b) => a !== b,
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
};

function list(reader: Reader): Operand[] {
  reader.expect('[');
  const members: Operand[] = [];
  if (reader.skip(']')) return members;
  do members.push(operand(reader));
  while (reader.skip(','));
  reader.expect(']');
  return members;
}

function operand(reader: Reader): Operand {
  const negative = reader.skip('-');
  const token = reader.take();
  switch (token.kind) {
    case 'text':
      return () => token.value;
    case 'number': {
      const value = Number(token.value) * (negative ? -1 : 1);
      return () => value;
    }
    case 'word': {
      const word = token.value.toLowerCase();
      if (word === 'true' || word === 'false') return () => word === 'true';
      if (word === 'null') return () => null;
      const path = pathOf(token.value);
      return (document) => valueAt(document, path);
    }
    default:
      throw new HubError('ArgumentInvalid', `The query must have a value instead of ${token.value}`);
  }
}
