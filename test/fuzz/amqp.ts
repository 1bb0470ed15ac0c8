import {
  amqpHeader,
  binary,
  described,
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
} from '../localHub/support/amqpFrames';
import { randomValue } from './amqpValues';
import { garbageInput, type Credentials, type Input } from './input';
import { Random } from './random';

/** A frame before it is encoded. */
interface Draft {
  readonly channel: number;
  readonly code: number;
  readonly fields: readonly Encoded[];
  readonly payload?: Buffer;
}

const codes = { open: 0x10, begin: 0x11, attach: 0x12, flow: 0x13, transfer: 0x14, disposition: 0x15 };
const ends = { detach: 0x16, end: 0x17, close: 0x18 };
const saslHeader = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');
const saslInit = 0x41;

function frameOf(type: number, channel: number, ...content: Buffer[]): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, type, channel >> 8, channel & 255]);
  const body = Buffer.concat(content);
  header.writeUInt32BE(8 + body.length);
  return Buffer.concat([header, body]);
}

const terminus = (code: number, address: string, ...rest: Encoded[]): Encoded =>
  described(code, list(text(address), ...rest));

const attach = (
  handle: number,
  name: string,
  address: string,
  isReceiver: boolean,
  source?: Encoded,
): Draft => ({
  channel: 0,
  code: codes.attach,
  fields: [
    ...[text(name), uint(handle), isReceiver ? yes : no, Buffer.from([0x50, 2]), Buffer.from([0x50, 0])],
    ...[source ?? terminus(0x28, address), terminus(0x29, address), map(), no, uint(0), nothing],
    ...[symbol('a'), symbol('b'), map()],
  ],
});

const transfer = (handle: number, id: number, payload: Buffer, more = false): Draft => ({
  channel: 0,
  code: codes.transfer,
  fields: [
    ...[uint(handle), uint(id), binary(Buffer.from([id & 255])), uint(0), no, more ? yes : no],
    ...[nothing, nothing, no, no, no],
  ],
  payload,
});

const flow = (handle: number, credit: number): Draft => ({
  channel: 0,
  code: codes.flow,
  fields: [
    ...[uint(0), uint(2048), uint(0), uint(2048), uint(handle), uint(0), uint(credit)],
    ...[uint(0), no, no, map()],
  ],
});

/** A client that authenticates, asks for the properties of a partition and reads its events. */
function conversation(random: Random, { eventHubName, serviceToken }: Credentials): Draft[] {
  const partition = `${eventHubName}/ConsumerGroups/$Default/Partitions/${random.below(2)}`;
  const filter = map(
    symbol('apache.org:selector-filter:string'),
    described(0x0c, text("amqp.annotation.x-opt-offset > '-1'")),
  );
  const putToken = { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'localhost' };
  const read = { operation: 'READ', type: 'com.microsoft:eventhub', name: eventHubName };
  const readPartition = { ...read, type: 'com.microsoft:partition', partition: '0' };
  const source = terminus(0x28, partition, ...Array.from({ length: 6 }, () => nothing), filter);
  const drafts: Draft[] = [
    {
      channel: 0,
      code: codes.open,
      fields: [
        ...[text('fuzz'), text('localhost'), uint(65_536), ushort(100), uint(60_000)],
        ...[symbol('en'), symbol('en'), nothing, nothing, map()],
      ],
    },
    {
      channel: 0,
      code: codes.begin,
      fields: [nothing, uint(0), uint(2048), uint(2048), uint(255), nothing, nothing, map()],
    },
    attach(0, 'to', '$cbs', false),
    attach(1, 'from', '$cbs', true),
    flow(1, 100),
    transfer(0, 0, request('1', putToken, serviceToken)),
    attach(2, 'ask', '$management', false),
    attach(3, 'answer', '$management', true),
    flow(3, 100),
    transfer(2, 1, request('2', read, '')),
    transfer(2, 2, request('3', readPartition, '')),
    attach(4, 'events', partition, true, source),
    flow(4, 10),
    {
      channel: 0,
      code: codes.disposition,
      fields: [yes, uint(0), uint(3), yes, described(0x24, list()), no],
    },
  ];
  let id = 3;
  for (let left = random.below(25); left > 0; left--) {
    const next = further(random, id, { putToken, read }, serviceToken);
    // Delivery IDs have no gaps.
    if (next.code === codes.transfer) id++;
    drafts.push(next);
  }
  return [
    ...drafts,
    { channel: 0, code: ends.detach, fields: [uint(4), yes, nothing] },
    { channel: 0, code: ends.end, fields: [nothing] },
    { channel: 0, code: ends.close, fields: [nothing] },
  ];
}

function further(
  random: Random,
  id: number,
  { putToken, read }: Readonly<Record<'putToken' | 'read', Readonly<Record<string, string>>>>,
  token: string,
): Draft {
  return random.pick<() => Draft>([
    () => flow(4, random.below(1_000)),
    () => flow(random.below(5), 100),
    () => transfer(2, id, request(String(id), read, '')),
    () => transfer(0, id, request(String(id), putToken, token)),
    () => transfer(2, id, request(String(id), { ...read, name: random.pick(['none', '']) }, '')),
    () => transfer(random.pick([0, 2]), id, Buffer.concat(message(random)), random.chance(0.05)),
    () => ({
      channel: 0,
      code: codes.disposition,
      fields: [yes, uint(id), nothing, yes, described(0x24, list())],
    }),
  ])();
}

