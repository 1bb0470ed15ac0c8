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
 * Why a hub would not take the condition of a route, as far as it can be said without a hub: quotes, brackets, and
 * that values and operators take turns. What this lets pass, the hub looks at itself.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax
 */
export function routeConditionProblem(condition: string): string | undefined {
  const text = condition.trim();
  if (text === '') return 'Type a condition; "true" takes every message.';
  if (text.length > 4_000) return `A condition has at most 4,000 characters; this one has ${text.length}.`;
  if (statement.test(text)) return 'Type the condition alone, without SELECT, FROM or WHERE.';
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
  if (/['"]/.test(first)) return `A text begins with ${first} and does not end.`;
  if (/[\u2018\u2019\u201c\u201d]/.test(first)) return `${first} is no straight quote: write 'text'.`;
  if (first === '&') return 'Write AND instead of "&&".';
  if (first === '!') return 'Write NOT instead of "!".';
  return `"${first}" cannot be in a condition.`;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };
const unary = new Set(['-', '+', 'NOT']);

/** Looks that a value comes where one is due, and that brackets close. */
function orderProblem(tokens: readonly Token[]): string | undefined {
  /** What closes the brackets that are open, innermost last. */
  const open: string[] = [];
  let isValueDue = true;
  let before: Token | undefined;
  for (const token of tokens) {
    const { kind, text } = token;
    const isValue = kind === 'value' || kind === 'name';
    const closer = closing[text];
    if (text === '=' && before?.text === '=') return 'Write "=" instead of "==".';
    if (isValue) {
      if (!isValueDue) return `An operator such as = or AND is missing before ${text}.`;
      isValueDue = false;
    } else if (closer !== undefined) {
      // Behind a value it is a call or an index, which only a name or another bracket can have.
      if (!isValueDue && before?.kind === 'value')
        return `An operator such as = or AND is missing before "${text}".`;
      open.push(closer);
      isValueDue = true;
    } else if (text === ')' || text === ']') {
      if (open.pop() !== text) return `"${text}" closes nothing that is open.`;
      const isEmpty = closing[before?.text ?? ''] === text;
      if (isValueDue && !isEmpty) return `A value is missing before "${text}".`;
      isValueDue = false;
    } else if (text === ',') {
      if (open.length === 0) return '"," can only be inside brackets.';
      if (isValueDue) return 'A value is missing before ",".';
      isValueDue = true;
    } else if (text === 'NOT' && !isValueDue) {
      // `x NOT IN […]`: the word behind it is looked at next.
    } else if (isValueDue && !unary.has(text)) {
      return `A value is missing before "${text}".`;
    } else {
      isValueDue = true;
    }
    before = token;
  }
  const [missing] = open.slice(-1);
  if (missing !== undefined) return `"${missing}" is missing at the end.`;
  return isValueDue ? `A value is missing after "${before?.text ?? ''}".` : undefined;
}

/** What a person may not expect of a condition that is right. */
export function routeConditionHint(condition: string): string | undefined {
  return /\$body\b/i.test(condition)
    ? 'The hub looks into bodies only when their content type is application/json and their encoding is utf-8, utf-16 or utf-32.'
    : undefined;
}
