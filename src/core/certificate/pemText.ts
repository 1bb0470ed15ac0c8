import { isAscii } from 'node:buffer';

/** Text of a file in UTF-8 or UTF-16, with or without a byte order mark, as editors and PowerShell write it. */
export function decodeText(bytes: Uint8Array): string {
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

/**
 * Text of a PEM file as every tool reads it: without indentation and quotation marks, and with line ends of Unix. Line
 * ends may be those of any system, or `\n` as in JSON and environment variables.
 */
export function pemText(content: Uint8Array | string): string {
  const text = typeof content === 'string' ? content : decodeText(content);
  if (!text.includes(begin)) return text;
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n?|\\r\\n|\\n/g, '\n');
  return lines.split('\n').map(strip).join('\n');
}

/** Without indentation, and the signs of quotations around it. */
function strip(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && ' \t>"\''.includes(line.charAt(start))) start++;
  while (end > start && ' \t"\',;'.includes(line.charAt(end - 1))) end--;
  return line.slice(start, end);
}

export const begin = '-----BEGIN ';

export interface PemBlock {
  /** `CERTIFICATE` */
  readonly label: string;
  /** With its first and last line. */
  readonly text: string;
}

/** The blocks of a text that {@link pemText} returned. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [block, label = ''] of text.matchAll(/-----BEGIN ([^\n-]+)-----[^]*?-----END \1-----/g)) {
    blocks.push({ label, text: block });
  }
  return blocks;
}

/** Content of a block without headers. */
export const derOf = ({ text }: PemBlock): Buffer =>
  Buffer.from(text.replace(/-----[^\n-]+-----/g, ''), 'base64');
