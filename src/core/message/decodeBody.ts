import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import * as l10n from '@vscode/l10n';
import { itemList } from '../base/lists';
import { formatBytes, formatMegabytes } from '../base/numbers';
import { type ReceivedMessage } from './receivedMessage';

type Encoded = Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>;

export interface UnpackedBody {
  readonly bytes: Uint8Array;
  /** Charset of the bytes, if they are text. */
  readonly charset: string;
  /** How the body was decompressed, or why it could not be. */
  readonly note?: string;
}

/** A small message may decompress into gigabytes. */
const maxUnpacked = 4 * 1024 * 1024;

const unpackers: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: maxUnpacked }),
  deflate: (bytes) => {
    // In HTTP this means the zlib format, but many programs send it without the zlib header.
    try {
      return inflateSync(bytes, { maxOutputLength: maxUnpacked });
    } catch {
      return inflateRawSync(bytes, { maxOutputLength: maxUnpacked });
    }
  },
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: maxUnpacked }),
};

/** Decompresses a body according to its content encoding (`gzip`, `deflate`, `br`), last encoding first. */
export function unpackBody(message: Encoded): UnpackedBody {
  const named = (message.contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^x-/, ''))
    .filter((name) => Object.hasOwn(unpackers, name));
  if (named.length === 0) return { bytes: message.body, charset: charsetOf(message, message.body) };
  let bytes = message.body;
  for (const name of named.toReversed()) {
    try {
      bytes = unpackers[name]?.(bytes) ?? bytes;
    } catch (error) {
      const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      return {
        bytes: message.body,
        charset: charsetOf(message, message.body),
        note: isTooLarge
          ? l10n.t(
              '{0}: the decompressed body exceeds {1}; the original body is shown',
              itemList(named),
              formatMegabytes(maxUnpacked),
            )
          : l10n.t('{0}: the body is not valid {1}; the original body is shown', itemList(named), name),
      };
    }
  }
  return {
    bytes,
    charset: charsetOf(message, bytes),
    note: l10n.t(
      '{0}: {1} decompressed to {2}',
      itemList(named),
      formatBytes(message.body.length),
      formatBytes(bytes.length),
    ),
  };
}

/**
 * The charset of a byte order mark, else of `contentEncoding` if it names one, else `charset=` of the content type, else
 * UTF-8.
 */
function charsetOf({ contentType, contentEncoding }: Encoded, bytes: Uint8Array): string {
  const marked = marks.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
  if (marked !== undefined) return marked;
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const candidates = [...(contentEncoding ?? '').split(',').map((name) => name.trim()), declared];
  return candidates.map(charsetNamed).find((name) => name !== undefined) ?? 'utf-8';
}

const marks: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe, 0, 0], 'utf-32le'],
  [[0, 0, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xef, 0xbb, 0xbf], 'utf-8'],
];

/** The standard name of a charset; `undefined` if it is not one. */
function charsetNamed(name = ''): string | undefined {
  const lower = name.toLowerCase();
  if (/^utf-?32(le|be)?$/.test(lower)) return lower.endsWith('be') ? 'utf-32be' : 'utf-32le';
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

/** Which `TextDecoder` does not support. @throws when the bytes are not UTF-32 */
function decodeUtf32(bytes: Uint8Array, isLittleEndian: boolean, isCut: boolean): string {
  if (bytes.length % 4 !== 0 && !isCut) throw new RangeError();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const characters: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4)
    characters.push(String.fromCodePoint(view.getUint32(at, isLittleEndian)));
  return characters.join('').replace(/^\uFEFF/, '');
}

/** `undefined` if the bytes are not text in this charset. @param isCut whether the end may split a character */
export function decodeText(bytes: Uint8Array, charset: string, isCut = false): string | undefined {
  try {
    const text = charset.startsWith('utf-32')
      ? decodeUtf32(bytes, charset !== 'utf-32be', isCut)
      : new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isCut });
    // Control characters other than tab and line breaks indicate binary data.
    // eslint-disable-next-line no-control-regex -- the expression searches for control characters
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
