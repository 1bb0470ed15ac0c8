import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type ReceivedMessage } from './receivedMessage';

type Encoded = Pick<ReceivedMessage, 'body' | 'contentType' | 'contentEncoding'>;

export interface UnpackedBody {
  readonly bytes: Uint8Array;
  /** Of the text that the bytes may be. */
  readonly charset: string;
  /** What was done to the body, or why it could not be done. */
  readonly note?: string;
}

/** A small message may unpack into gigabytes. */
const maxUnpacked = 4 * 1024 * 1024;

const unpackers: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: maxUnpacked }),
  deflate: (bytes) => {
    // HTTP calls the zlib format so, and many programs send it without its head.
    try {
      return inflateSync(bytes, { maxOutputLength: maxUnpacked });
    } catch {
      return inflateRawSync(bytes, { maxOutputLength: maxUnpacked });
    }
  },
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: maxUnpacked }),
};

/** Undoes the compressions that the content encoding names, the last one first; `gzip`, `deflate`, `br`. */
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
      const why = isTooLarge ? `unpacks to more than ${maxUnpacked / 1024 / 1024} MB` : `is no valid ${name}`;
      return {
        bytes: message.body,
        charset,
        note: `${named.join(', ')}: the body ${why}, so it is shown as it came`,
      };
    }
  }
  return {
    bytes,
    charset,
    note: `${named.join(', ')}: ${message.body.length} bytes unpacked to ${bytes.length}`,
  };
}

/** From `contentEncoding` when it names a charset, else from the content type's `charset=`, else UTF-8. */
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

/** `undefined` when the bytes are no text in this charset. @param isCut the end may be in the middle of a character */
export function decodeText(bytes: Uint8Array, charset: string, isCut = false): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: isCut });
    // Control characters other than tab and line ends are a sign of binary data.
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
