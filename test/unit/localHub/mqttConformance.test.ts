import { describe, expect, it } from 'vitest';
import { connect, eventsTopic, exchange, field, packet, publish, userNameOfD } from './support/mqttClient';
import { statements, statementCounts } from './support/mqttStatements';

const accepted = '20020000';
const ping = Buffer.from([0xc0, 0]);
const disconnect = Buffer.from([0xe0, 0]);
const method = '$iothub/methods/POST/#';
const subscribe = (filter: string | Buffer, qos = 0, head = 0x82, id = [0, 7]): Buffer =>
  packet(head, id, field(filter), [qos]);
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const will = (topic: string | Buffer): Buffer[] => [
  field('d'),
  field(topic),
  field('gone'),
  field(userNameOfD),
  field('p'),
];

/** Bytes after which the connection must be closed; those of the second element follow an accepted CONNECT. */
const closing: Readonly<Record<string, readonly Buffer[]>> = {
  'a first packet other than CONNECT': [ping],
  'a protocol name that is not MQTT': [connect({ name: 'MQTX' })],
  'the reserved flag of CONNECT': [connect({ flags: 0xc3 })],
  'QoS of a will without a will': [connect({ flags: 0xca })],
  'retain of a will without a will': [connect({ flags: 0xe2 })],
  'QoS 3 of a will': [connect({ flags: 0xde, payload: will(eventsTopic) })],
  'a password without a user name': [connect({ flags: 0x42, payload: [field('d'), field('p')] })],
  'a user name flag without a user name': [connect({ payload: [field('d')] })],
  'a will flag without a will': [connect({ flags: 0xc6 })],
  'a will on a topic with a wildcard': [connect({ flags: 0xc6, payload: will(`${eventsTopic}#`) })],
  'bytes after the fields of CONNECT': [connect({ after: Buffer.from('x') })],
  'flags in the header of CONNECT': [connect({ head: 0x12 })],
  'a client ID that is not UTF-8': [
    connect({ payload: [field(bytes('ff')), field(userNameOfD), field('p')] }),
  ],
  'a second CONNECT': [connect(), connect()],
  'a topic that is not UTF-8': [connect(), publish(bytes('c328'))],
  'a surrogate in UTF-8': [connect(), publish(Buffer.concat([Buffer.from(eventsTopic), bytes('eda080')]))],
  'an overlong form in UTF-8': [connect(), publish(Buffer.concat([Buffer.from(eventsTopic), bytes('c0af')]))],
  'U+0000 in a topic': [connect(), publish(`${eventsTopic}a=\0`)],
  'U+0000 in a topic filter': [connect(), subscribe('a\0')],
  'a filter that is not UTF-8': [connect(), subscribe(bytes('f8'))],
  'a topic to unsubscribe that is not UTF-8': [connect(), packet(0xa2, [0, 1], field(bytes('80')))],
  'an empty topic': [connect(), publish('')],
  'an empty topic filter': [connect(), subscribe('')],
  'a wildcard in a topic': [connect(), publish(`${eventsTopic}+`)],
  'a misplaced # in a filter': [connect(), subscribe('a/#/b')],
  'a # that is not a whole level': [connect(), subscribe('a#')],
  'a + that is not a whole level': [connect(), subscribe('a+/b')],
  'QoS 3': [connect(), publish(eventsTopic, 0x36, [0, 1])],
  'QoS 2, which IoT Hub has not': [connect(), publish(eventsTopic, 0x34, [0, 1])],
  'DUP at QoS 0': [connect(), publish(eventsTopic, 0x38)],
  'packet identifier 0 in PUBLISH': [connect(), publish(eventsTopic, 0x32, [0, 0])],
  'a PUBLISH at QoS 1 without packet identifier': [connect(), packet(0x32, field(eventsTopic))],
  'packet identifier 0 in SUBSCRIBE': [connect(), subscribe(method, 0, 0x82, [0, 0])],
  'packet identifier 0 in UNSUBSCRIBE': [connect(), packet(0xa2, [0, 0], field(method))],
  'a SUBSCRIBE without filters': [connect(), packet(0x82, [0, 1])],
  'a SUBSCRIBE without QoS': [connect(), packet(0x82, [0, 1], field(method))],
  'a requested QoS of 3': [connect(), subscribe(method, 3)],
  'reserved bits of a requested QoS': [connect(), subscribe(method, 4)],
  'wrong flags of SUBSCRIBE': [connect(), subscribe(method, 0, 0x80)],
  'an UNSUBSCRIBE without filters': [connect(), packet(0xa2, [0, 1])],
  'wrong flags of UNSUBSCRIBE': [connect(), packet(0xa0, [0, 1], field(method))],
  'wrong flags of PUBREL': [connect(), bytes('60020001')],
  'wrong flags of PINGREQ': [connect(), bytes('c100')],
  'content of PINGREQ': [connect(), bytes('c00100')],
  'wrong flags of DISCONNECT': [connect(), bytes('e100')],
  'content of DISCONNECT': [connect(), bytes('e00100')],
  'a packet that only servers send': [connect(), bytes('d000')],
  'a reserved packet type': [connect(), bytes('f000')],
  'a remaining length of five bytes': [connect(), bytes('308080808001')],
  'a topic of another device': [connect(), publish('devices/e/messages/events/')],
};

