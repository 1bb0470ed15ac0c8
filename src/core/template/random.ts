/** A stream of numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** The generator mulberry32: small, fast and the same everywhere, but nothing for secrets. */
export function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a with a final mix, so that "dev-1" and "dev-2" start far apart. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** An integer from `min` to `max`, both included; 96 random bits keep the bias of big ranges invisible. */
export function randomBetween(min: bigint, max: bigint, random: Random): bigint {
  const count = max - min + 1n;
  if (count <= 0xffff_ffffn) return min + BigInt(Math.floor(random() * Number(count)));
  let bits = 0n;
  for (let draw = 0; draw < 3; draw++) bits = (bits << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  return min + (bits % count);
}

/** Lowercase hexadecimal digits of this many random bytes. */
export function randomHex(bytes: number, random: Random): string {
  let digits = '';
  for (let index = 0; index < bytes; index++) {
    digits += Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  }
  return digits;
}

/** A UUID of version 4 out of the stream, for runs that have to repeat. */
export function randomUuidFrom(random: Random): string {
  const hex = randomHex(16, random);
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

/** Rounds to decimals; -0 becomes 0, since nobody wants to read "-0". */
export function roundTo(value: number, digits: number): number {
  // toFixed switches to exponents there, and such a number has no decimals to round.
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value;
  return Number(value.toFixed(digits)) + 0;
}
