import { Buffer } from 'node:buffer';

/**
 * A slab has four columns, since similar data compresses best together: heads, texts of system properties, texts of
 * application properties, and bodies. The first byte of a head is its type. Below {@link definition} it is a message:
 * the byte is the sum of its {@link field}s, followed by the lengths of its two texts and its body, the number of the
 * remaining bytes, and: partition · sequence number · time · device, module, source, content type and content encoding.
 * Numbers are varints; sequence number and time are zigzag differences from the previous message (of the same partition
 * for the sequence number), or doubles. Strings are the numbers of their definitions.
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

/** Followed by its length in 4 bytes (little endian, including the 5 bytes before the text), and a string as JSON; the first has number 0. */
export const definition = 128;
export const definitionHeadBytes = 5;

const lengthsBytes = 12;

/** The columns one after another, preceded by the lengths of the first three. */
export function joined({ heads, system, application, bodies }: Columns): Buffer {
  const lengths = Buffer.alloc(lengthsBytes);
  [heads, system, application].forEach(({ length }, index) => lengths.writeUInt32LE(length, index * 4));
  return Buffer.concat([lengths, heads, system, application, bodies]);
}

/** Reverses {@link joined}, without a copy. */
export function columnsOf(bytes: Uint8Array): Columns {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = lengthsBytes;
  const next = (index: number) => all.subarray(at, (at += all.readUInt32LE(index * 4)));
  return { heads: next(0), system: next(1), application: next(2), bodies: all.subarray(at) };
}
