import { deviceIds, garbageInput, healthyDevice, type Credentials, type Input } from './input';
import { oddTexts, Random } from './random';

const field = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([(bytes.length >> 8) & 255, bytes.length & 255]), bytes]);
};
const uint16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);

/** A remaining length in the shortest form. */
function lengthOf(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.from(bytes);
}

function packet(head: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([head]), lengthOf(content.length), content]);
}

/** A CONNECT of a device; each part can be replaced. */
function connect(random: Random, deviceId: string, credentials: Credentials, isMutated: boolean): Buffer {
  const odd = <T>(usual: T, ...others: T[]): T =>
    isMutated && random.chance(0.2) ? random.pick(others) : usual;
  const userName = `localhost/${deviceId}/?api-version=2021-04-12`;
  const topic = `devices/${deviceId}/messages/events/`;
  const hasWill = isMutated && random.chance(0.5);
  const oddText = random.pick(oddTexts);
  return packet(
    odd(0x10, 0x11, 0x00, 0x20),
    field(odd('MQTT', 'MQIsdp', '', oddText)),
    Buffer.from([odd(4, 3, 5, 0, 255), odd(hasWill ? 0xce : 0xc2, 0, 0xc3, 0xff, 0x42, 0x82, 0x04)]),
    uint16(odd(60, 0, 1, 65_535)),
    field(odd(deviceId, '', oddText, 'fuzz-none')),
    ...(hasWill ? [field(odd(topic, oddText, `${topic}#`)), field(odd('gone', oddText))] : []),
    field(
      odd(
        userName,
        oddText,
        `localhost/${deviceId}`,
        `localhost/${deviceId}/module/?api-version=2021-04-12`,
        `${userName}&model-id=${encodeURIComponent(oddText)}`,
        `localhost/${oddText}/?api-version=x`,
      ),
    ),
    field(
      odd(
        credentials.deviceToken(deviceId),
        oddText,
        credentials.ownerToken,
        'SharedAccessSignature sr=%&sig=%&se=x',
      ),
    ),
    odd(Buffer.alloc(0), random.bytes(3)),
  );
}

const bags = [
  '',
  'a=b&c=d',
  '$.ct=application%2Fjson&$.ce=utf-8',
  '$.mid=1&$.cid=2&$.uid=3&$.ctime=2024-01-01T00:00:00Z',
  '?a=b',
  'a',
  '=',
  '&&&',
  '%',
  '%00=%00',
  '$.exp=x&$.to=y&$.on=z',
  '__proto__=x&constructor=y',
];

function topicOf(random: Random, deviceId: string): string {
  const rid = random.pick(['1', '', encodeURIComponent(random.pick(['a b', '%', '\0'])), 'x'.repeat(100)]);
  return random.pick<string>([
    `devices/${deviceId}/messages/events/${random.pick(bags)}`,
    `devices/${deviceId}/messages/events/${random.pick(bags)}`,
    `devices/${deviceId}/messages/events/${encodeURIComponent(random.pick(['\u0007', 'ü', '/']))}=${random.below(9)}`,
    `devices/fuzz-7/messages/events/`,
    `devices/${deviceId}/modules/m/messages/events/`,
    `$iothub/twin/GET/?$rid=${rid}`,
    `$iothub/twin/PATCH/properties/reported/?$rid=${rid}`,
    `$iothub/methods/res/200/?$rid=${rid}`,
    `$iothub/${random.pick(['', 'twin', 'streams/res/200/'])}`,
    random.pick(oddTexts),
  ]);
}

const filters = (deviceId: string): string[] => [
  `devices/${deviceId}/messages/devicebound/#`,
  `devices/${deviceId}/messages/devicebound/+`,
  'devices/fuzz-7/messages/devicebound/#',
  '$iothub/methods/POST/#',
  '$iothub/twin/res/#',
  '$iothub/twin/PATCH/properties/desired/#',
  '#',
  '+',
  '+/+',
  'a/#/b',
];

/** A packet after CONNECT that IoT Hub accepts. */
function valid(random: Random, deviceId: string): Buffer {
  const id = uint16(1 + random.below(65_535));
  const topic = (): Buffer => field(`devices/${deviceId}/messages/events/${random.pick(bags.slice(0, 5))}`);
  const payload = (): Buffer =>
    random.pick([Buffer.from('{"n":1}'), Buffer.alloc(0), Buffer.alloc(random.below(5_000))]);
  const filter = (): Buffer => field(random.pick(filters(deviceId).slice(0, 6)));
  return random.pick<() => Buffer>([
    () => packet(0x30, topic(), payload()),
    () => packet(0x32, topic(), id, payload()),
    () => packet(0x3a, topic(), id, payload()),
    () => packet(0x82, id, filter(), Buffer.from([random.below(2)])),
    () => packet(0x82, id, filter(), Buffer.from([0]), filter(), Buffer.from([1])),
    () => packet(0xa2, id, filter()),
    () => packet(0xc0),
  ])();
}

