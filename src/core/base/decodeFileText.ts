import { isAscii } from 'node:buffer';

/** Text of a file in UTF-8 or UTF-16, with or without a byte order mark, as editors and PowerShell write it. */
export function decodeFileText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const decode = (encoding: string) => new TextDecoder(encoding).decode(bytes);
  if (first === 0xff && second === 0xfe) return decode('utf-16le');
  if (first === 0xfe && second === 0xff) return decode('utf-16be');
  // Without a mark: the first character of such a text is ASCII.
  if (bytes.length % 2 === 0 && first === 0 && second !== 0) return asText(decode('utf-16be'), bytes);
  if (bytes.length % 2 === 0 && first !== 0 && second === 0) return asText(decode('utf-16le'), bytes);
  return decode('utf-8');
}

/** DER may look like UTF-16 too. */
const asText = (text: string, bytes: Uint8Array) =>
  isAscii(Buffer.from(text.slice(0, 64))) ? text : new TextDecoder().decode(bytes);