const resultOf = {
  ping: async () => exchange(connect(), ping),
  qos1: async () => exchange(connect(), publish(eventsTopic, 0x32, [1, 2])),
  subscribe: async () => exchange(connect(), subscribe(method, 2)),
  twoFilters: async () => exchange(connect(), packet(0x82, [0, 7], field(method), [0], field('other'), [1])),
  unsubscribe: async () => exchange(connect(), packet(0xa2, [0, 9], field('never'))),
  disconnect: async () => exchange(connect({ flags: 0xc6, payload: will(eventsTopic) }), disconnect, ping),
  will: async () => exchange(connect({ flags: 0xc6, payload: will(eventsTopic) }), bytes('f000')),
  level: async () => exchange(connect({ level: 3 })),
  identity: async () => exchange(connect({ payload: [field('e'), field(userNameOfD), field('p')] })),
  empty: async () => exchange(connect({ payload: [field(''), field(userNameOfD), field('p')] })),
  bom: async () => exchange(connect(), publish(`${eventsTopic}a=\ufeffb`)),
  order: async () =>
    exchange(
      connect(),
      Buffer.concat([1, 2, 3].map((id) => publish(`${eventsTopic}n=${id}`, 0x32, [0, id]))),
    ),
  bytewise: async () =>
    exchange(
      ...[...Buffer.concat([connect(), publish(eventsTopic, 0x32, [1, 2])])].map((one) => Buffer.from([one])),
    ),
  pipelined: async () => exchange(Buffer.concat([connect(), publish(eventsTopic, 0x32, [1, 2])])),
  retained: async () => exchange(connect(), publish(eventsTopic, 0x31)),
};

const answering: Readonly<Record<string, () => Promise<void>>> = {
  'PINGREQ is answered': async () => {
    expect((await resultOf.ping()).output).toBe(`${accepted}d000`);
  },
  'PUBACK has the packet identifier of its PUBLISH': async () => {
    const { output, stored } = await resultOf.qos1();
    expect(output).toBe(`${accepted}40020102`);
    expect(stored).toHaveLength(1);
  },
  'SUBACK has the packet identifier and grants at most QoS 1': async () => {
    expect((await resultOf.subscribe()).output).toBe(`${accepted}9003000701`);
  },
  'SUBACK has one code for each filter': async () => {
    expect((await resultOf.twoFilters()).output).toBe(`${accepted}900400070080`);
  },
  'UNSUBACK is sent even if nothing matched': async () => {
    expect((await resultOf.unsubscribe()).output).toBe(`${accepted}b0020009`);
  },
  'DISCONNECT closes and discards the will': async () => {
    const { isClosed, stored, output } = await resultOf.disconnect();
    expect({ isClosed, stored, output }).toEqual({ isClosed: true, stored: [], output: accepted });
  },
  'the will is published when the connection fails': async () => {
    const { stored } = await resultOf.will();
    expect(stored.map(({ body }) => String(body))).toEqual(['gone']);
  },
  'another protocol level is refused with code 1': async () => {
    expect(await resultOf.level()).toMatchObject({ output: '20020001', isClosed: true });
  },
  'a client ID that is not the identity is refused': async () => {
    for (const refused of [await resultOf.identity(), await resultOf.empty()])
      expect(refused).toMatchObject({ output: '20020005', isClosed: true });
  },
  'U+FEFF stays in a text': async () => {
    expect((await resultOf.bom()).stored[0]?.properties).toEqual({ a: '\ufeffb' });
  },
  'messages and their PUBACKs keep the order': async () => {
    const { stored, output } = await resultOf.order();
    expect(stored.map(({ properties }) => properties.n)).toEqual(['1', '2', '3']);
    expect(output).toBe(`${accepted}400200014002000240020003`);
  },
  'packets may arrive byte by byte': async () => {
    expect((await resultOf.bytewise()).output).toBe(`${accepted}40020102`);
  },
  'packets may follow CONNECT at once': async () => {
    expect((await resultOf.pipelined()).output).toBe(`${accepted}40020102`);
  },
  'a retained message is an event with a mark': async () => {
    expect((await resultOf.retained()).stored[0]?.properties).toEqual({ 'mqtt-retain': 'true' });
  },
};

describe('the hub closes an MQTT connection on', () => {
  it.each(Object.entries(closing))('%s', async (_, chunks) => {
    const { isClosed, stored, output } = await exchange(...chunks);
    expect(isClosed).toBe(true);
    expect(stored).toEqual([]);
    expect(output).toBe(chunks.length > 1 ? accepted : '');
  });
});

describe('the hub on MQTT', () => {
  it.each(Object.entries(answering))('%s', async (_, check) => check());
});

describe('the table of statements', () => {
  it('has every statement of the appendix once', () => {
    const expected = Object.entries(statementCounts).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}-${index + 1}`),
    );
    expect(statements.map(([id]) => id)).toEqual(expected);
  });

  it('names a test that exists, or a reason', () => {
    const tests = new Set([...Object.keys(closing), ...Object.keys(answering)]);
    for (const [id, , { test, reason }] of statements)
      expect(test === undefined ? reason : tests.has(test), id).toBeTruthy();
  });
});
