import fs from 'node:fs';

/** @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const headerBytes = 32;
const frameHeaderBytes = 24;
const littleEndianMagic = 0x377f0682;
const bigEndianMagic = 0x377f0683;
/** A longer one is the result of a load that the hub cannot have; it is not examined. */
const maxBytes = 256 * 1024 * 1024;

/**
 * Why SQLite would lose committed data of a write-ahead log without an error: it ignores everything after the first
 * damaged frame. A last frame that was not completed is the normal result of a process that was killed.
 */
export function logDamage(file: string): string | undefined {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < headerBytes || size > maxBytes) return undefined;
  const bytes = fs.readFileSync(file);
  const magic = bytes.readUInt32BE(0);
  if (magic !== littleEndianMagic && magic !== bigEndianMagic) return 'it is not a write-ahead log';
  const add = checksum(magic === bigEndianMagic);
  let sums = add([0, 0], bytes, 0, 24);
  if (!hasSums(bytes, 24, sums)) return 'its header is damaged';
  const pageBytes = bytes.readUInt32BE(8);
  const frameBytes = frameHeaderBytes + pageBytes;
  const salts = bytes.subarray(16, 24);
  let damaged: number | undefined;
  for (let start = headerBytes; start + frameBytes <= size; start += frameBytes) {
    // The rest is left from before the log was restarted.
    if (!bytes.subarray(start + 8, start + 16).equals(salts)) {
      if (damaged === undefined) damaged = start;
      continue;
    }
    if (damaged !== undefined) return `it is damaged at byte ${damaged}`;
    const next = add(add(sums, bytes, start, 8), bytes, start + frameHeaderBytes, pageBytes);
    if (hasSums(bytes, start + 16, next)) sums = next;
    else damaged = start;
  }
  return undefined;
}

type Sums = readonly [number, number];

const hasSums = (bytes: Buffer, position: number, [first, second]: Sums): boolean =>
  bytes.readUInt32BE(position) === first && bytes.readUInt32BE(position + 4) === second;

/** Fibonacci-weighted checksum of pairs of words. */
const checksum =
  (isBigEndian: boolean) =>
  ([first, second]: Sums, bytes: Buffer, start: number, length: number): Sums => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
    let [a, b] = [first, second];
    for (let at = 0; at + 8 <= length; at += 8) {
      a = (a + view.getUint32(at, !isBigEndian) + b) >>> 0;
      b = (b + view.getUint32(at + 4, !isBigEndian) + a) >>> 0;
    }
    return [a, b];
  };
