import { createHash } from 'node:crypto';

/** A pseudo-random generator (mulberry32): the same seed gives the same sequence. */
export class Random {
  private state: number;

  /** @param parts identify the sequence, such as seed, protocol and index */
  constructor(...parts: readonly (string | number)[]) {
    this.state = createHash('sha256').update(parts.join(' ')).digest().readUInt32BE();
  }

  /** From 0 to 1, which is excluded. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to `limit`, which is excluded. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** A copy with a few bytes changed, removed or inserted. */
  corrupt(bytes: Buffer): Buffer {
    let result = Buffer.from(bytes);
    for (let times = 1 + this.below(3); times > 0 && result.length > 0; times--) {
      const at = this.below(result.length);
      const kind = this.below(4);
      if (kind === 0) result[at] = this.below(256);
      else if (kind === 1) result[at] = (result[at] ?? 0) ^ (1 << this.below(8));
      else if (kind === 2)
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + this.below(8))]);
      else
        result = Buffer.concat([result.subarray(0, at), this.bytes(1 + this.below(4)), result.subarray(at)]);
    }
    return result;
  }

  /** Bytes that are not TLS, or the beginning of a handshake with errors. */
  tlsGarbage(): Buffer {
    return this.chance(0.5) ? this.bytes(1 + this.below(300)) : this.corrupt(clientHello);
  }

  /** The bytes in pieces: one for all, one for each element, or pieces that end anywhere. */
  split(parts: readonly Buffer[]): Buffer[] {
    const kind = this.below(3);
    if (kind === 0) return [...parts];
    const all = Buffer.concat(parts);
    if (kind === 1) return [all];
    const pieces: Buffer[] = [];
    for (let at = 0; at < all.length;) {
      const length = 1 + this.below(this.chance(0.3) ? 5 : 300);
      pieces.push(all.subarray(at, at + length));
      at += length;
      // Hundreds of pieces take long and show no more.
      if (pieces.length >= 40) {
        pieces.push(all.subarray(at));
        break;
      }
    }
    return pieces;
  }
}

/** A ClientHello of TLS 1.2 with one cipher suite and without extensions. */
const clientHello = Buffer.from(`160301002d010000290303${'5a'.repeat(32)}000002c02f0100`, 'hex');

/** Texts that are special for a parser, a log or an object. */
export const oddTexts: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'toString',
  '\0',
  'a\r\nb',
  '\u001b[31m',
  '%',
  '%00',
  '%ff',
  '../..',
  '/',
  '#',
  '+',
  '$',
  "'",
  '"',
  '=&=',
  '\u{1f600}',
  '\u202e',
  'x'.repeat(300),
  '-1',
  'NaN',
  '1e999',
];
