import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { decodeText, unpackBody } from './decodeBody';
import { endOfJson } from './jsonText';
import { isJson } from './propertyBag';
import { type ReceivedMessage } from './receivedMessage';

type Encoded = Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>;

/** A body, decompressed and decoded. */
export interface Body {
  readonly bytes: Uint8Array;
  /** `undefined` if it is not text. Without {@link tail}. */
  readonly text: string | undefined;
  /** Bytes after the text that are not text. NUL bytes alone are only mentioned in the notes. */
  readonly tail: Uint8Array | undefined;
  /** What was done to read it. */
  readonly notes: readonly string[];
}

/**
 * Reads a body. Firmware in C often sends the whole buffer that the text is in: NUL bytes after a text, and any bytes
 * after JSON, are no part of the text.
 */
export function readBody(message: Encoded): Body {
  const { bytes, charset, note } = unpackBody(message);
  const notes = note === undefined ? [] : [note];
  const text = decodeText(bytes, charset);
  if (text !== undefined && (charset === 'utf-8' || isJson(text)))
    return { bytes, text, tail: undefined, notes };
  const other = otherUnicode(bytes, charset);
  if (other) {
    const otherNote = l10n.t('The body is not {0}; it was decoded as {1}', charset, other.charset);
    return { bytes, text: other.text, tail: undefined, notes: [...notes, otherNote] };
  }
  if (text !== undefined) return { bytes, text, tail: undefined, notes };
  const found = beforePadding(bytes, charset) ?? beforeBinary(bytes, charset);
  return found
    ? { bytes, text: found.text, tail: found.tail, notes: [...notes, found.note] }
    : { bytes, text: undefined, tail: undefined, notes };
}

/** JSON in another Unicode encoding than the declared one, recognized by the position of its zero bytes (RFC 4627, 3). */
function otherUnicode(
  bytes: Uint8Array,
  declared: string,
): { readonly text: string; readonly charset: string } | undefined {
  const isZero = [...bytes.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('');
  const charset = zeroPatterns[isZero] ?? 'utf-8';
  if (charset === declared) return undefined;
  const text = decodeText(bytes, charset);
  return text !== undefined && startsJson(text) && isJson(text) ? { text, charset } : undefined;
}

const zeroPatterns: Readonly<Record<string, string>> = {
  x0x0: 'utf-16le',
  '0x0x': 'utf-16be',
  x000: 'utf-32le',
  '000x': 'utf-32be',
};

interface Found {
  readonly text: string;
  readonly tail: Uint8Array | undefined;
  readonly note: string;
}

function beforePadding(bytes: Uint8Array, charset: string): Found | undefined {
  const unit = charset.startsWith('utf-16') ? 2 : charset.startsWith('utf-32') ? 4 : 1;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  end = Math.ceil(end / unit) * unit;
  const text = end > 0 && end < bytes.length ? decodeText(bytes.subarray(0, end), charset) : undefined;
  if (text === undefined) return undefined;
  const count = bytes.length - end;
  const note =
    count === 1
      ? l10n.t('1 NUL byte follows the text')
      : l10n.t('{0} NUL bytes follow the text', formatCount(count));
  return { text, tail: undefined, note };
}

/** JSON has an end of its own, so that anything may follow it. */
function beforeBinary(bytes: Uint8Array, charset: string): Found | undefined {
  if (charset !== 'utf-8') return undefined;
  // All characters of its structure are ASCII.
  const end = endOfJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  const text = end === undefined ? undefined : decodeText(bytes.subarray(0, end), charset);
  if (end === undefined || text === undefined || !isJson(text)) return undefined;
  const tail = bytes.subarray(end);
  const note =
    tail.length === 1
      ? l10n.t('1 byte that is not text follows the JSON')
      : l10n.t('{0} bytes that are not text follow the JSON', formatCount(tail.length));
  return { text, tail, note };
}

const startsJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** JSON at the start of a text, with the text that follows it. */
export interface LeadingJson {
  readonly json: string;
  readonly value: unknown;
  readonly rest: string;
}

/** `undefined` if the text does not start with JSON. Only an object or a list may have something after it. */
export function leadingJson(text: string): LeadingJson | undefined {
  try {
    return { json: text, value: JSON.parse(text), rest: '' };
  } catch {
    const end = endOfJson(text);
    if (end === undefined || end === text.length) return undefined;
    try {
      const json = text.slice(0, end);
      return { json, value: JSON.parse(json), rest: text.slice(end) };
    } catch {
      return undefined;
    }
  }
}

/** The body as text: decompressed and decoded; `undefined` if it is not text. */
export const bodyText = (message: Encoded): string | undefined => readBody(message).text;

/** The value of the JSON that the body starts with; `undefined` if it is not JSON. */
export function bodyJson(message: Encoded): unknown {
  const text = bodyText(message);
  return text === undefined ? undefined : leadingJson(text)?.value;
}
