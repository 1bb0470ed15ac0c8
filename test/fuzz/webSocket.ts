import { amqpParts } from './amqp';
import type { Credentials, Input } from './input';
import { healthyMqtt, mqttParts } from './mqtt';
import { Random } from './random';

type SubProtocol = 'mqtt' | 'AMQPWSB10';

function handshake(random: Random, protocol: SubProtocol): Buffer {
  const odd = <T>(usual: T, ...others: T[]): T => (random.chance(0.03) ? random.pick(others) : usual);
  const path = odd(
    protocol === 'mqtt'
      ? '/$iothub/websocket'
      : random.pick(['/$servicebus/websocket', '/$iothub/websocket/']),
    ...['/', '/%24iothub/websocket?x=y', '/$iothub/WebSocket', '/%', '/devices', '//'],
  );
  const headers = [
    odd('Host: localhost', 'Host: example.com', 'X: y'),
    odd('Upgrade: websocket', 'Upgrade: h2c', 'Upgrade: WebSocket, x', 'X: y'),
    odd('Connection: Upgrade', 'Connection: close', 'Connection: keep-alive, Upgrade'),
    odd('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 8', 'Sec-WebSocket-Version: x', 'X: y'),
    odd(`Sec-WebSocket-Key: ${random.bytes(16).toString('base64')}`, 'Sec-WebSocket-Key: x', 'X: y'),
    odd(`Sec-WebSocket-Protocol: ${protocol}`, ...oddProtocols),
    ...odd<string[]>(
      [],
      ['Sec-WebSocket-Extensions: permessage-deflate; x="'],
      ['Origin: https://example.com'],
      ['Content-Length: 10'],
    ),
  ];
  const method = odd('GET', 'POST', 'HEAD');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1');
}

const oddProtocols = ['amqp, mqtt', 'MQTT', ',', 'mqtt,mqtt', 'x', '', 'toString'].map(
  (value) => `Sec-WebSocket-Protocol: ${value}`,
);

interface FrameHead {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly isMasked: boolean;
  /** The reserved bits, in their place in the first byte. */
  readonly reserved: number;
  readonly length: number;
  /** Whether the length has more bytes than it needs. */
  readonly isLong: boolean;
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
function frame(random: Random, payload: Buffer, changes: Partial<FrameHead> = {}): Buffer {
  const { opcode, isFinal, isMasked, reserved, length, isLong } = {
    ...{ opcode: 2, isFinal: true, isMasked: true, reserved: 0, length: payload.length, isLong: false },
    ...changes,
  };
  const first = (isFinal ? 0x80 : 0) | reserved | opcode;
  const mark = isMasked ? 0x80 : 0;
  let head: Buffer;
  if (length > 0xffff || isLong) {
    head = Buffer.alloc(10);
    head[1] = mark | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  } else if (length > 125) head = Buffer.from([0, mark | 126, length >> 8, length & 255]);
  else head = Buffer.from([0, mark | length]);
  head[0] = first;
  const mask = random.bytes(4);
  const content = isMasked ? payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0)) : payload;
  return Buffer.concat([head, ...(isMasked ? [mask] : []), content]);
}

function mutate(random: Random, payload: Buffer): Buffer[] {
  const closing = (...bytes: number[]): Buffer => frame(random, Buffer.from(bytes), { opcode: 8 });
  const half = payload.length >> 1;
  return random.pick<() => Buffer[]>([
    () => [frame(random, payload, { isMasked: false })],
    () => [frame(random, payload, { reserved: random.pick([0x10, 0x20, 0x40, 0x70]) })],
    () => [frame(random, payload, { opcode: random.below(16) })],
    () => [frame(random, payload, { isLong: true })],
    () => [
      frame(random, payload, {
        length: random.pick([0, payload.length + 1, 1_048_577, Number.MAX_SAFE_INTEGER]),
      }),
    ],
    () => [frame(random, payload, { opcode: 1 })],
    () => [frame(random, payload, { opcode: 0 })],
    () => [frame(random, payload, { isFinal: false }), frame(random, payload)],
    () => [
      frame(random, payload.subarray(0, half), { isFinal: false }),
      frame(random, Buffer.from('ping'), { opcode: 9 }),
      frame(random, payload.subarray(half), { opcode: 0 }),
    ],
    () => Array.from({ length: 50 }, () => frame(random, Buffer.alloc(0), { isFinal: false, opcode: 0 })),
    () => [frame(random, Buffer.alloc(126), { opcode: 9 })],
    () => [frame(random, Buffer.alloc(0), { opcode: 9 }), frame(random, payload)],
    () => [frame(random, Buffer.alloc(0), { opcode: 10 }), frame(random, payload)],
    () => [closing(), frame(random, payload)],
    () => [closing(3)],
    () => [closing(3, 0xe8, 0xff, 0xfe)],
    () => [closing(0, 0)],
    () => [closing(0x03, 0xee)],
    () => [random.corrupt(frame(random, payload))],
    () => [random.bytes(1 + random.below(100))],
    () => [],
  ])();
}

/** A device that connects over a WebSocket. */
export function healthyWebSocket(credentials: Credentials): Buffer {
  const head = [
    'GET /$iothub/websocket HTTP/1.1',
    ...['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
    ...['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Protocol: mqtt', '', ''],
  ];
  return Buffer.concat([
    Buffer.from(head.join('\r\n')),
    frame(new Random('healthy'), healthyMqtt(credentials)),
  ]);
}

export function webSocketInput(random: Random, credentials: Credentials): Input {
  const protocol = random.pick<SubProtocol>(['mqtt', 'AMQPWSB10']);
  const inner = protocol === 'mqtt' ? mqttParts(random, credentials) : amqpParts(random, credentials);
  // Frames of the protocol and of WebSockets need not end at the same byte.
  const payloads = random.split(inner);
  const frames = payloads.flatMap((payload) =>
    random.chance(0.06) ? mutate(random, payload) : [frame(random, payload)],
  );
  const parts = [handshake(random, protocol), ...frames];
  return {
    port: 'https',
    chunks: random.chance(0.7) ? parts : random.split(parts),
    parts,
    count: frames.length,
    isReset: random.chance(0.2),
    isReading: random.chance(0.95),
  };
}
