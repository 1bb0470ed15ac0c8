import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import * as v from 'valibot';
import { listText } from '../base/lists';
import { IotError } from '../errors';
import {
  draftSchema,
  limits,
  propertySchema,
  repeatSchema,
  transportSchema,
  type PublishDraft,
} from './draft';
import { placeIn } from './problem';

/** How names of message files end. */
export const messageFileEnd = '.d2c.json';

const text = (description: string) =>
  v.optional(v.pipe(propertySchema.entries.value, v.description(description)));
const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/**
 * A message as a file in a workspace. `media/d2cMessage.schema.json` is made of this schema, and a test holds
 * both together.
 */
export const messageFileSchema = v.pipe(
  v.strictObject({
    $schema: v.optional(v.string()),
    devices: v.optional(
      v.pipe(
        v.union([deviceId, v.pipe(v.array(deviceId), v.maxLength(limits.devices))]),
        v.description(
          'Which devices send it: an id, a pattern with * (any characters), or a list of ids and patterns.',
        ),
      ),
    ),
    body: v.optional(
      v.pipe(
        v.any(),
        v.description(
          'The body as JSON. A string that is one placeholder, "{{ random(20, 30) }}", becomes its value.',
        ),
      ),
    ),
    text: v.optional(v.pipe(v.string(), v.description('The body as text, instead of `body`.'))),
    bodyFile: v.optional(
      v.pipe(
        v.string(),
        v.minLength(1),
        v.description('File that is the body, relative to this one, instead of `body`.'),
      ),
    ),
    contentType: text('`application/json` unless given, for a JSON body.'),
    contentEncoding: text('`utf-8` unless given, for a JSON body.'),
    messageId: text('A new UUID for each message unless given.'),
    correlationId: text('The correlation id.'),
    properties: v.optional(
      v.pipe(
        v.record(propertySchema.entries.name, propertySchema.entries.value),
        v.description('Application properties.'),
      ),
    ),
    qos: v.optional(v.pipe(draftSchema.entries.qos, v.description('1: acknowledged by the hub; 0: not.'))),
    transport: v.optional(
      v.pipe(transportSchema, v.description('`auto`: MQTT, and over WebSockets when its port is blocked.')),
    ),
    tokenSeconds: v.optional(
      v.pipe(draftSchema.entries.tokenSeconds, v.description('How long a SAS token is valid, in seconds.')),
    ),
    repeat: v.optional(
      v.pipe(
        v.strictObject({
          count: v.optional(
            v.pipe(
              repeatSchema.entries.count.wrapped,
              v.description('Messages of each device; without it until stopped.'),
            ),
          ),
          intervalMs: v.optional(
            v.pipe(
              v.number(),
              v.integer(),
              v.minValue(limits.intervalMs.min),
              v.maxValue(limits.intervalMs.max),
              v.description('Milliseconds between two messages of a device.'),
            ),
          ),
          perSecond: v.optional(
            v.pipe(
              v.number(),
              v.minValue(limits.perSecond.min),
              v.maxValue(limits.perSecond.max),
              v.description('Messages a second of all devices together, instead of `intervalMs`.'),
            ),
          ),
          seed: v.optional(
            v.pipe(v.number(), v.integer(), v.description('The same seed gives the same values again.')),
          ),
        }),
        v.description('How `Start Repeating` repeats it.'),
      ),
    ),
  }),
  v.description('A device-to-cloud message of IoT Hub Workbench.'),
);

type MessageFile = v.InferOutput<typeof messageFileSchema>;

export interface ReadMessageFile {
  /** Without devices: `devices` says which. */
  readonly draft: PublishDraft;
  /** Ids and patterns. */
  readonly devices: readonly string[];
}

/**
 * Reads a message file.
 * @param defaults for what the file leaves out.
 * @param resolve gives the absolute path of a file that the file names.
 * @throws IotError `invalidInput` with the place and one sentence.
 */
export function readMessageFile(
  content: string,
  defaults: PublishDraft,
  resolve: (path: string) => string,
): ReadMessageFile {
  const errors: ParseError[] = [];
  const value: unknown = parse(content, errors, { disallowComments: false, allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const { line, column } = placeIn(content, error.offset, error.length);
    throw invalid(
      `it is not valid JSON at line ${line}, column ${column} (${printParseErrorCode(error.error)})`,
    );
  }
  if (Array.isArray(value)) throw invalid('it is a list, not one message');
  const parsed = v.safeParse(messageFileSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw invalid(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const file = parsed.output;
  const bodies = (['body', 'text', 'bodyFile'] as const).filter((name) => file[name] !== undefined);
  if (bodies.length > 1) throw invalid(`it has ${listText(bodies)}, but a message has one body`);
  if (file.repeat?.intervalMs !== undefined && file.repeat.perSecond !== undefined) {
    throw invalid('repeat has intervalMs and perSecond, but only one of them can count');
  }
  const properties = propertiesOf(value, file.properties ?? {});
  return {
    draft: draftOf({ ...file, properties }, content, defaults, resolve),
    devices: [file.devices ?? []].flat(),
  };
}

/** In their order, with names that the library which checks the file leaves out of every object. */
function propertiesOf(file: unknown, checked: Readonly<Record<string, string>>): Record<string, string> {
  const given = (file as { readonly properties?: Readonly<Record<string, unknown>> }).properties ?? {};
  const pairs = Object.entries(given).map(([name, value]): [string, string] => {
    const known = Object.hasOwn(checked, name) ? checked[name] : value;
    if (typeof known !== 'string') throw invalid(`properties.${name}: it has to be a text`);
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

/** As it is written, so that numbers keep all their digits; without the indentation of its place. */
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
 * A draft as the text of a message file; what is as usual is left out.
 * @param relative gives the path of the body's file as the message file should name it.
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
  const { line, column } = placeIn(body, error.offset, error.length);
  throw new IotError(
    'invalidInput',
    `The body is not valid JSON at line ${line}, column ${column}. Mend it, or send it as text, before it is saved to a file.`,
  );
}

const indented = (body: string) =>
  body
    .split('\n')
    .map((line, index) => (index > 0 && line !== '' ? `  ${line}` : line))
    .join('\n');

function unless<
  K extends 'contentType' | 'contentEncoding' | 'messageId' | 'correlationId' | 'qos' | 'transport',
>(draft: PublishDraft, name: K, usual: PublishDraft[K]): Partial<Pick<PublishDraft, K>> {
  return draft[name] === usual ? {} : ({ [name]: draft[name] } as Partial<Pick<PublishDraft, K>>);
}

const invalid = (why: string) => new IotError('invalidInput', `This message file cannot be read: ${why}.`);

/** Whether a device id fits one of the ids and patterns; `*` stands for any characters. */
export function fitsPattern(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${source}$`, 's').test(id);
  });
}
