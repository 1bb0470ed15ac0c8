import * as l10n from '@vscode/l10n';
import { listText } from '../base/lists';
import { IotError } from '../errors';
import { readPath } from './jsonPath';

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

/** A placeholder in braces. */
export type Placeholder =
  | { readonly kind: (typeof names)[number] }
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'path'; readonly steps: readonly string[] };

/** A custom format for messages. */
export interface LineTemplate {
  render(valueOf: (placeholder: Placeholder) => string): string;
}

/**
 * Parses a template such as `{time} {device} {$.temperature} {property:alert}`. `{{` and `}}` are literal braces, `\n`
 * and `\t` a line break and a tab.
 * @throws IotError `invalidInput`
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
    throw new IotError(
      'invalidInput',
      l10n.t('Invalid message template: unmatched "{0}". Use "{0}{0}" for a literal brace.', part),
    );
  return part.startsWith('{') ? placeholderOf(part.slice(1, -1).trim()) : part;
}

function placeholderOf(name: string): Placeholder {
  const kind = names.find((known) => known === name);
  if (kind) return { kind };
  const property = /^property:(.+)$/s.exec(name)?.[1];
  if (property !== undefined) return { kind: 'property', name: property.trim() };
  const path = readPath(name);
  if (path?.rest === '') return { kind: 'path', steps: path.steps };
  const known = [...names, 'property:name', '$.path'].map((each) => `{${each}}`);
  throw new IotError(
    'invalidInput',
    l10n.t(
      'Invalid message template: unknown placeholder "{0}". Use {1}.',
      `{${name}}`,
      listText(known, 'or'),
    ),
  );
}
