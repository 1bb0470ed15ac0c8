import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { safeLines, singleLine } from '../base/singleLine';
import { bodyJson, valueAt } from './bodyValue';
import { decodeText, unpackBody } from './decodeBody';
import { type LineTemplate, type Placeholder } from './lineTemplate';
import { isJson } from './propertyBag';
import { type ReceivedMessage } from './receivedMessage';

export interface RenderOptions {
  readonly showProperties: boolean;
  /** Longer bodies are truncated, with a notice. */
  readonly maxBytes: number;
  /** Default `pretty`: JSON over several lines. `oneLine`: one line per message. */
  readonly format?: 'pretty' | 'oneLine' | LineTemplate;
  /** Default `utc`. */
  readonly timeZone?: 'utc' | 'local';
}

/**
 * The text of a message in the output channel. Only its first line is not indented, unless a template says so: a message
 * cannot contain what looks like another one.
 */
export function renderMessage(
  message: ReceivedMessage,
  { showProperties, maxBytes, format = 'pretty', timeZone = 'utc' }: RenderOptions,
): string {
  const head = `${timeText(message.enqueuedAt, timeZone)} ${singleLine(originOf(message))}`;
  if (typeof format === 'object') {
    return format.render((placeholder) =>
      safeLines(placeholderText(placeholder, message, { maxBytes, timeZone })).join('\n  '),
    );
  }
  if (format === 'oneLine') return oneLine(head, message, showProperties, maxBytes);
  const lines = [head, ...safeLines(renderBody(message, maxBytes)).map((line) => `  ${line}`)];
  if (showProperties) {
    lines.push(...renderProperties(l10n.t('System properties'), systemPropertiesOf(message)));
    lines.push(...renderProperties(l10n.t('Application properties'), message.applicationProperties));
  }
  return lines.join('\n');
}

function placeholderText(
  placeholder: Placeholder,
  message: ReceivedMessage,
  { maxBytes, timeZone = 'utc' }: Pick<RenderOptions, 'maxBytes' | 'timeZone'>,
): string {
  switch (placeholder.kind) {
    case 'time':
      return timeText(message.enqueuedAt, timeZone);
    case 'device':
      return message.deviceId ?? '';
    case 'module':
      return message.moduleId ?? '';
    case 'source':
      return message.source ?? '';
    case 'partition':
      return message.partitionId;
    case 'sequenceNumber':
      return String(message.sequenceNumber);
    case 'size':
      return String(message.body.length);
    case 'contentType':
      return message.contentType ?? '';
    case 'contentEncoding':
      return message.contentEncoding ?? '';
    case 'body':
      return renderBody(message, maxBytes, false);
    case 'pretty':
      return renderBody(message, maxBytes);
    case 'properties':
      return JSON.stringify(message.applicationProperties);
    case 'property': {
      const { name } = placeholder;
      const own = [message.applicationProperties, message.systemProperties].find((each) =>
        Object.hasOwn(each, name),
      );
      const value = own?.[name];
      return value === undefined || value === null ? '' : propertyText(value);
    }
    case 'path': {
      const value = valueAt(bodyJson(message), placeholder.steps);
      return value === undefined ? '' : propertyText(value);
    }
  }
}

function oneLine(head: string, message: ReceivedMessage, showProperties: boolean, maxBytes: number): string {
  const body = renderBody(message, maxBytes, false).replace(/\s*[\r\n]+\s*/g, ' ');
  if (!showProperties) return singleLine(`${head} ${body}`);
  const properties = { ...systemPropertiesOf(message), ...message.applicationProperties };
  const texts = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${propertyText(value).replace(/\s*[\r\n]+\s*/g, ' ')}`);
  return singleLine(`${head} ${body} {${texts.join(', ')}}`);
}

/** ISO 8601 with milliseconds; `local` has the offset of the local time zone. */
export function timeText(at: number, zone: 'utc' | 'local'): string {
  const date = new Date(at);
  if (zone === 'utc') return date.toISOString();
  const minutes = -date.getTimezoneOffset();
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${local}${minutes < 0 ? '-' : '+'}${two(distance / 60)}:${two(distance % 60)}`;
}

function originOf({ deviceId, moduleId, source }: ReceivedMessage): string {
  const origin = deviceId ? (moduleId ? `${deviceId}/${moduleId}` : deviceId) : l10n.t('(unknown device)');
  return source && source !== 'Telemetry' ? `${origin} [${source}]` : origin;
}

function systemPropertiesOf(message: ReceivedMessage): Record<string, unknown> {
  return {
    partition: message.partitionId,
    sequenceNumber: message.sequenceNumber,
    ...(message.contentType ? { contentType: message.contentType } : {}),
    ...(message.contentEncoding ? { contentEncoding: message.contentEncoding } : {}),
    ...message.systemProperties,
  };
}

function renderProperties(title: string, properties: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined && value !== null);
  if (entries.length === 0) return [];
  return [
    `  ${title}:`,
    ...entries.map(([name, value]) => singleLine(`    ${name}: ${propertyText(value)}`)),
  ];
}

export function propertyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return decodeText(value, 'utf-8') ?? Buffer.from(value).toString('hex');
  return JSON.stringify(value) ?? '';
}

/** JSON is indented, text is decoded, anything else is a hex dump. Compressed bodies are decompressed, with a notice. */
export function renderBody(
  message: Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>,
  maxBytes: number,
  isPretty = true,
): string {
  if (message.body.length === 0) return l10n.t('(empty)');
  const { bytes, charset, note } = unpackBody(message);
  const head = note === undefined ? '' : `(${note})\n`;
  const text = decodeText(bytes, charset);
  if (text === undefined) {
    const cut = bytes.length > maxBytes / 4 ? bytes.subarray(0, maxBytes / 4) : bytes;
    return cut.length === bytes.length
      ? head + hexDump(cut)
      : `${head}${hexDump(cut)}\n… ${truncationNotice(bytes.length)}`;
  }
  if (bytes.length > maxBytes) {
    return `${head}${text.slice(0, maxBytes)}\n… ${truncationNotice(bytes.length)}`;
  }
  return head + ((isPretty ? prettyJson(text) : undefined) ?? text);
}

const truncationNotice = (bytes: number) =>
  l10n.t('Truncated. The full body has {0} bytes.', formatCount(bytes));

function prettyJson(text: string): string | undefined {
  const start = text.trimStart()[0];
  return (start === '{' || start === '[') && isJson(text) ? indentJson(text) : undefined;
}

/** Indents without changing a token: numbers keep all digits, and duplicate names stay visible. */
export function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((token, index) => {
    if (token === '{' || token === '[') {
      depth++;
      out += token + (isClosing(tokens[index + 1]) ? '' : newLine());
    } else if (isClosing(token)) {
      depth--;
      out += (isOpening(tokens[index - 1]) ? '' : newLine()) + token;
    } else if (token === ',') out += token + newLine();
    else out += token === ':' ? ': ' : token;
  });
  return out;
}

const isOpening = (token: string | undefined) => token === '{' || token === '[';
const isClosing = (token: string | undefined) => token === '}' || token === ']';

/** Lines of offset, sixteen bytes, and their printable characters. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
