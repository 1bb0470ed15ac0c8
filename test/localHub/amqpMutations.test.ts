import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  amqpHeader,
  binary,
  described,
  frame,
  framesOf,
  list,
  map,
  no,
  nothing,
  request,
  symbol,
  text,
  uint,
  ushort,
  yes,
  type Encoded,
  type ReceivedFrame,
} from './support/amqpFrames';
import { deviceIn, eventHubName, sasToken, startAmqpHub, type AmqpHub } from './support/amqpHub';
import { rawClient } from './support/amqpRaw';
import { until } from './support/until';
import { recordUncaught } from './support/uncaught';

const closeCode = 0x18;

/** A socket without a network: `push` is what the client sends. */
class ClientSocket extends Duplex {
  readonly sent: Buffer[] = [];
  setNoDelay(): this {
    return this;
  }
  override _read(): void {
    // Everything is pushed.
  }
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.sent.push(chunk);
    done();
  }
}

/** A frame before it is encoded. */
interface Draft {
  readonly channel: number;
  readonly code: number;
  readonly fields: readonly Encoded[];
  readonly payload?: Buffer;
  /** Like a frame before it: not changed. */
  readonly isSimilar?: true;
}

/** Values of every type, valid in some field and wrong in most. */
const values: readonly Encoded[] = [
  nothing,
  yes,
  no,
  uint(0),
  uint(7),
  uint(0xffff_ffff),
  ushort(0xffff),
  text(''),
  text('__proto__'),
  text('x'.repeat(5_000)),
  symbol('amqp:accepted:list'),
  binary(Buffer.alloc(300)),
  list(),
  list(uint(1), nothing, text('a')),
  map(),
  map(symbol('apache.org:selector-filter:string'), text('x')),
  map(symbol('odd')),
  described(0x24, list()),
  described(0x23, list(uint(1), nothing)),
  described(0x28, list(text('$cbs'))),
  described(0x28, list(text(`${eventHubName}/ConsumerGroups/$Default/Partitions/0`))),
  described(0x29, list(text('$management'))),
  described(0x30, list()),
  described(0x1d, list(symbol('amqp:not-found'), text('text'), map())),
  described(0x99, list()),
  // The same number in its other forms, and numbers of other types.
  ...[
    '43',
    '5207',
    '53ff',
    '80ffffffffffffffff',
    '55ff',
    '8180000000000000',
    '5602',
    '50ff',
    '727fc00000',
    '827ff8000000000000',
    '7400000000',
    '7300110000',
    '837fffffffffffffff',
    // Arrays, and values that do not end where they say.
    'e006024304',
    'f000000009000003e840',
    'e0050143',
    'a1ff61',
    'd0ffffffffffffffff',
    'c00aff',
    '0f',
  ].map((hex) => Buffer.from(hex, 'hex')),
];

const terminus = (code: number, address: string): Encoded => described(code, list(text(address)));

