import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HubContext } from '../../../../src/localHub/context';
import { createMqttService } from '../../../../src/localHub/mqtt/index';
import type { NewEvent } from '../../../../src/localHub/state/events';

/** What the hub did with the bytes of a client. */
export interface MqttExchange {
  /** What the hub sent, in hexadecimal. */
  readonly output: string;
  readonly isClosed: boolean;
  readonly stored: readonly NewEvent[];
  readonly log: readonly string[];
}

/** The MQTT service of a hub with the device `d`, without ports and files. */
export function createTestService() {
  const stored: NewEvent[] = [];
  const log: string[] = [];
  const context = {
    registry: { onDidChange: () => () => undefined, setConnected: () => undefined, touch: () => undefined },
    certificates: { onDidChange: () => () => undefined },
    authenticator: {
      isThisHub: (host: string) => host === 'localhost',
      authenticateDevice: () => ({
        device: { deviceId: 'd', generationId: '1' },
        method: 'deviceToken',
        authMethod: '{}',
        expiresAtMs: Number.MAX_SAFE_INTEGER,
      }),
    },
    events: {
      testFault: () => undefined,
      append: (event: NewEvent, done: () => void) => {
        stored.push(event);
        done();
      },
    },
    quota: { isUsedUp: false, take: () => true },
    throttle: { take: () => 0 },
    routing: { reachesBuiltIn: () => true },
    now: () => 0,
    log: (_: string, text: string) => log.push(text),
  } as unknown as HubContext;
  return { service: createMqttService(context), stored, log };
}

/** A socket in memory: `push` is what the client sends. */
export class ClientStream extends Duplex {
  readonly written: Buffer[] = [];

  override _read(): void {
    // Data arrives by `push`.
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.written.push(chunk);
    done();
  }
}

/** Sends bytes to a new service; each buffer arrives by itself. */
export async function exchange(...chunks: readonly Buffer[]): Promise<MqttExchange> {
  const { service, stored, log } = createTestService();
  const stream = new ClientStream();
  service.handle(stream, 'test');
  for (const chunk of chunks) {
    if (stream.destroyed) break;
    stream.push(chunk);
    for (let turn = 0; turn < 4; turn++) await nextTurn();
  }
  const isClosed = stream.destroyed || stream.writableEnded;
  service.close();
  stream.destroy();
  return { output: Buffer.concat(stream.written).toString('hex'), isClosed, stored, log };
}

/** A text or bytes with their length before them. */
export function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

export function packet(head: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  let rest = content.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...length]), content]);
}

export interface ConnectFields {
  readonly head?: number;
  readonly name?: string | Buffer;
  readonly level?: number;
  readonly flags?: number;
  readonly keepAlive?: number;
  /** Client id, then what the flags announce. */
  readonly payload?: readonly Buffer[];
  readonly after?: Buffer;
}

export const userNameOfD = 'localhost/d/?api-version=2021-04-12';

export const connect = ({
  head = 0x10,
  name = 'MQTT',
  level = 4,
  flags = 0xc2,
  keepAlive = 60,
  payload = [field('d'), field(userNameOfD), field('password')],
  after = Buffer.alloc(0),
}: ConnectFields = {}): Buffer =>
  packet(head, field(name), [level, flags, keepAlive >> 8, keepAlive & 0xff], ...payload, after);

export const eventsTopic = 'devices/d/messages/events/';

export const publish = (topic: string | Buffer, head = 0x30, packetId: readonly number[] = []): Buffer =>
  packet(head, field(topic), packetId, Buffer.from('x'));
