import { hash as hashOnce } from 'node:crypto';

/**
 * Hashes a digest again and again: H(H(…)), which the key derivation of PKCS#12 does up to a million times. Node has no
 * native function for it, and calling one for each round takes three times as long as the rounds themselves. One digest of
 * SHA-1 or SHA-256 with its padding is one block, so these are computed here (FIPS 180-4).
 */
export function iterateHash(name: string, digest: Buffer, rounds: number): Buffer {
  if (name === 'sha1') return iterate(digest, rounds, 80, sha1Values, sha1Block);
  if (name === 'sha256') return iterate(digest, rounds, 64, sha256Values, sha256Block);
  let result = digest;
  for (let round = 0; round < rounds; round++) result = hashOnce(name, result, 'buffer');
  return result;
}

type Block = (words: Int32Array, state: Int32Array) => void;

function iterate(
  digest: Buffer,
  rounds: number,
  wordCount: number,
  initial: readonly number[],
  block: Block,
): Buffer {
  const words = new Int32Array(wordCount);
  const start = Int32Array.from(initial);
  const state = new Int32Array(start.length);
  for (let at = 0; at < state.length; at++) state[at] = digest.readInt32BE(at * 4);
  for (let round = 0; round < rounds; round++) {
    words.set(state);
    words.fill(0, state.length, 15);
    words[state.length] = 1 << 31;
    words[15] = state.length * 32;
    state.set(start);
    block(words, state);
  }
  const result = Buffer.alloc(state.length * 4);
  state.forEach((word, at) => result.writeInt32BE(word, at * 4));
  return result;
}

const word = (words: Int32Array, at: number): number => words[at] ?? 0;

const sha1Values = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

const sha1Block: Block = (words, state) => {
  for (let at = 16; at < 80; at++) {
    const mixed = word(words, at - 3) ^ word(words, at - 8) ^ word(words, at - 14) ^ word(words, at - 16);
    words[at] = (mixed << 1) | (mixed >>> 31);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  for (let at = 0; at < 80; at++) {
    const mixed =
      at < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : at < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : at < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + word(words, at)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
};

const primes = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) =>
    n > 1 && Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, i) => i + 2).every((i) => n % i !== 0),
);
/** The first 32 bits of the fraction. */
const fraction = (value: number) => ((value - Math.floor(value)) * 2 ** 32) | 0;
const sha256Values = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));

const sha256Block: Block = (words, state) => {
  for (let at = 16; at < 64; at++) {
    const x = word(words, at - 15);
    const y = word(words, at - 2);
    const first = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const second = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[at] = (word(words, at - 16) + first + word(words, at - 7) + second) | 0;
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let at = 0; at < 64; at++) {
    const first = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + first + ((e & f) ^ (~e & g)) + word(constants, at) + word(words, at)) | 0;
    const second = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = second + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
};
