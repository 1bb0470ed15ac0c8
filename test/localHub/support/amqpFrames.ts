// AMQP 1.0 frames made by hand, for what no client library sends.

export const amqpHeader = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

/** An encoded value. */
export type Encoded = Buffer;

const withCode = (code: number, ...parts: (number | Buffer)[]): Encoded =>
  Buffer.concat([
    Buffer.from([code]),
    ...parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)),
  ]);
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const nothing: Encoded = withCode(0x40);
export const yes: Encoded = withCode(0x41);
export const no: Encoded = withCode(0x42);
export const uint = (value: number): Encoded => withCode(0x70, uint32(value));
export const ushort = (value: number): Encoded => withCode(0x60, value >> 8, value & 255);
export const text = (value: string): Encoded =>
  withCode(0xb1, uint32(Buffer.byteLength(value)), Buffer.from(value));
export const symbol = (value: string): Encoded =>
  withCode(0xb3, uint32(value.length), Buffer.from(value, 'latin1'));
export const binary = (value: Buffer): Encoded => withCode(0xb0, uint32(value.length), value);

function compound(code: number, items: readonly Encoded[]): Encoded {
  const content = Buffer.concat(items);
  return withCode(code, uint32(content.length + 4), uint32(items.length), content);
}
export const list = (...items: Encoded[]): Encoded => compound(0xd0, items);
export const map = (...items: Encoded[]): Encoded => compound(0xd1, items);

/** Three forms of the same descriptor. */
export type DescriptorForm = 'short' | 'long' | 'symbol';

export function described(code: number, value: Encoded, form: DescriptorForm = 'short', name = ''): Encoded {
  const descriptor = {
    short: () => withCode(0x53, code),
    long: () => withCode(0x80, uint32(0), uint32(code)),
    symbol: () => symbol(`amqp:${name}:list`),
  }[form]();
  return withCode(0x00, descriptor, value);
}

export function frame(channel: number, performative: Encoded, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, 0, channel >> 8, channel & 255]);
  header.writeUInt32BE(8 + performative.length + payload.length);
  return Buffer.concat([header, performative, payload]);
}

export const open = (idleTimeoutMs?: number): Buffer =>
  frame(
    0,
    described(
      0x10,
      list(
        text('raw'),
        text('localhost'),
        uint(65_536),
        ushort(100),
        idleTimeoutMs === undefined ? nothing : uint(idleTimeoutMs),
      ),
    ),
  );
export const begin = (channel = 0, window = 2048): Buffer =>
  frame(channel, described(0x11, list(nothing, uint(0), uint(window), uint(2048))));

/** A link to `address` that the client sends on, or receives on. */
export const attach = (handle: number, name: string, address: string, isReceiver = false): Buffer =>
  frame(
    0,
    described(
      0x12,
      list(
        text(name),
        uint(handle),
        isReceiver ? yes : no,
        nothing,
        nothing,
        described(0x28, list(text(address))),
        described(0x29, list(text(address))),
        nothing,
        nothing,
        uint(0),
      ),
    ),
  );

export const flow = (handle: number, credit: number, window = 2048): Buffer =>
  frame(
    0,
    described(0x13, list(uint(0), uint(window), uint(0), uint(2048), uint(handle), uint(0), uint(credit))),
  );

export interface Transfer {
  readonly handle: number;
  readonly id?: number;
  readonly more?: boolean;
  readonly form?: DescriptorForm;
  readonly payload?: Buffer;
}

export const transfer = ({ handle, id, more = false, form = 'short', payload }: Transfer): Buffer =>
  frame(
    0,
    described(
      0x14,
      list(
        uint(handle),
        id === undefined ? nothing : uint(id),
        id === undefined ? nothing : binary(uint32(id)),
        uint(0),
        no,
        more ? yes : no,
      ),
      form,
      'transfer',
    ),
    payload,
  );

/** A message with an AMQP value. */
export const message = (value: string): Buffer => described(0x77, text(value));

/** A request with a message ID and application properties. */
export const request = (id: string, properties: Readonly<Record<string, string>>, value: string): Buffer =>
  Buffer.concat([
    described(0x73, list(text(id))),
    described(0x74, map(...Object.entries(properties).flatMap(([key, entry]) => [text(key), text(entry)]))),
    message(value),
  ]);

/** A frame of the hub: its performative's code and the number of its fields. */
export interface ReceivedFrame {
  readonly code: number;
  readonly fieldCount: number;
  readonly bytes: Buffer;
}

/** Splits what the hub sent after its header. */
export function framesOf(bytes: Buffer): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  for (let at = 8; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) break;
    const body = bytes.subarray(at + (bytes[at + 4] ?? 2) * 4, at + size);
    if (body.length > 3) {
      const count = body[3] === 0xc0 ? body[5] : body[3] === 0xd0 ? body.readUInt32BE(8) : 0;
      frames.push({ code: body[2] ?? 0, fieldCount: count ?? 0, bytes: body });
    }
    at += size;
  }
  return frames;
}
