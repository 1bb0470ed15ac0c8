import { decodeFileText } from '../base/decodeFileText';

/**
 * Text of a PEM file as every tool reads it: without indentation and quotation marks, and with line ends of Unix. Line
 * ends may be those of any system, or `\n` as in JSON and environment variables.
 */
export function pemText(content: Uint8Array | string): string {
  const text = typeof content === 'string' ? content : decodeFileText(content);
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
