import * as l10n from '@vscode/l10n';
import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import * as v from 'valibot';
import { listText } from '../base/lists';
import { IotError } from '../errors';
import { type PublishDraft } from './draft';
import { messageFileSchema, type MessageFile } from './messageFileSchema';
import { positionInText } from './problem';

/** Extension of message files. */
export const messageFileExtension = '.d2c.json';

export interface ReadMessageFile {
  /** Without devices, which are in `devices`. */
  readonly draft: PublishDraft;
  /** Ids and patterns. */
  readonly devices: readonly string[];
}

/**
 * Reads a message file.
 * @param defaults for properties that the file omits.
 * @param resolve returns the absolute path of a referenced file.
 * @throws IotError `invalidInput`
 */
export function readMessageFile(
  content: string,
  defaults: PublishDraft,
  resolve: (path: string) => string,
): ReadMessageFile {
  const errors: ParseError[] = [];
  const value = parseNested(content, errors);
  const [error] = errors;
  if (error) {
    const { line, column } = positionInText(content, error.offset, error.length);
    throw new IotError(
      'invalidInput',
      l10n.t(
        'The message file is not valid JSON at line {0}, column {1}: {2}.',
        line,
        column,
        printParseErrorCode(error.error),
      ),
    );
  }
  if (Array.isArray(value)) {
    throw new IotError('invalidInput', l10n.t('The message file contains a list instead of a message.'));
  }
  const parsed = v.safeParse(messageFileSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue);
    throw new IotError(
      'invalidInput',
      path === null
        ? l10n.t('The message file is not valid: {0}', issue.message)
        : l10n.t('The message file is not valid. Property "{0}": {1}', path, issue.message),
    );
  }
  const file = parsed.output;
  const bodies = (['body', 'text', 'bodyFile'] as const).filter((name) => file[name] !== undefined);
  if (bodies.length > 1) {
    throw new IotError(
      'invalidInput',
      l10n.t('The message file has {0}. A message can have only one body.', listText(bodies)),
    );
  }
  if (file.bodyFile !== undefined && /^([a-z][a-z\d+.-]+:\/\/|file:)/i.test(file.bodyFile)) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'The message file is not valid. Property "bodyFile" must be a path, not a URI: {0}',
        file.bodyFile,
      ),
    );
  }
  if (file.repeat?.intervalMs !== undefined && file.repeat.perSecond !== undefined) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'The message file has both {0} and {1}. Use one of them.',
        'repeat.intervalMs',
        'repeat.perSecond',
      ),
    );
  }
  const properties = propertiesOf(value, file.properties ?? {});
  return {
    draft: draftOf({ ...file, properties }, content, defaults, resolve),
    devices: [file.devices ?? []].flat(),
  };
}