describe('AMQP frames with one wrong value', () => {
  let hub: AmqpHub;
  let uncaught: ReturnType<typeof recordUncaught>;
  beforeAll(async () => {
    uncaught = recordUncaught();
    hub = await startAmqpHub();
    await hub.publish({ deviceId: deviceIn(hub.events, 0), body: Buffer.from('{"n":0}') });
  });
  afterAll(async () => {
    await hub.close();
    uncaught.stop();
  });

  /** All that a reader sends, from OPEN to CLOSE. */
  function conversation(): Draft[] {
    const token = sasToken('localhost', hub.policy('service'), { form: 'decoded' });
    const attach = (
      handle: number,
      name: string,
      address: string,
      isReceiver: boolean,
      source = terminus(0x28, address),
    ): Draft => ({
      channel: 0,
      code: 0x12,
      fields: [
        ...[text(name), uint(handle), isReceiver ? yes : no, Buffer.from([0x50, 2]), Buffer.from([0x50, 0])],
        ...[source, terminus(0x29, address), map(), no, uint(0), nothing],
        ...[symbol('a'), symbol('b'), map()],
      ],
    });
    const transfer = (handle: number, id: number, payload: Buffer): Draft => ({
      channel: 0,
      code: 0x14,
      fields: [
        ...[uint(handle), uint(id), binary(Buffer.from([id])), uint(0), no, no],
        ...[nothing, nothing, no, no, no],
      ],
      payload,
    });
    const flow = (handle: number): Draft => ({
      channel: 0,
      code: 0x13,
      fields: [
        ...[uint(0), uint(2048), uint(0), uint(2048), uint(handle), uint(0), uint(10)],
        ...[uint(0), no, no, map()],
      ],
    });
    const putToken = { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'localhost' };
    const partition = `${eventHubName}/ConsumerGroups/$Default/Partitions/0`;
    const filter = map(
      symbol('apache.org:selector-filter:string'),
      described(0x0c, text("amqp.annotation.x-opt-offset > '-1'")),
    );
    const fromBeginning = described(
      0x28,
      list(text(partition), ...Array.from({ length: 6 }, () => nothing), filter),
    );
    const read = { operation: 'READ', type: 'com.microsoft:eventhub', name: eventHubName };
    return [
      {
        channel: 0,
        code: 0x10,
        fields: [
          ...[text('raw'), text('localhost'), uint(65_536), ushort(100), uint(60_000)],
          ...[symbol('en'), symbol('en'), nothing, nothing, map()],
        ],
      },
      {
        channel: 0,
        code: 0x11,
        fields: [nothing, uint(0), uint(2048), uint(2048), uint(255), nothing, nothing, map()],
      },
      attach(0, 'to', '$cbs', false),
      attach(1, 'from', '$cbs', true),
      flow(1),
      transfer(0, 0, request('1', putToken, token)),
      { ...attach(2, 'ask', '$management', false), isSimilar: true },
      { ...attach(3, 'answer', '$management', true), isSimilar: true },
      { ...flow(3), isSimilar: true },
      transfer(2, 1, request('2', read, '')),
      attach(4, 'events', partition, true, fromBeginning),
      { ...flow(4), isSimilar: true },
      { channel: 0, code: 0x15, fields: [yes, uint(0), uint(3), yes, described(0x24, list()), no] },
      { channel: 0, code: 0x16, fields: [uint(4), yes, nothing] },
      { channel: 0, code: 0x17, fields: [nothing] },
      { channel: 0, code: closeCode, fields: [nothing] },
    ];
  }

  const encode = ({ channel, code, fields, payload }: Draft): Buffer =>
    frame(channel, described(code, list(...fields)), payload);

  const chunksOf = (drafts: readonly Draft[], at: number, ...replacement: Buffer[]): Buffer[] => [
    amqpHeader,
    ...drafts.map(encode).toSpliced(at, 1, ...replacement),
  ];

  /** Every frame with every value in every field, with fewer and more fields, elsewhere, and as something else. */
  function* mutations(drafts: readonly Draft[]): Generator<Buffer[]> {
    for (const [at, draft] of drafts.entries()) {
      if (draft.isSimilar) continue;
      const change = (...changed: Partial<Draft>[]): Buffer[] =>
        chunksOf(drafts, at, ...changed.map((each) => encode({ ...draft, ...each })));
      for (const field of draft.fields.keys()) {
        for (const value of values) yield change({ fields: draft.fields.with(field, value) });
        yield change({ fields: draft.fields.slice(0, field) });
      }
      for (const value of values) {
        yield change({ fields: [...draft.fields, value] });
        yield change({ payload: value });
        yield chunksOf(drafts, at, frame(draft.channel, value, draft.payload));
      }
      for (const channel of [1, 255, 65_535]) yield change({ channel });
      for (const code of [0, 0x10, 0x12, 0x14, 0x18, 0x24, 0x40, 0xff]) yield change({ code });
      yield change();
      yield change({}, {});
      for (const other of drafts) yield change(other);
    }
  }

  /** What the hub sends to a client that sends these frames, in one piece or each in a turn of its own. */
  async function exchange(chunks: readonly Buffer[], inOnePiece: boolean): Promise<ReceivedFrame[]> {
    const socket = new ClientSocket();
    hub.wire.handleSocket(socket as never);
    const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
    for (const chunk of inOnePiece ? [Buffer.concat(chunks)] : chunks) {
      socket.push(chunk);
      await turn();
    }
    for (let turns = 0; turns < 4; turns++) await turn();
    socket.destroy();
    return framesOf(Buffer.concat(socket.sent));
  }

  it('follow a conversation without one, in which both requests and the read succeed', async () => {
    const frames = await exchange([amqpHeader, ...conversation().map(encode)], false);
    const transfers = frames.filter(({ code }) => code === 0x14).map(({ bytes }) => bytes.toString('latin1'));
    expect(transfers.map((each) => /partition_ids|iothub-enqueuedtime|OK/.exec(each)?.[0])).toEqual([
      'OK',
      'OK',
      'iothub-enqueuedtime',
    ]);
    expect(frames.at(-1)?.bytes.toString('latin1')).not.toContain('amqp:');
  });

  it('end at most their connection', async () => {
    let [count, closed] = [0, 0];
    for (const chunks of mutations(conversation())) {
      count++;
      const frames = await exchange(chunks, count % 2 === 0);
      expect(uncaught.errors, `case ${count}: ${Buffer.concat(chunks).toString('hex')}`).toEqual([]);
      if (frames.at(-1)?.code === closeCode) closed++;
    }
    await until('the connections to close', () => hub.wire.connectionCount === 0);
    expect(uncaught.errors).toEqual([]);
    expect(closed).toBeGreaterThan(count / 2);

    const client = await rawClient({ port: hub.ports.plain });
    await client.putToken('localhost', sasToken('localhost', hub.policy('service'), { form: 'decoded' }));
    const { error } = await client.receive(`${eventHubName}/ConsumerGroups/$Default/Partitions/0`);
    expect(error).toBeUndefined();
    client.connection.close();
    await client.closed;
  });
});
