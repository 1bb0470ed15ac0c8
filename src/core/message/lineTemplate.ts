import { IotError } from '../errors';
import { pathSource, stepsOf } from './bodyValue';

const names = [
  'time',
  'device',
  'module',
  'source',
  'partition',
  'sequenceNumber',
  'size',
  'contentType',
  'contentEncoding',
  'body',
  'pretty',
  'properties',
] as const;

/** What stands between braces. */
export type Placeholder =
  | { readonly kind: (typeof names)[number] }
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'path'; readonly steps: readonly string[] };

/** How a message is written, by a person's own pattern. */
export interface LineTemplate {
  render(valueOf: (placeholder: Placeholder) => string): string;
}

const pathPlaceholder = new RegExp(`^${pathSource}$`);

/**
 * Reads a pattern such as `{time} {device} {$.temperature} {property:alert}`; `{{` and `}}` are braces, `\n`
 * and `\t` a new line and a tabulator.
 * @throws IotError `invalidInput` with one sentence
 */
export function parseLineTemplate(text: string): LineTemplate {
  const parts = (text.match(/\{\{|\}\}|\\[nt]|\{[^{}]*\}|[^{}\\]+|[\s\S]/g) ?? []).map(partOf);
  return {
    render: (valueOf) => parts.map((part) => (typeof part === 'string' ? part : valueOf(part))).join(''),
  };
}

const escapes: Readonly<Record<string, string>> = { '{{': '{', '}}': '}', '\\n': '\n', '\\t': '\t' };

function partOf(part: string): string | Placeholder {
  const escaped = escapes[part];
  if (escaped !== undefined) return escaped;
  if (part === '{' || part === '}')
    throw invalid(`"${part}" stands alone; write it twice to have it as text`);
  return part.startsWith('{') ? placeholderOf(part.slice(1, -1).trim()) : part;
}

function placeholderOf(name: string): Placeholder {
  const kind = names.find((known) => known === name);
  if (kind) return { kind };
  const property = /^property:(.+)$/s.exec(name)?.[1];
  if (property !== undefined) return { kind: 'property', name: property.trim() };
  const path = pathPlaceholder.exec(name)?.[1];
  if (path !== undefined) return { kind: 'path', steps: stepsOf(path) };
  throw invalid(
    `"{${name}}" is not known; there are ${names.map((known) => `{${known}}`).join(', ')}, {property:name} and {$.path}`,
  );
}

const invalid = (why: string) =>
  new IotError('invalidInput', `The format of messages cannot be used: ${why}.`);
