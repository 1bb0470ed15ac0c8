/** Bytes that are not the DER that is expected there. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

/** Identifier bytes of the universal types that certificates contain. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0;

/** One value: its identifier byte, its contents, and both with the length in between. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly encoded: Uint8Array;
}

/** Reads values one after another. Lengths that are longer than necessary are accepted, indefinite ones are not. */
export class DerReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** @throws DerError */
  next(expected?: number): DerElement {
    const start = this.at;
    const tag = this.byte();
    if (expected !== undefined && tag !== expected) {
      throw new DerError(`a value has the tag ${tag} instead of ${expected}`);
    }
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag has more than one byte');
    const length = this.length();
    if (length > this.bytes.length - this.at) throw new DerError('a value is longer than its container');
    const content = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return { tag, content, encoded: this.bytes.subarray(start, this.at) };
  }

  /** The next value if it has this tag. @throws DerError */
  optional(tag: number): DerElement | undefined {
    return this.bytes[this.at] === tag ? this.next() : undefined;
  }

  /** @throws DerError if bytes are left */
  end(): void {
    if (!this.isAtEnd) throw new DerError('there are bytes after the last value');
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new DerError('the bytes end within a value');
    return byte;
  }

  private length(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('a length is indefinite or too large');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.byte();
    return length;
  }
}

/** The only value in `bytes`. @throws DerError */
export function readOnly(bytes: Uint8Array, tag?: number): DerElement {
  const reader = new DerReader(bytes);
  const element = reader.next(tag);
  reader.end();
  return element;
}

/** The values in a SEQUENCE or SET. @throws DerError */
export function readAll({ content }: DerElement): readonly DerElement[] {
  const reader = new DerReader(content);
  const elements: DerElement[] = [];
  while (!reader.isAtEnd) elements.push(reader.next());
  return elements;
}

const maxDepth = 32;

/** Reads a value and everything in it. @throws DerError */
export function checkWellFormed(bytes: Uint8Array, depth = 0): void {
  if (depth > maxDepth) throw new DerError('values are nested too deeply');
  const reader = new DerReader(bytes);
  do {
    const { tag, content } = reader.next();
    if (isConstructed(tag) && content.length > 0) checkWellFormed(content, depth + 1);
  } while (!reader.isAtEnd && depth > 0);
  reader.end();
}

/** @throws DerError */
export function toObjectIdentifier({ tag, content }: DerElement): string {
  if (tag !== tags.objectIdentifier) throw new DerError('a value is not an object identifier');
  if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80) {
    throw new DerError('an object identifier is incomplete');
  }
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    } else if (arc >> 128n) {
      throw new DerError('an object identifier is too large');
    }
  }
  const [first = 0n, ...others] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

/** @throws DerError */
export function toBoolean({ tag, content }: DerElement): boolean {
  if (tag !== tags.boolean || content.length !== 1) throw new DerError('a value is not a Boolean');
  return content[0] !== 0;
}

/** The contents of an INTEGER as signed hexadecimal without superfluous bytes. @throws DerError */
export function toIntegerHex(content: Uint8Array): string {
  if (content.length === 0) throw new DerError('an integer is empty');
  const isNegative = (content[0] ?? 0) >= 0x80;
  let start = 0;
  while (start < content.length - 1) {
    const isSuperfluous = isNegative
      ? content[start] === 0xff && (content[start + 1] ?? 0) >= 0x80
      : content[start] === 0 && (content[start + 1] ?? 0) < 0x80;
    if (!isSuperfluous) break;
    start += 1;
  }
  return toHex(content.subarray(start));
}

/** A number that is not negative; larger ones than 2^32 count as that. @throws DerError */
export function toCount(content: Uint8Array): number {
  const hex = toIntegerHex(content);
  if (/^[89a-f]/.test(hex)) throw new DerError('a number is negative');
  return hex.length > 8 ? 2 ** 32 : parseInt(hex, 16);
}

export const toHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
