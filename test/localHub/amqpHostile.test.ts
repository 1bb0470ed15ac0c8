import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceIn, eventHubName, sasToken, startAmqpHub, type AmqpHub } from './support/amqpHub';
import {
  amqpHeader,
  attach,
  begin,
  described,
  flow,
  frame,
  framesOf,
  list,
  map,
  message,
  no,
  nothing,
  open,
  request,
  symbol,
  text,
  transfer,
  uint,
  yes,
} from './support/amqpFrames';
import { rawClient, rawSocket } from './support/amqpRaw';
import { until } from './support/until';
import { recordUncaught } from './support/uncaught';

/** A TRANSFER to `$cbs` without a delivery ID, and a BEGIN with a map in the place of a number. */
const transferWithoutId =
  '414d5150000100000000002202000000005310d00000001200000002a10163a1096c6f63616c686f73740000002002000000005311d000000010000000044043700000080070000008000000003f02000000005312d00000002f0000000aa1016c43424040005328d00000000700000001a10178005329d00000000a00000001a104246362734040430000001b02000000005314d0000000050000000143005377a10178';
const beginWithMap =
  '414d5150000100000000002202000000005310d00000001200000002a10163a1096c6f63616c686f73740000003d02000000005311d00000002d0000000440d10000001900000004a108746f537472696e6743a10776616c75654f664370000008007000000800';

const transferCode = 0x14;
const dispositionCode = 0x15;
const closeCode = 0x18;