/** Sections of a message, most of them valid. */
function message(random: Random): Buffer[] {
  return Array.from({ length: 1 + random.below(4) }, () =>
    described(
      random.pick([0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79]),
      random.pick([
        () => list(text('id'), nothing, nothing, nothing, text('from')),
        () => map(text('operation'), randomValue(random)),
        () => randomValue(random),
      ])(),
    ),
  );
}

const encode = ({ channel, code, fields, payload }: Draft): Buffer =>
  frameOf(0, channel, described(code, list(...fields)), payload ?? Buffer.alloc(0));

/** The draft with one or a few things wrong, as bytes. */
function mutate(random: Random, draft: Draft, drafts: readonly Draft[]): Buffer[] {
  const { channel, code, fields, payload = Buffer.alloc(0) } = draft;
  const at = random.below(Math.max(1, fields.length));
  const changed = (change: Partial<Draft>): Buffer[] => [encode({ ...draft, ...change })];
  const performative = described(code, list(...fields));
  const wrongCount = Buffer.from(performative);
  // Descriptor of three bytes, code, size, count.
  wrongCount.writeUInt32BE(random.pick([0, fields.length + 1, 255, 0xffff_ffff]), random.pick([4, 8]));
  return random.pick<() => Buffer[]>([
    () => changed({ fields: fields.with(at, randomValue(random)) }),
    () => changed({ fields: fields.with(at, randomValue(random)) }),
    () => changed({ fields: fields.with(at, nothing) }),
    () => changed({ fields: fields.toSpliced(at, 1) }),
    () => changed({ fields: fields.slice(0, at) }),
    () => changed({ fields: [...fields, randomValue(random)] }),
    () => changed({ fields: fields.map((field) => (random.chance(0.4) ? randomValue(random) : field)) }),
    () => changed({ channel: random.pick([1, 2, 255, 511, 512, 65_535]) }),
    () => changed({ code: random.pick([0, 0x10, 0x11, 0x12, 0x14, 0x18, 0x24, 0x40, 0x41, 0x70, 0xff]) }),
    () => changed({ payload: Buffer.concat(message(random)) }),
    () => changed({ payload: random.corrupt(payload) }),
    () => changed({ payload: randomValue(random) }),
    () => [frameOf(0, channel, randomValue(random), payload)],
    () => [
      frameOf(0, channel, described(code, list(...fields), random.pick(['long', 'symbol']), 'x'), payload),
    ],
    () => [frameOf(0, channel, described(code, map(...fields)), payload)],
    () => [frameOf(0, channel, wrongCount, payload)],
    () => [frameOf(1, channel, performative, payload)],
    () => [random.corrupt(encode(draft))],
    () => [wrongHeader(random, encode(draft))],
    () => [encode(draft), encode(draft)],
    () => [encode(random.pick(drafts)), encode(draft)],
    () => [],
    () => [frameOf(0, channel), frameOf(0, 65_535), encode(draft)],
    () => [random.bytes(1 + random.below(200))],
  ])();
}

/** Another length of the frame, or offset of its content. */
function wrongHeader(random: Random, frame: Buffer): Buffer {
  const changed = Buffer.from(frame);
  if (random.chance(0.5)) changed[4] = random.pick([0, 1, 3, 255]);
  else
    changed.writeUInt32BE(
      random.pick([0, 7, 8, 9, frame.length - 1, frame.length + 1, 65_537, 0xffff_ffff]),
      0,
    );
  return changed;
}

function opening(random: Random, { key, serviceToken }: Credentials): Buffer[] {
  const kind = random.below(10);
  if (kind < 6) return [amqpHeader];
  if (kind === 9) return [random.corrupt(amqpHeader)];
  const response = random.pick([
    `\0service\0${key}`,
    `\0service@sas.root.local-hub\0${serviceToken}`,
    '\0service\0wrong',
    'service',
    '',
    '\0\0\0',
  ]);
  const fields = [
    symbol(random.pick(['PLAIN', 'PLAIN', 'ANONYMOUS', 'MSSBCBS', 'EXTERNAL', 'toString', ''])),
    binary(Buffer.from(response)),
    text('localhost'),
  ];
  const isMutated = random.chance(0.3);
  const at = random.below(fields.length);
  const changed = isMutated ? fields.with(at, randomValue(random)) : fields;
  const init = frameOf(
    1,
    0,
    described(isMutated ? random.pick([saslInit, 0x40, 0x42, 0x44]) : saslInit, list(...changed)),
  );
  return [saslHeader, init, amqpHeader];
}

/** The parts of a conversation with a few frames that are wrong. */
export function amqpParts(random: Random, credentials: Credentials): Buffer[] {
  const drafts = conversation(random, credentials);
  const mutated = new Set(Array.from({ length: random.below(4) }, () => random.below(drafts.length)));
  const frames = drafts.flatMap((draft, at) =>
    mutated.has(at) ? mutate(random, draft, drafts) : [encode(draft)],
  );
  if (random.chance(0.1)) frames.push(...frames.splice(random.below(frames.length), 1));
  return [...opening(random, credentials), ...frames];
}

/** A client that presents a token. */
export function healthyAmqp(credentials: Credentials): Buffer {
  const drafts = conversation(new Random('healthy'), credentials).slice(0, 6);
  return Buffer.concat([amqpHeader, ...drafts.map(encode)]);
}

export function amqpInput(random: Random, credentials: Credentials): Input {
  if (random.chance(0.005)) return garbageInput(random, 'amqp');
  const parts = amqpParts(random, credentials);
  return {
    port: random.chance(0.99) ? 'amqpPlain' : 'amqp',
    chunks: random.split(parts),
    parts,
    count: parts.length,
    isReset: random.chance(0.1),
    isReading: random.chance(0.97),
  };
}
