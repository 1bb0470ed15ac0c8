import { MalformedError } from './malformed';
import { has, readValue, typeCodes, ValueReader, type TypedValue } from './typedValues';

export type PerformativeName =
  'open' | 'begin' | 'attach' | 'flow' | 'transfer' | 'disposition' | 'detach' | 'end' | 'close';

/** A frame whose fields have the types of the specification. */
export interface CheckedFrame {
  readonly channel: number;
  readonly name: PerformativeName;
  /** Values of the fields by their position; `undefined` for null. */
  readonly fields: readonly unknown[];
  /** Bytes after the performative. */
  readonly payloadSize: number;
}

type Kind = Exclude<keyof typeof typeCodes, 'null' | 'list' | 'array'> | 'symbols' | 'any' | 'composite';

interface Field {
  readonly kind: Kind;
  readonly isMandatory?: true;
  /** Descriptors of a composite field, and its fields. */
  readonly composites?: Readonly<Record<number, Composite>>;
}

interface Composite {
  readonly name: string;
  readonly fields: readonly Field[];
}

const optional = (kind: Kind): Field => ({ kind });
const mandatory = (kind: Kind): Field => ({ kind, isMandatory: true });
const composite = (composites: Readonly<Record<number, Composite>>): Field => ({
  kind: 'composite',
  composites,
});
const repeated = (count: number, field: Field): Field[] => Array.from({ length: count }, () => field);

const [boolean, ubyte, ushort, uint, ulong, binary, string, symbol, symbols, map, any] = (
  [
    'boolean',
    'ubyte',
    'ushort',
    'uint',
    'ulong',
    'binary',
    'string',
    'symbol',
    'symbols',
    'map',
    'any',
  ] as const
).map(optional) as [Field, Field, Field, Field, Field, Field, Field, Field, Field, Field, Field];

/** AMQP 1.0 part 2.8.14. */
const error = composite({ 0x1d: { name: 'error', fields: [mandatory('symbol'), string, map] } });

/** Part 3.4, and the outcomes of part 4. */
const deliveryState = composite({
  0x23: { name: 'received', fields: [uint, ulong] },
  0x24: { name: 'accepted', fields: [] },
  0x25: { name: 'rejected', fields: [error] },
  0x26: { name: 'released', fields: [] },
  0x27: { name: 'modified', fields: [boolean, boolean, map] },
  0x33: { name: 'declared', fields: [mandatory('binary')] },
  0x34: { name: 'transactional-state', fields: [mandatory('binary'), any] },
});

/** Address, durable, expiry policy, timeout, dynamic, properties of a dynamic node. */
const terminus = [string, uint, symbol, uint, boolean, map];

/** Part 3.5.3. */
const source = composite({
  0x28: { name: 'source', fields: [...terminus, symbol, map, deliveryState, symbols, symbols] },
});

/** Parts 3.5.4 and 4.5.1. */
const target = composite({
  0x29: { name: 'target', fields: [...terminus, symbols] },
  0x30: { name: 'coordinator', fields: [symbols] },
});

/**
 * The performatives of AMQP.
 * @see https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html#section-performatives
 */
const performatives: Readonly<Record<number, Composite & { readonly name: PerformativeName }>> = {
  0x10: {
    name: 'open',
    fields: [mandatory('string'), string, uint, ushort, uint, ...repeated(4, symbols), map],
  },
  0x11: { name: 'begin', fields: [ushort, ...repeated(3, mandatory('uint')), uint, symbols, symbols, map] },
  0x12: {
    name: 'attach',
    fields: [
      mandatory('string'),
      mandatory('uint'),
      mandatory('boolean'),
      ubyte,
      ubyte,
      source,
      target,
      map,
      boolean,
      uint,
      ulong,
      symbols,
      symbols,
      map,
    ],
  },
  0x13: {
    name: 'flow',
    fields: [uint, ...repeated(3, mandatory('uint')), ...repeated(4, uint), boolean, boolean, map],
  },
  0x14: {
    name: 'transfer',
    fields: [
      mandatory('uint'),
      uint,
      binary,
      uint,
      boolean,
      boolean,
      ubyte,
      deliveryState,
      boolean,
      boolean,
      boolean,
    ],
  },
  0x15: {
    name: 'disposition',
    fields: [mandatory('boolean'), mandatory('uint'), uint, boolean, deliveryState, boolean],
  },
  0x16: { name: 'detach', fields: [mandatory('uint'), boolean, error] },
  0x17: { name: 'end', fields: [error] },
  0x18: { name: 'close', fields: [error] },
};

/** Part 5.3.3: the frames that a client sends. */
const saslPerformatives: Readonly<Record<number, Composite>> = {
  0x41: { name: 'sasl-init', fields: [mandatory('symbol'), binary, string] },
  0x43: { name: 'sasl-response', fields: [mandatory('binary')] },
};

