/** Generates numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The generator mulberry32: small, fast and deterministic, but not suitable for secrets. */
export function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a with a final mix, so that similar texts have very different hashes. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** An integer from `min` to `max`, inclusive; 96 random bits keep the bias of large ranges negligible. */
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

/** A version 4 UUID from the generator, for reproducible runs. */
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

/** Rounds to decimals; -0 becomes 0. */
export function roundTo(value: number, digits: number): number {
  // toFixed uses exponents for such numbers, which have no decimals.
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value;
  return Number(value.toFixed(digits)) + 0;
}
