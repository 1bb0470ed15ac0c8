import {
  binary,
  described,
  list,
  map,
  nothing,
  symbol,
  text,
  uint,
  ushort,
  type Encoded,
} from '../localHub/support/amqpFrames';
import { oddTexts, type Random } from './random';

/** Deeper than any stack if it is decoded recursively. */
const maxNesting = 7_000;
const boundaries = [
  0, 1, 2, 127, 128, 255, 256, 0x7fff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** The same number in one of its encodings, or in one of another type. */
function number(random: Random): Encoded {
  const value = random.pick(boundaries);
  const low = value & 255;
  const wide = Buffer.alloc(8);
  wide.writeUInt32BE(value >>> 0, 4);
  if (random.chance(0.2)) wide.fill(0xff, 0, 4);
  const half = wide.subarray(4);
  return random.pick<Encoded>([
    uint(value),
    ushort(value & 0xffff),
    Buffer.from([0x43]),
    Buffer.from([0x44]),
    Buffer.from([0x52, low]),
    Buffer.from([0x53, low]),
    Buffer.from([0x50, low]),
    Buffer.from([0x51, low]),
    Buffer.from([0x54, low]),
    Buffer.from([0x55, low]),
    Buffer.from([0x61, low, low]),
    ...[0x71, 0x72, 0x73, 0x74].map((code) => Buffer.concat([Buffer.from([code]), half])),
    ...[0x80, 0x81, 0x82, 0x83, 0x84].map((code) => Buffer.concat([Buffer.from([code]), wide])),
    ...[0x94, 0x98].map((code) => Buffer.concat([Buffer.from([code]), wide, wide])),
  ]);
}

function shortForm(code: number, content: Buffer): Encoded {
  return Buffer.concat([Buffer.from([code, content.length & 255]), content]);
}

const words = [
  ...['$cbs', '$management', 'put-token', 'READ', 'operation', 'type', 'name', 'amqp:accepted:list'],
  ...['apache.org:selector-filter:string', "amqp.annotation.x-opt-offset > '-1'", 'com.microsoft:eventhub'],
];

function textual(random: Random): Encoded {
  const value = random.chance(0.5) ? random.pick(words) : random.pick(oddTexts);
  const bytes = Buffer.from(value);
  return random.pick<() => Encoded>([
    () => text(value),
    () => symbol(value),
    () => binary(bytes),
    () => shortForm(0xa1, bytes),
    () => shortForm(0xa3, bytes),
    () => shortForm(0xa0, bytes),
    () => shortForm(0xa1, hex('c3 28 ff')),
    () => text('y'.repeat(20_000)),
  ])();
}

function compound(random: Random, depth: number): Encoded {
  const items = Array.from({ length: random.below(6) }, () => randomValue(random, depth - 1));
  const content = Buffer.concat(items);
  const short = (code: number, count: number): Encoded =>
    Buffer.concat([Buffer.from([code, (content.length + 1) & 255, count & 255]), content]);
  return random.pick<() => Encoded>([
    () => list(...items),
    () => map(...items),
    () => map(...items, ...items),
    () => short(0xc0, items.length),
    () => short(0xc1, items.length),
    () => short(0xc0, items.length + random.below(3)),
    () => Buffer.from([0x45]),
    () =>
      described(
        random.below(256),
        randomValue(random, depth - 1),
        random.pick(['short', 'long', 'symbol']),
        'odd',
      ),
    () => Buffer.concat([Buffer.from([0]), randomValue(random, depth - 1), randomValue(random, depth - 1)]),
  ])();
}

function array(random: Random): Encoded {
  const count = random.pick([0, 1, 3, 1_000]);
  const [constructor, size] = random.pick<readonly [string, number]>([
    ['40', 0],
    ['41', 0],
    ['43', 0],
    ['70', 4],
    ['a1', 1],
    ['b1', 4],
    ['c0', 1],
    ['45', 0],
    ['f0', 4],
    ['00 53 24 45', 0],
    ['00 00 00 40', 0],
  ]);
  const content = Buffer.concat([hex(constructor), Buffer.alloc(count * size)]);
  const header = Buffer.alloc(9);
  header[0] = 0xf0;
  header.writeUInt32BE(content.length + 4, 1);
  // Elements without bytes make a small array of any length.
  header.writeUInt32BE(random.chance(0.3) ? random.pick(boundaries) : count, 5);
  return Buffer.concat([header, content]);
}

function nested(random: Random): Encoded {
  const depth = random.pick([50, 300, 3_000, maxNesting]);
  const lists = (code: number): Encoded => {
    const bytes = Buffer.alloc(9 * depth + 1, 0x45);
    for (let level = 0; level < depth; level++) {
      bytes[9 * level] = code;
      bytes.writeUInt32BE(9 * (depth - level - 1) + 1 + 4, 9 * level + 1);
      bytes.writeUInt32BE(1, 9 * level + 5);
    }
    return bytes;
  };
  return random.pick<() => Encoded>([
    () => lists(0xd0),
    () => lists(0xd1),
    () => lists(0xf0),
    () => Buffer.concat([...Array.from({ length: depth }, () => hex('00 53 24')), nothing]),
    () => Buffer.alloc(depth),
  ])();
}

/** Values that do not end where they say, and codes without a type. */
const broken = [
  ...[
    'a1 ff 61',
    'b1 ff ff ff ff',
    'd0 ff ff ff ff ff ff ff ff',
    'd0 00 00 00 00 00 00 00 00',
    'c0 00',
    'c0 0a ff',
  ],
  ...[
    'f0 00 00 00 05 ff ff ff ff 40',
    'e0 01 00',
    'd1 00 00 00 04 00 00 00 01',
    '0f',
    '3f',
    'ff',
    '56 02',
    '00',
    '',
  ],
].map(hex);

/** Any value of any type, valid or not. */
export function randomValue(random: Random, depth = 3): Encoded {
  const kind = random.below(depth > 0 ? 20 : 12);
  if (kind < 2) return random.pick([nothing, Buffer.from([0x41]), Buffer.from([0x42]), hex('56 01')]);
  if (kind < 6) return number(random);
  if (kind < 10) return textual(random);
  if (kind < 11) return random.pick(broken);
  if (kind < 12) return array(random);
  if (kind < 19) return compound(random, depth);
  return nested(random);
}
