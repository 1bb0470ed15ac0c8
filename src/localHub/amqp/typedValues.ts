import rhea from 'rhea';
import { MalformedError } from './malformed';

/** A decoded value with its AMQP type, as rhea's reader returns it. */
export interface TypedValue {
  readonly type: { readonly name: string; readonly typecode: number };
  readonly value: unknown;
  readonly descriptor?: TypedValue;
  readonly array_constructor?: { readonly typecode: number; readonly descriptor?: unknown };
}

/** The codes of each type (AMQP 1.6). */
export const typeCodes = {
  boolean: [0x56, 0x41, 0x42],
  ubyte: [0x50],
  ushort: [0x60],
  uint: [0x70, 0x52, 0x43],
  ulong: [0x80, 0x53, 0x44],
  binary: [0xa0, 0xb0],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  map: [0xc1, 0xd1],
  list: [0x45, 0xc0, 0xd0],
  array: [0xe0, 0xf0],
  null: [0x40],
} as const;

/** Whether the value is of the type. */
export const has = (kind: keyof typeof typeCodes, value: TypedValue): boolean =>
  (typeCodes[kind] as readonly number[]).includes(value.type.typecode);

interface Reader {
  readonly position: number;
  read(): TypedValue;
}

/** rhea's reader. */
export const { Reader: ValueReader } = rhea.types as unknown as { Reader: new (buffer: Buffer) => Reader };

/** @param where what the value is part of, for the error @throws MalformedError */
export function readValue(reader: Reader, where: string): TypedValue {
  try {
    return reader.read();
  } catch (cause) {
    throw new MalformedError(`${where} cannot be decoded: ${cause instanceof Error ? cause.message : ''}`);
  }
}
