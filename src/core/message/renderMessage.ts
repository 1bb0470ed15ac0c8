import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { safeLines, singleLine } from '../base/singleLine';
import { valueAt } from './jsonPath';
import { indentJson } from './jsonText';
import { type LineTemplate, type Placeholder } from './lineTemplate';
import { propertyText } from './propertyText';
import { bodyJson, leadingJson, readBody } from './readBody';
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
    lines.push(...renderProperties(l10n.t('System properties'), systemPropertiesOf(message), maxBytes));
    lines.push(
      ...renderProperties(l10n.t('Application properties'), message.applicationProperties, maxBytes),
    );
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
      return cut(propertyText(message.applicationProperties), maxBytes);
    case 'property': {
      const { name } = placeholder;
      const own = [message.applicationProperties, message.systemProperties].find((each) =>
        Object.hasOwn(each, name),
      );
      const value = own?.[name];
      return value === undefined || value === null ? '' : cut(propertyText(value), maxBytes);
    }
    case 'path': {
      const value = valueAt(bodyJson(message), placeholder.steps);
      return value === undefined ? '' : cut(propertyText(value), maxBytes);
    }
  }
}

function oneLine(head: string, message: ReceivedMessage, showProperties: boolean, maxBytes: number): string {
  const body = joinLines(renderBody(message, maxBytes, false));
  if (!showProperties) return singleLine(`${head} ${body}`);
  const properties = { ...systemPropertiesOf(message), ...message.applicationProperties };
  const texts = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${joinLines(cut(propertyText(value), maxBytes))}`);
  return singleLine(`${head} ${body} {${texts.join(', ')}}`);
}

/** Several lines as one, without the white space around the line breaks. */
function joinLines(text: string): string {
  const [first = '', ...others] = text.split(/[\r\n]+/);
  const last = others.pop();
  if (last === undefined) return first;
  return [first.trimEnd(), ...others.map((line) => line.trim()).filter(Boolean), last.trimStart()].join(' ');
}

/** The beginning of a text that may be as long as a whole body. */
const cut = (text: string, maxLength: number): string =>
  text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;

/** ISO 8601 with milliseconds; `local` has the offset of the local time zone. */
export function timeText(at: number, zone: 'utc' | 'local'): string {
  const date = new Date(at);
  // In a recording, a message may have no time.
  if (Number.isNaN(date.getTime())) return l10n.t('(no time)');
  if (zone === 'utc') return date.toISOString();
  const minutes = -date.getTimezoneOffset();
  const shifted = new Date(at + minutes * 60_000);
  const local = (Number.isNaN(shifted.getTime()) ? date : shifted).toISOString().slice(0, -1);
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

function renderProperties(
  title: string,
  properties: Readonly<Record<string, unknown>>,
  maxBytes: number,
): string[] {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined && value !== null);
  if (entries.length === 0) return [];
  return [
    `  ${title}:`,
    ...entries.map(([name, value]) => singleLine(`    ${name}: ${cut(propertyText(value), maxBytes)}`)),
  ];
}

/** A body as text. */
export interface RenderedBody {
  readonly text: string;
  /** Whether it starts with JSON. */
  readonly isJson: boolean;
  /** Whether it was truncated or left without indentation because of its size. */
  readonly isReduced: boolean;
}

/**
 * JSON is indented, text is decoded, anything else is a hex dump. Compressed bodies are decompressed, with a notice. The
 * length of the text is proportional to `maxBytes`.
 */
export function describeBody(
  message: Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>,
  maxBytes: number,
  isPretty = true,
): RenderedBody {
  if (message.body.length === 0) return { text: l10n.t('(empty)'), isJson: false, isReduced: false };
  const { bytes, text, tail, notes } = readBody(message);
  const result = (parts: readonly string[], isJson: boolean, isReduced: boolean): RenderedBody => ({
    text: [...notes.map((note) => `(${note})`), ...parts].join('\n'),
    isJson,
    isReduced,
  });
  if (text === undefined) {
    const dump = cutHexDump(bytes, maxBytes / 4);
    return result(dump, false, dump.length > 1);
  }
  const after = tail === undefined ? [] : cutHexDump(tail, maxBytes / 16);
  if (text.length > maxBytes) {
    return result(
      [text.slice(0, maxBytes), `… ${truncationNotice(bytes.length)}`, ...after],
      leadingJson(text) !== undefined,
      true,
    );
  }
  const found = leadingJson(text);
  const isList = /^\s*[{[]/.test(text);
  if (!found || !isList || !isPretty) return result([text, ...after], found !== undefined, after.length > 1);
  const indented = indentJson(found.json);
  const unindented = l10n.t('The JSON is too deep or too large to be indented');
  const rest = found.rest.trim() === '' ? [] : [found.rest.replace(/^[\r\n]+/, '')];
  return result(
    [...(indented === undefined ? [`(${unindented})`] : []), indented ?? found.json, ...rest, ...after],
    true,
    indented === undefined || after.length > 1,
  );
}

/** The text of {@link describeBody}. */
export const renderBody = (
  message: Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>,
  maxBytes: number,
  isPretty = true,
): string => describeBody(message, maxBytes, isPretty).text;

const truncationNotice = (bytes: number) =>
  l10n.t('Truncated. The full body has {0} bytes.', formatCount(bytes));

function cutHexDump(bytes: Uint8Array, maxBytes: number): string[] {
  return bytes.length <= maxBytes
    ? [hexDump(bytes)]
    : [hexDump(bytes.subarray(0, maxBytes)), `… ${truncationNotice(bytes.length)}`];
}

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
