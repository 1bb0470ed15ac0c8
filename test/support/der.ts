/** Writes DER, including DER that is not valid. */

/** One value: its identifier byte, its length, and its contents. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x1_0000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => tlv(0x30, ...contents);
export const set = (...contents: readonly Uint8Array[]): Buffer => tlv(0x31, ...contents);
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.of(value ? 0xff : 0));
export const octets = (...contents: readonly Uint8Array[]): Buffer => tlv(0x04, ...contents);
/** Context-specific and primitive. */
export const implicit = (number: number, ...contents: readonly Uint8Array[]): Buffer =>
  tlv(0x80 | number, ...contents);
/** Context-specific and constructed. */
export const explicit = (number: number, ...contents: readonly Uint8Array[]): Buffer =>
  tlv(0xa0 | number, ...contents);
/** Bits of whole bytes. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.of(unused), bytes);
export const text = (tag: number, value: string): Buffer => tlv(tag, Buffer.from(value, 'latin1'));
export const utf8 = (value: string): Buffer => tlv(0x0c, Buffer.from(value));
export const ia5 = (value: string): Buffer => text(0x16, value);

/** A number below 2^31, or the bytes of an integer. */
export function integer(value: number | Uint8Array): Buffer {
  if (typeof value !== 'number') return tlv(0x02, value);
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest >>= 8) bytes.unshift(rest & 0xff);
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return tlv(0x02, Buffer.from(bytes));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      groups.unshift((rest & 0x7f) | 0x80);
    }
    return groups;
  });
  return tlv(0x06, Buffer.from(bytes));
}
