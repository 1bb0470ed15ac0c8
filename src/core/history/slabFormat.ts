import { Buffer } from 'node:buffer';

/**
 * A slab is four columns, as like compresses best beside like: heads, texts of system properties, texts of application
 * properties, and bodies. A head is a byte that says what it is, and below {@link definition} it is a message: the byte
 * is the sum of {@link field}s that are there, then come the lengths of its two texts and of its body, and how many bytes
 * follow: number of the partition · sequence number · time · numbers of device, module, source, content type and content
 * encoding. A number is a varint; sequence number and time are zigzag distances from the message before, of the same
 * partition for the sequence number, or doubles. Strings have the numbers of their definitions.
 */
export interface Columns {
  readonly heads: Buffer;
  readonly system: Buffer;
  readonly application: Buffer;
  readonly bodies: Buffer;
}

export const field = {
  device: 1,
  module: 2,
  source: 4,
  contentType: 8,
  contentEncoding: 16,
  sequenceAsDouble: 32,
  timeAsDouble: 64,
} as const;

/** Then come its length in 4 bytes (little endian, with the 5 before the text), and a string as JSON; the first has number 0. */
export const definition = 128;
export const definitionHeadBytes = 5;

const lengthsBytes = 12;

/** The columns behind one another, with the lengths of the first three before them. */
export function joined({ heads, system, application, bodies }: Columns): Buffer {
  const lengths = Buffer.alloc(lengthsBytes);
  [heads, system, application].forEach(({ length }, place) => lengths.writeUInt32LE(length, place * 4));
  return Buffer.concat([lengths, heads, system, application, bodies]);
}

/** Undoes {@link joined}, without a copy. */
export function columnsOf(bytes: Uint8Array): Columns {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = lengthsBytes;
  const next = (place: number) => all.subarray(at, (at += all.readUInt32LE(place * 4)));
  return { heads: next(0), system: next(1), application: next(2), bodies: all.subarray(at) };
}