/** Positions of the fields that the connection follows. */
export const fieldOf = {
  open: { channelMax: 3 },
  begin: { remoteChannel: 0, handleMax: 4 },
  attach: { name: 0, handle: 1, role: 2 },
  flow: { handle: 4 },
  transfer: { handle: 0, deliveryId: 1, deliveryTag: 2, more: 5, aborted: 9 },
  detach: { handle: 0 },
} as const;

/** The number of a descriptor, which may also be a symbol (`amqp:begin:list`). */
function codeOf(descriptor: TypedValue | undefined, table: Readonly<Record<number, Composite>>): number {
  if (!descriptor) throw new MalformedError('a value has no descriptor');
  const { value } = descriptor;
  const isNamed = ([, { name }]: [string, Composite]): boolean => value === `amqp:${name}:list`;
  const code = has('symbol', descriptor)
    ? Number(Object.entries(table).find(isNamed)?.[0])
    : has('ulong', descriptor) && typeof value === 'number'
      ? value
      : NaN;
  if (!Object.hasOwn(table, code)) throw new MalformedError('a descriptor is not one of the specification');
  return code;
}

function checkField(given: TypedValue, field: Field, label: string): void {
  const { kind } = field;
  if (kind === 'any') return;
  if (kind === 'composite') {
    if (field.composites) checkComposite(given, field.composites);
    return;
  }
  if (given.descriptor) throw new MalformedError(`${label} has a descriptor`);
  const fits =
    kind === 'symbols'
      ? has('symbol', given) ||
        (has('array', given) &&
          (typeCodes.symbol as readonly number[]).includes(given.array_constructor?.typecode ?? 0))
      : has(kind, given);
  if (!fits) throw new MalformedError(`${label} is ${given.type.name}, not ${kind}`);
  if (kind === 'map' && Array.isArray(given.value) && given.value.length % 2 !== 0) {
    throw new MalformedError(`${label} has a key without a value`);
  }
}

function checkComposite(
  given: TypedValue,
  table: Readonly<Record<number, Composite>>,
): { readonly composite: Composite; readonly values: readonly TypedValue[] } {
  const found = table[codeOf(given.descriptor, table)];
  if (found?.name === 'coordinator') {
    // rhea writes the target to the console.
    throw new MalformedError('transactions are not supported', 'amqp:not-implemented');
  }
  if (!found || !has('list', given)) throw new MalformedError(`${found?.name ?? 'a value'} is not a list`);
  const values = given.value as readonly TypedValue[];
  if (values.length > found.fields.length) throw new MalformedError(`${found.name} has too many fields`);
  found.fields.forEach((field, at) => {
    const value = values[at];
    if (value && !has('null', value)) checkField(value, field, `field ${at + 1} of ${found.name}`);
    else if (field.isMandatory) throw new MalformedError(`${found.name} lacks its field ${at + 1}`);
  });
  return { composite: found, values };
}

/** Reads the value at the beginning of a frame's body. */
function readBody(frame: Buffer): { readonly value: TypedValue; readonly payloadSize: number } | undefined {
  const start = (frame[4] ?? 0) * 4;
  if (start < 8 || start > frame.length) throw new MalformedError('the data offset of a frame is not valid');
  if (start === frame.length) return undefined;
  const body = frame.subarray(start);
  const reader = new ValueReader(body);
  const value = readValue(reader, 'a frame');
  if (reader.position > body.length) throw new MalformedError('a value exceeds its frame');
  return { value, payloadSize: body.length - reader.position };
}

/**
 * Decodes an AMQP frame and checks the types of its fields; rhea does not, and fails on some only later.
 * @returns undefined for an empty frame, which only keeps the connection alive
 * @throws MalformedError
 */
export function checkFrame(frame: Buffer): CheckedFrame | undefined {
  if (frame[5] !== 0) throw new MalformedError('the type of a frame is not AMQP');
  const body = readBody(frame);
  if (!body) return undefined;
  const { composite: found, values } = checkComposite(body.value, performatives);
  const name = found.name as PerformativeName;
  if (body.payloadSize > 0 && name !== 'transfer') throw new MalformedError(`${name} is followed by data`);
  return {
    channel: frame.readUInt16BE(6),
    name,
    fields: values.map((value) => (has('null', value) ? undefined : value.value)),
    payloadSize: body.payloadSize,
  };
}

/** @throws MalformedError */
export function checkSaslFrame(frame: Buffer): void {
  if (frame[5] !== 1) throw new MalformedError('the type of a frame is not SASL');
  const body = readBody(frame);
  if (!body) throw new MalformedError('a SASL frame is empty');
  checkComposite(body.value, saslPerformatives);
  if (body.payloadSize > 0) throw new MalformedError('a SASL frame is followed by data');
}