/** A packet after CONNECT that is well formed in most cases, and refused in most cases. */
function odd(random: Random, deviceId: string): Buffer {
  const id = uint16(random.pick([1, 2, 3, 0, 65_535]));
  const filter = (): string => random.pick([...filters(deviceId), ...oddTexts]);
  const qos = (): Buffer => Buffer.from([random.pick([0, 1, 1, 2, 3, 255])]);
  return random.pick<() => Buffer>([
    () => packet(0x30, field(topicOf(random, deviceId)), random.bytes(20)),
    () =>
      packet(random.pick([0x32, 0x32, 0x3a, 0x33]), field(topicOf(random, deviceId)), id, random.bytes(20)),
    () => packet(random.pick([0x32, 0x34, 0x36, 0x38, 0x3f]), field(topicOf(random, deviceId)), id),
    () => packet(0x30, field(`devices/${deviceId}/messages/events/`), Buffer.alloc(300_000)),
    () =>
      packet(
        0x82,
        id,
        ...Array.from({ length: random.below(4) }, () => Buffer.concat([field(filter()), qos()])),
      ),
    () => packet(0xa2, id, ...Array.from({ length: random.below(3) }, () => field(filter()))),
    () => packet(0x40, id),
    () => packet(random.pick([0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0, 0xf0, 0x00]), id),
  ])();
}

function mutate(random: Random, usual: Buffer): Buffer[] {
  const content = usual.subarray(2);
  return random.pick<() => Buffer[]>([
    () => [random.corrupt(usual)],
    () => [random.corrupt(usual)],
    // Another remaining length, in one to five bytes.
    () =>
      [
        usual.subarray(0, 1),
        random.pick(['00', 'ff', 'ffffff7f', 'ffffffff7f', '8000', '80808000']),
        content,
      ].map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
    () => [Buffer.from([random.below(256)]), usual.subarray(1)],
    () => [usual.subarray(0, random.below(usual.length)), usual],
    () => [Buffer.from(usual.toString('latin1').replace('devices', 'd\u00ffv\u0000ces'), 'latin1')],
    () => [usual, usual],
    () => [random.bytes(1 + random.below(50))],
    () => [],
  ])();
}

/** The packets of a device, of which some are wrong. */
export function mqttParts(random: Random, credentials: Credentials): Buffer[] {
  const deviceId = random.pick(deviceIds);
  const isConnectMutated = random.chance(0.2);
  const parts = [connect(random, deviceId, credentials, isConnectMutated)];
  if (isConnectMutated && random.chance(0.3))
    parts.splice(0, 1, ...mutate(random, parts[0] ?? Buffer.alloc(0)));
  for (let left = random.below(20); left > 0; left--) {
    const kind = random.below(30);
    if (kind === 0) parts.push(...mutate(random, valid(random, deviceId)));
    else if (kind === 1) parts.push(odd(random, deviceId));
    else parts.push(valid(random, deviceId));
  }
  if (random.chance(0.1)) parts.push(connect(random, deviceId, credentials, true));
  if (random.chance(0.5)) parts.push(packet(0xe0));
  return parts;
}

/** A device that connects and sends a message. */
export const healthyMqtt = (credentials: Credentials): Buffer =>
  Buffer.concat([
    connectPacket(healthyDevice, credentials),
    packet(0x32, field(`devices/${healthyDevice}/messages/events/`), uint16(1), Buffer.from('{}')),
  ]);

const connectPacket = (deviceId: string, credentials: Credentials): Buffer =>
  connect(new Random('healthy'), deviceId, credentials, false);

export function mqttInput(random: Random, credentials: Credentials): Input {
  if (random.chance(0.03)) return garbageInput(random, random.pick(['mqtt', 'https']));
  const parts = mqttParts(random, credentials);
  return {
    port: random.chance(0.8) ? 'mqtt' : 'https',
    chunks: random.split(parts),
    parts,
    count: parts.length,
    isReset: random.chance(0.2),
    isReading: random.chance(0.95),
  };
}
