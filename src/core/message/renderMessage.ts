import { isJson } from './propertyBag';
import { type ReceivedMessage } from './receivedMessage';

export interface RenderOptions {
  readonly showProperties: boolean;
  /** Longer payloads are cut, and the cut is said. */
  readonly maxBytes: number;
}

/** A message as the lines of the messages channel. */
export function renderMessage(message: ReceivedMessage, { showProperties, maxBytes }: RenderOptions): string {
  const lines = [`${new Date(message.enqueuedAt).toISOString()} ${originOf(message)}`];
  lines.push(...indent(renderBody(message, maxBytes)));
  if (showProperties) {
    lines.push(...renderProperties('system properties', systemPropertiesOf(message)));
    lines.push(...renderProperties('application properties', message.applicationProperties));
  }
  return lines.join('\n');
}

function originOf({ deviceId, moduleId, source }: ReceivedMessage): string {
  const origin = deviceId ? (moduleId ? `${deviceId}/${moduleId}` : deviceId) : '(unknown device)';
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
  return [`  ${title}:`, ...entries.map(([name, value]) => `    ${name}: ${propertyText(value)}`)];
}

function propertyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return decodeText(value, 'utf-8') ?? Buffer.from(value).toString('hex');
  return JSON.stringify(value) ?? '';
}

/** JSON pretty, text as text in its charset, anything else as a hex dump. */
export function renderBody(
  message: Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>,
  maxBytes: number,
): string {
  const { body } = message;
  if (body.length === 0) return '(empty)';
  const text = decodeText(body, charsetOf(message));
  if (text === undefined) {
    const cut = body.length > maxBytes / 4 ? body.subarray(0, maxBytes / 4) : body;
    return hexDump(cut) + (cut.length < body.length ? `\n… ${body.length - cut.length} more bytes` : '');
  }
  if (body.length > maxBytes)
    return `${text.slice(0, maxBytes)}\n… cut here; the message has ${body.length} bytes`;
  return prettyJson(text) ?? text;
}

function prettyJson(text: string): string | undefined {
  const start = text.trimStart()[0];
  return (start === '{' || start === '[') && isJson(text) ? indentJson(text) : undefined;
}

/** Indents without changing a token: numbers keep all their digits, double names stay visible. */
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

/** From `contentEncoding` when it names a charset, else from the content type's `charset=`, else UTF-8. */
function charsetOf({
  contentType,
  contentEncoding,
}: Pick<ReceivedMessage, 'contentType' | 'contentEncoding'>): string {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const candidates = [contentEncoding, declared, 'utf-8'];
  return candidates.find((name): name is string => !!name && isCharset(name)) ?? 'utf-8';
}

function isCharset(name: string): boolean {
  try {
    new TextDecoder(name);
    return true;
  } catch {
    return false;
  }
}

/** `undefined` when the bytes are no text in this charset. */
function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes);
    // Control characters other than tab and line ends are a sign of binary data.
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Offset, sixteen bytes, and what of them is printable. */
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

const indent = (text: string) => text.split(/\r\n|\r|\n/).map((line) => `  ${line}`);