/** The parser is recursive. */
function parseNested(content: string, errors: ParseError[]): unknown {
  try {
    return parse(content, errors, { disallowComments: false, allowTrailingComma: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new IotError('invalidInput', l10n.t('The message file is nested too deeply.'), { cause: error });
  }
}

/** In order, including names that the validation library drops from objects. */
function propertiesOf(file: unknown, checked: Readonly<Record<string, string>>): Record<string, string> {
  const given = (file as { readonly properties?: Readonly<Record<string, unknown>> }).properties ?? {};
  const pairs = Object.entries(given).map(([name, value]): [string, string] => {
    const known = Object.hasOwn(checked, name) ? checked[name] : value;
    if (typeof known !== 'string') {
      throw new IotError(
        'invalidInput',
        l10n.t('The message file is not valid. Property "{0}" must be a string.', `properties.${name}`),
      );
    }
    return [name, known];
  });
  return Object.fromEntries(pairs);
}

function draftOf(
  file: MessageFile,
  content: string,
  defaults: PublishDraft,
  resolve: (path: string) => string,
): PublishDraft {
  const isJson = file.body !== undefined;
  const { repeat } = file;
  return {
    devices: [],
    tokenSeconds: file.tokenSeconds ?? defaults.tokenSeconds,
    transport: file.transport ?? 'auto',
    body: isJson
      ? { kind: 'json', text: bodyText(content) }
      : file.bodyFile !== undefined
        ? { kind: 'file', path: resolve(file.bodyFile) }
        : { kind: 'text', text: file.text ?? '' },
    contentType: file.contentType ?? (isJson ? 'application/json' : ''),
    contentEncoding: file.contentEncoding ?? (isJson ? 'utf-8' : ''),
    messageId: file.messageId ?? '{{ uuid() }}',
    correlationId: file.correlationId ?? '',
    properties: Object.entries(file.properties ?? {}).map(([name, value]) => ({ name, value })),
    qos: file.qos ?? 1,
    repeat: {
      count: repeat ? (repeat.count ?? null) : defaults.repeat.count,
      pace:
        repeat?.perSecond !== undefined
          ? { kind: 'rate', perSecond: repeat.perSecond }
          : { kind: 'interval', ms: repeat?.intervalMs ?? 1_000 },
      seed: repeat?.seed ?? null,
    },
    watchArrival: defaults.watchArrival,
  };
}

/** The body as written, so that numbers keep all digits, without the indentation of its position. */
function bodyText(content: string): string {
  const root = parseTree(content, [], { disallowComments: false, allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, ['body']);
  if (!node) return '';
  const raw = content.slice(node.offset, node.offset + node.length);
  const lineStart = content.lastIndexOf('\n', node.offset) + 1;
  const indentation = /^[ \t]*/.exec(content.slice(lineStart))?.[0] ?? '';
  return raw
    .split(/\r\n|\r|\n/)
    .map((line, index) => (index > 0 && line.startsWith(indentation) ? line.slice(indentation.length) : line))
    .join('\n');
}

/**
 * A draft as the text of a message file; default values are omitted.
 * @param relative returns the path of the body file relative to the message file.
 * @throws IotError when the JSON body is not valid JSON.
 */
export function writeMessageFile(draft: PublishDraft, relative: (path: string) => string): string {
  const isJson = draft.body.kind === 'json';
  const { repeat } = draft;
  const rest: MessageFile = {
    ...(draft.body.kind === 'text' ? { text: draft.body.text } : {}),
    ...(draft.body.kind === 'file' ? { bodyFile: relative(draft.body.path) } : {}),
    ...unless(draft, 'contentType', isJson ? 'application/json' : ''),
    ...unless(draft, 'contentEncoding', isJson ? 'utf-8' : ''),
    ...unless(draft, 'messageId', '{{ uuid() }}'),
    ...unless(draft, 'correlationId', ''),
    ...(draft.properties.some(({ name }) => name !== '')
      ? {
          properties: Object.fromEntries(
            draft.properties.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
          ),
        }
      : {}),
    ...unless(draft, 'qos', 1),
    ...unless(draft, 'transport', 'auto'),
    repeat: {
      ...(repeat.count === null ? {} : { count: repeat.count }),
      ...(repeat.pace.kind === 'interval'
        ? { intervalMs: repeat.pace.ms }
        : { perSecond: repeat.pace.perSecond }),
      ...(repeat.seed === null ? {} : { seed: repeat.seed }),
    },
  };
  const ids = draft.devices.map((id) => JSON.stringify(id));
  const lines = [`  "devices": ${ids.length === 1 ? ids[0] : `[${ids.join(', ')}]`}`];
  if (draft.body.kind === 'json') lines.push(`  "body": ${indented(validJson(draft.body.text))}`);
  const more = JSON.stringify(rest, undefined, 2).slice(1, -1).replace(/\n$/, '').replace(/^\n/, '');
  if (more !== '') lines.push(more);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function validJson(body: string): string {
  const errors: ParseError[] = [];
  parse(body, errors, { disallowComments: true });
  const [error] = errors;
  if (!error) return body.trim();
  const { line, column } = positionInText(body, error.offset, error.length);
  throw new IotError(
    'invalidInput',
    l10n.t(
      'The body is not valid JSON at line {0}, column {1}. Fix it, or change the body to text, before you save the file.',
      line,
      column,
    ),
  );
}

const indented = (body: string) =>
  body
    .split('\n')
    .map((line, index) => (index > 0 && line !== '' ? `  ${line}` : line))
    .join('\n');

function unless<
  K extends 'contentType' | 'contentEncoding' | 'messageId' | 'correlationId' | 'qos' | 'transport',
>(draft: PublishDraft, name: K, defaultValue: PublishDraft[K]): Partial<Pick<PublishDraft, K>> {
  return draft[name] === defaultValue ? {} : ({ [name]: draft[name] } as Partial<Pick<PublishDraft, K>>);
}
