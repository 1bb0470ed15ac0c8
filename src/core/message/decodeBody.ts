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
  const charset = charsetOf(message);
  if (named.length === 0) return { bytes: message.body, charset };
  let bytes = message.body;
  for (const name of named.toReversed()) {
    try {
      bytes = unpackers[name]?.(bytes) ?? bytes;
    } catch (error) {
      const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      return {
        bytes: message.body,
        charset,
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
    charset,
    note: l10n.t(
      '{0}: {1} decompressed to {2}',
      itemList(named),
      formatBytes(message.body.length),
      formatBytes(bytes.length),
    ),
  };
}

/** The charset of `contentEncoding` if it names one, else `charset=` of the content type, else UTF-8. */
function charsetOf({ contentType, contentEncoding }: Encoded): string {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const candidates = [...(contentEncoding ?? '').split(',').map((name) => name.trim()), declared, 'utf-8'];
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

/** `undefined` if the bytes are not text in this charset. @param isCut whether the end may split a character */
export function decodeText(bytes: Uint8Array, charset: string, isCut = false): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isCut });
    // Control characters other than tab and line breaks indicate binary data.
    // eslint-disable-next-line no-control-regex -- the expression searches for control characters
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