describe('AMQP from a hostile client', () => {
  let hub: AmqpHub;
  let uncaught: ReturnType<typeof recordUncaught>;
  beforeAll(async () => {
    uncaught = recordUncaught();
    hub = await startAmqpHub();
    await hub.publish({ deviceId: deviceIn(hub.events, 0), body: Buffer.from('{"n":0}') });
  });
  afterEach(() => expect(uncaught.errors).toEqual([]));
  afterAll(async () => {
    await hub.close();
    uncaught.stop();
  });

  const token = (): string => sasToken('localhost', hub.policy('service'), { form: 'decoded' });
  const putToken = (value: string): Buffer =>
    request(
      '1',
      { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'localhost' },
      value,
    );
  /** A session with links to and from `$cbs`. */
  const cbs = [
    amqpHeader,
    open(),
    begin(),
    attach(0, 'to', '$cbs'),
    attach(1, 'from', '$cbs', true),
    flow(1, 100),
  ];
  const codes = (bytes: Buffer): number[] => framesOf(bytes).map(({ code }) => code);
  const closeText = (bytes: Buffer): string =>
    framesOf(bytes)
      .find(({ code }) => code === closeCode)
      ?.bytes.toString('latin1') ?? '';

  const connect: Record<string, () => Promise<Duplex>> = {
    TCP: async () => {
      const socket = net.connect(hub.ports.plain, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    TLS: async () => {
      const socket = tls.connect({ port: hub.ports.tls, host: 'localhost', ca: hub.ca });
      await once(socket, 'secureConnect');
      return socket;
    },
    WebSocket: async () => {
      const ws = new WebSocket(`wss://localhost:${hub.ports.webSocket}/$servicebus/websocket`, 'AMQPWSB10', {
        ca: hub.ca,
      });
      await once(ws, 'open');
      return createWebSocketStream(ws);
    },
  };

  /** What the hub sends until it closes the connection. */
  async function exchange(stream: Duplex, ...chunks: Buffer[]): Promise<Buffer> {
    const received: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => received.push(bytes)).on('error', () => undefined);
    for (const chunk of chunks) stream.write(chunk);
    await new Promise((resolve) => stream.once('close', resolve).once('end', resolve));
    return Buffer.concat(received);
  }

  async function canRead(): Promise<void> {
    const client = await rawClient({ port: hub.ports.plain });
    await client.putToken('localhost', token());
    const path = `${eventHubName}/ConsumerGroups/$Default/Partitions/0`;
    expect((await client.receive(path)).error).toBeUndefined();
    client.connection.close();
    await client.closed;
  }

  describe.each(Object.keys(connect))('over %s', (transport) => {
    it.each([
      ['a TRANSFER without a delivery ID', transferWithoutId],
      ['a BEGIN with a map for a number', beginWithMap],
    ])('%s closes the connection with a framing error', async (_, hex) => {
      const stream = await connect[transport]?.();
      if (!stream) throw new Error('no stream');
      expect(closeText(await exchange(stream, Buffer.from(hex, 'hex')))).toContain(
        'amqp:connection:framing-error',
      );
      await canRead();
    });
  });

  const begun = [amqpHeader, open(), begin()];
  const performative = (code: number, ...fields: Buffer[]): Buffer =>
    frame(0, described(code, list(...fields)));
  it.each<[string, Buffer[], string?]>([
    ['an OPEN with a number for its container ID', [amqpHeader, performative(0x10, uint(1))]],
    [
      'an OPEN with too many fields',
      [amqpHeader, performative(0x10, text('c'), ...Array.from({ length: 12 }, () => nothing))],
    ],
    ['an ATTACH without a name', [...begun, performative(0x12, nothing, uint(0), no)]],
    ['an ATTACH with a string for its handle', [...begun, performative(0x12, text('l'), text('0'), no)]],
    [
      'an ATTACH with a list for its source',
      [...begun, performative(0x12, text('l'), uint(0), no, nothing, nothing, list())],
    ],
    [
      'an ATTACH whose address is a map',
      [...begun, performative(0x12, text('l'), uint(0), no, nothing, nothing, described(0x28, list(map())))],
    ],
    [
      'an ATTACH whose filter lacks a value',
      [
        ...begun,
        performative(
          0x12,
          text('l'),
          uint(0),
          yes,
          nothing,
          nothing,
          described(0x28, list(...Array.from({ length: 7 }, () => nothing), map(symbol('a')))),
        ),
      ],
    ],
    ['two links with one handle', [...cbs, attach(0, 'other', '$cbs')], 'amqp:session:handle-in-use'],
    ['two links with one name', [...cbs, attach(2, 'to', '$cbs')], 'amqp:not-allowed'],
    ['a FLOW on an unknown handle', [...begun, flow(7, 1)], 'amqp:session:unattached-handle'],
    ['a FLOW with a map for its window', [...begun, performative(0x13, uint(0), map(), uint(0), uint(0))]],
    [
      'a DISPOSITION with an unknown outcome',
      [...begun, performative(0x15, yes, uint(0), nothing, yes, described(0x99, list()))],
    ],
    ['a DETACH with a text for its error', [...cbs, performative(0x16, uint(0), yes, text('error'))]],
    ['an END with a number for its error', [...begun, performative(0x17, uint(1))]],
    ['a CLOSE with a list for its error', [...begun, performative(0x18, list())]],
    [
      'a TRANSFER on a link that receives',
      [...cbs, transfer({ handle: 1, id: 0, payload: message('x') })],
      'amqp:not-allowed',
    ],
    [
      'a TRANSFER out of order',
      [
        ...cbs,
        transfer({ handle: 0, id: 0, payload: message('x') }),
        transfer({ handle: 0, id: 9, payload: message('x') }),
      ],
    ],
    [
      'a message that is not one',
      [...cbs, transfer({ handle: 0, id: 0, payload: Buffer.from('ffff', 'hex') })],
    ],
    [
      'an answer to a session that the hub did not begin',
      [
        amqpHeader,
        open(),
        frame(0, described(0x11, list(Buffer.from([0x60, 0, 5]), uint(0), uint(1), uint(1)))),
      ],
    ],
    [
      'a session on every channel',
      [amqpHeader, open(), ...Array.from({ length: 40 }, (__, at) => begin(at))],
      'amqp:resource-limit-exceeded',
    ],
    [
      'many links without a token',
      [...begun, ...Array.from({ length: 200 }, (__, at) => attach(at, `l${at}`, '$cbs'))],
      'amqp:resource-limit-exceeded',
    ],
  ])('is refused %s', async (_, chunks, condition = 'amqp:connection:framing-error') => {
    expect(closeText(await rawSocket(hub.ports.plain, ...chunks))).toContain(condition);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('may name a link %s', async (name) => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    for (const chunk of [...begun, attach(0, name, '$cbs')]) socket.write(chunk);
    await until('the ATTACH', () => codes(Buffer.concat(received)).includes(0x12));
    expect(codes(Buffer.concat(received))).not.toContain(closeCode);
    socket.destroy();
  });

  it.each(['short', 'long', 'symbol'] as const)(
    'cannot evade the size limit with the %s form of a descriptor, nor with complete messages in between',
    async (form) => {
      const part = Buffer.alloc(60_000);
      const parts = Array.from({ length: 20 }, (_, at) => [
        transfer({ handle: 0, ...(at === 0 ? { id: 1 } : {}), more: true, form, payload: part }),
        transfer({ handle: 2, id: at + 2, payload: message('x') }),
      ]).flat();
      const chunks = [
        ...cbs,
        attach(2, 'second', '$cbs'),
        transfer({ handle: 0, id: 0, payload: putToken(token()) }),
      ];
      const answer = closeText(await rawSocket(hub.ports.plain, ...chunks, ...parts));
      expect(answer).toContain('amqp:link:message-size-exceeded');
    },
  );

  it('has a budget of bytes before a token is accepted', async () => {
    const parts = Array.from({ length: 2_000 }, (_, at) =>
      transfer({ handle: 0, id: at, payload: message('x'.repeat(500)) }),
    );
    const answer = closeText(await rawSocket(hub.ports.plain, ...cbs, ...parts));
    expect(answer).toContain('amqp:resource-limit-exceeded');
  });

  it('cannot make the hub send empty frames with a very long idle timeout', async () => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    for (const chunk of [amqpHeader, open(4_294_967_295), ...cbs.slice(2)]) socket.write(chunk);
    // Each request is answered after the timers that were due: with an overflow, a heartbeat precedes each.
    for (let at = 0; at < 20; at++) {
      socket.write(transfer({ handle: 0, id: at, payload: putToken('none') }));
      await until(
        'the reply',
        () => codes(Buffer.concat(received)).filter((code) => code === transferCode).length > at,
      );
    }
    const bytes = Buffer.concat(received);
    let empty = 0;
    for (let at = 8; at + 8 <= bytes.length; at += bytes.readUInt32BE(at))
      if (bytes.readUInt32BE(at) === 8) empty++;
    expect(empty).toBe(0);
    socket.destroy();
  });

  it('gets the answer to a request after the request is settled, and all fields of each performative', async () => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    for (const chunk of [...cbs, transfer({ handle: 0, id: 0, payload: putToken(token()) })])
      socket.write(chunk);
    await until('the reply', () => codes(Buffer.concat(received)).includes(transferCode));
    const frames = framesOf(Buffer.concat(received));
    const order = frames
      .map(({ code }) => code)
      .filter((code) => code === dispositionCode || code === transferCode);
    expect(order).toEqual([dispositionCode, transferCode]);
    const counts = Object.fromEntries(frames.map(({ code, fieldCount }) => [code, fieldCount]));
    expect(counts).toMatchObject({ 0x10: 10, 0x11: 8, 0x12: 14, [transferCode]: 11 });
    socket.destroy();
  });

  it.each([
    ['stops reading from a client that never reads', 4_294_967_295, false],
    ['closes the connection of a client whose session has no room for the answers', 2_048, true],
  ])('%s', async (_, window, isClosed) => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    let isEnded = false;
    socket.on('error', () => undefined).on('close', () => (isEnded = true));
    for (const chunk of [amqpHeader, open(), begin(0, window), ...cbs.slice(3), flow(1, 10_000_000, window)])
      socket.write(chunk);
    socket.write(transfer({ handle: 0, id: 0, payload: putToken(token()) }));
    await once(socket, 'readable');
    // From here on nothing is read.
    let sent = 0;
    let written = 0;
    const sendMore = (): boolean => {
      sent++;
      return socket.write(transfer({ handle: 0, id: sent, payload: putToken('none') }), () => written++);
    };
    for (let quiet = 0; quiet < 40 && !isEnded; quiet++) {
      const before = written;
      while (sent - written < 1_000) sendMore();
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (written !== before) quiet = 0;
      expect(sent).toBeLessThan(200_000);
    }
    expect(isEnded).toBe(isClosed);
    await canRead();
    socket.destroy();
  });

  it('may attach a link again in the same turn as it detaches it', async () => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    const again = [performative(0x16, uint(0), yes), attach(0, 'to', '$cbs')];
    socket.write(Buffer.concat([...cbs, ...again, ...again, ...again]));
    const count = (code: number): number =>
      codes(Buffer.concat(received)).filter((each) => each === code).length;
    await until('the ATTACH of each link', () => count(0x12) === 5 && count(0x16) === 3);
    for (const id of [0, 1, 2]) {
      socket.write(transfer({ handle: 0, id, payload: putToken(token()) }));
      await until('the reply', () => count(transferCode) > id);
      expect(count(transferCode)).toBe(id + 1);
    }
    expect(count(closeCode)).toBe(0);
    socket.destroy();
  });

  it('may settle a range of all deliveries', async () => {
    const socket = net.connect(hub.ports.plain, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    const everything = performative(0x15, yes, uint(0), uint(4_294_967_295), yes);
    for (const chunk of [...cbs, everything, transfer({ handle: 0, id: 0, payload: putToken(token()) })])
      socket.write(chunk);
    await until('the reply', () => codes(Buffer.concat(received)).includes(transferCode));
    expect(codes(Buffer.concat(received))).not.toContain(closeCode);
    socket.destroy();
  });

  it('gets a 501 for a token of a device, because AMQP for devices is not supported', async () => {
    const client = await rawClient({ port: hub.ports.plain });
    const reply = await client.putToken('localhost/devices/one', token());
    expect(reply.application_properties).toMatchObject({
      'status-code': 501,
      'error-condition': 'amqp:not-implemented',
    });
    client.connection.close();
    await client.closed;
  });

  it('may state another type than that of its token', async () => {
    const client = await rawClient({ port: hub.ports.plain });
    const reply = await client.putToken('localhost', token(), 'jwt');
    expect(reply.application_properties).toMatchObject({ 'status-code': 200 });
    client.connection.close();
    await client.closed;
  });
});
