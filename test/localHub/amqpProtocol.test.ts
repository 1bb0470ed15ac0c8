import { once } from 'node:events';
import net from 'node:net';
import rhea, { type EventContext, type Typed } from 'rhea';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceIn, eventHubName, sasToken, startAmqpHub, type AmqpHub } from './support/amqpHub';
import { rawClient, rawSocket, type RawClient } from './support/amqpRaw';
import { until } from './support/until';
import { recordUncaught } from './support/uncaught';

const partitionPath = `${eventHubName}/ConsumerGroups/$Default/Partitions/0`;
const amqpHeader = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');
const saslHeader = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');

describe('AMQP protocol', () => {
  let hub: AmqpHub;
  const open: RawClient[] = [];
  let uncaught: ReturnType<typeof recordUncaught>;

  beforeAll(async () => {
    uncaught = recordUncaught();
    hub = await startAmqpHub({ limits: { authenticationTimeoutMs: 600_000, links: 20, sessions: 4 } });
    await hub.publish({ deviceId: deviceIn(hub.events, 0), body: Buffer.from('{"n":0}') });
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.connection.close();
    await until('the connections to close', () => hub.wire.connectionCount === 0);
    expect(uncaught.errors).toEqual([]);
  });
  afterAll(async () => {
    await hub.close();
    uncaught.stop();
  });

  const connect = async (options: object = {}): Promise<RawClient> => {
    const client = await rawClient({ port: hub.ports.plain, ...options });
    open.push(client);
    return client;
  };
  const serviceToken = (resource = 'localhost'): string =>
    sasToken(resource, hub.policy('service'), { form: 'decoded' });
  const loggedIn = async (): Promise<RawClient> => {
    const client = await connect();
    const reply = await client.putToken('localhost', serviceToken());
    expect(reply.application_properties).toMatchObject({ 'status-code': 200 });
    return client;
  };

  it('accepts a client without SASL, such as azure-iothub, and responds to put-token with 200', async () => {
    const client = await connect();
    const reply = await client.putToken('localhost', serviceToken());
    expect(reply.application_properties).toEqual({ 'status-code': 200, 'status-description': 'OK' });
    expect(typeof reply.correlation_id).toBe('string');
  });

  it('responds on the newest $cbs link if reply-to names no link', async () => {
    const client = await connect();
    const receiver = client.connection.open_receiver('$cbs');
    const sender = client.connection.open_sender('$cbs');
    const reply = new Promise<EventContext>((resolve) => receiver.once('message', resolve));
    sender.once('sendable', () => {
      sender.send({
        message_id: 'one',
        reply_to: 'cbs',
        application_properties: {
          operation: 'put-token',
          type: 'servicebus.windows.net:sastoken',
          name: 'localhost',
        },
        body: serviceToken(),
      });
    });
    const { message } = await reply;
    expect(message?.correlation_id).toBe('one');
    expect(message?.application_properties?.['status-code']).toBe(200);
  });

  it('responds to a refused token with 401', async () => {
    const client = await connect();
    const tokens: [string, string, string?][] = [
      ['localhost', 'garbage'],
      ['localhost', ''],
      ['localhost', 'eyJhbGciOi.x.y', 'jwt'],
      ['localhost', 'Bearer eyJhbGciOi.x.y'],
      ['localhost', serviceToken().replace(/sig=[^&]+/, 'sig=AAAA')],
      ['localhost', sasToken('other.example', hub.policy('service'), { form: 'decoded' })],
      ['localhost', sasToken('localhost', hub.policy('registryRead'), { form: 'decoded' })],
      ['localhost/messages/devicebound', serviceToken('localhost/messages/events')],
    ];
    for (const [name, token, type] of tokens) {
      const reply = await client.putToken(name, token, type);
      expect(reply.application_properties).toMatchObject({
        'status-code': 401,
        'error-condition': 'amqp:unauthorized-access',
      });
    }
    const { error } = await client.receive(partitionPath);
    expect(error?.condition).toBe('amqp:unauthorized-access');
  });

  it('opens no link without a token or with a token for another resource', async () => {
    const client = await connect();
    for (const address of [partitionPath, '$management', '/messages/events/$management', 'nosuch']) {
      expect((await client.receive(address)).error?.condition).toBe('amqp:unauthorized-access');
    }
    await client.putToken('x', sasToken(`sb://localhost/${partitionPath}`, hub.policy('service')));
    expect((await client.receive(partitionPath.replace(/0$/, '1'))).error?.condition).toBe(
      'amqp:unauthorized-access',
    );
  });

  it('limits a token to the narrower of the signed and the requested scope', async () => {
    const client = await connect();
    await client.putToken(
      `sb://localhost/${partitionPath}`,
      sasToken('sb://localhost', hub.policy('service')),
    );
    expect((await client.receive(partitionPath)).error).toBeUndefined();
    expect((await client.receive(partitionPath.replace(/0$/, '1'))).error?.condition).toBe(
      'amqp:unauthorized-access',
    );
    expect((await client.receive(`${partitionPath}0`)).error?.condition).toBe('amqp:unauthorized-access');
  });

  it('keeps links open if the token is renewed and closes them if it expires', async () => {
    const audience = `sb://localhost/${partitionPath}`;
    const token = (seconds: number) => sasToken(audience, hub.policy('service'), { seconds });
    const ended: string[] = [];
    const reader = async (name: string) => {
      const client = await connect();
      await client.putToken(audience, token(4));
      const { link } = await client.receive(partitionPath);
      link.on('receiver_error', () =>
        ended.push(`${name}: ${String((link.error as { condition?: string } | undefined)?.condition)}`),
      );
      return client;
    };
    const renewed = await reader('renewed');
    await reader('other');
    await renewed.putToken(audience, token(8));
    await until('one link to end', () => ended.length > 0, 30_000);
    expect(ended).toEqual(['other: amqp:unauthorized-access']);
    await until('both links to end', () => ended.length > 1, 30_000);
    expect(ended[1]).toBe('renewed: amqp:unauthorized-access');
  });

  const selectors: [string, (string | undefined)[], number[]][] = [
    ['az, by time without quotes', ['amqp.annotation.x-opt-enqueuedtimeutc > 1000'], [0]],
    ['by number descriptor', ["amqp.annotation.x-opt-sequence-number >= '0'", '#'], [0]],
    [
      'by symbol descriptor',
      ["amqp.annotation.x-opt-offset > '-1'", 'apache.org:selector-filter:string'],
      [0],
    ],
    ['not described', ["amqp.annotation.x-opt-offset >= '0'", ''], [0]],
    ['latest by default', [undefined], []],
  ];
  it.each(selectors)('reads from start position: %s', async (_, [selector, form], wanted) => {
    const client = await loggedIn();
    const described =
      form === ''
        ? selector
        : rhea.types.wrap_described(selector, !form || form === '#' ? 0x468c00000004 : form);
    const filter = selector === undefined ? undefined : { 'apache.org:selector-filter:string': described };
    const seen: unknown[] = [];
    client.container.on('message', ({ message }: EventContext) => {
      if (message?.message_annotations?.['x-opt-offset'] !== undefined) {
        seen.push(message.message_annotations['x-opt-sequence-number']);
      }
    });
    const address = `amqps://localhost:5671/${eventHubName}/consumergroups/$default/PARTITIONS/0`;
    const { link, error } = await client.receive(address, {
      source: { address, ...(filter ? { filter } : {}) },
      credit_window: 0,
    });
    expect(error).toBeUndefined();
    // The hub responds after it has sent all messages.
    const drained = once(link, 'receiver_drained');
    link.add_credit(1_000);
    link.drain_credit();
    await drained;
    expect(seen).toEqual(wanted);
  });

  it('refuses an unknown filter', async () => {
    const client = await loggedIn();
    const filter = {
      'apache.org:selector-filter:string': rhea.types.wrap_described("a = 'b'", 0x468c00000004),
    };
    const { error } = await client.receive('', { source: { address: partitionPath, filter } });
    expect(error?.condition).toBe('amqp:invalid-field');
  });

  it('delivers within the credit and supports drain', async () => {
    const client = await loggedIn();
    const device = deviceIn(hub.events, 0);
    await hub.publish(...Array.from({ length: 20 }, () => ({ deviceId: device })));
    const filter = {
      'apache.org:selector-filter:string': rhea.types.wrap_described(
        "amqp.annotation.x-opt-offset > '-1'",
        0x468c00000004,
      ),
    };
    const { link } = await client.receive('', {
      source: { address: partitionPath, filter },
      credit_window: 0,
    });
    let count = 0;
    let drained = false;
    link.on('message', () => count++);
    link.on('receiver_drained', () => (drained = true));
    link.add_credit(7);
    await until('seven', () => count === 7);
    await client.answered();
    expect(count).toBe(7);
    link.add_credit(1000);
    link.drain_credit();
    await until('all', () => drained);
    expect(count).toBe(21);
  });

  it('delivers to two links of one session independently', async () => {
    const client = await loggedIn();
    const device = deviceIn(hub.events, 1);
    const silent = await client.receive('', { source: { address: partitionPath }, credit_window: 0 });
    const address = partitionPath.replace(/0$/, '1');
    const { link } = await client.receive('', { source: { address } });
    let count = 0;
    link.on('message', () => count++);
    await hub.publish(
      { deviceId: deviceIn(hub.events, 0) },
      ...Array.from({ length: 3000 }, () => ({ deviceId: device })),
    );
    await until('3000', () => count === 3000);
    silent.link.close();
  });

  it('reads properties over $management with a token in the request', async () => {
    const client = await loggedIn();
    const properties = { operation: 'READ', type: 'com.microsoft:eventhub', name: eventHubName };
    const good = await client.request('$management', { ...properties, security_token: serviceToken() });
    expect(good.application_properties?.['status-code']).toBe(200);
    expect(good.body).toMatchObject({ name: eventHubName, partition_count: 2, partition_ids: ['0', '1'] });
    const bad = await client.request('$management', { ...properties, security_token: 'nonsense' });
    expect(bad.application_properties?.['status-code']).toBe(401);
    const unknown = await client.request('$management', { ...properties, name: 'local-hub' });
    expect(unknown.application_properties).toMatchObject({
      'status-code': 404,
      'error-condition': 'amqp:not-found',
    });
  });

  const plain = { host: 'localhost', transport: 'tls' } as const;
  it('redirects a client that knows only the hub to the Event Hubs-compatible endpoint', async () => {
    const client = await connect({
      ...plain,
      port: hub.ports.tls,
      ca: [hub.ca],
      username: 'service@sas.root.local-hub',
      password: serviceToken('localhost/messages/events'),
    });
    for (const address of [
      'amqps://localhost/messages/events/$management',
      '/messages/events/$management',
      'messages/events/ConsumerGroups/$Default/Partitions/0',
    ]) {
      const { error } = await client.receive(address);
      expect(error?.condition).toBe('amqp:link:redirect');
      expect(error?.info).toEqual({
        hostname: 'localhost',
        'network-host': 'localhost',
        port: hub.ports.tls,
        address: `amqps://localhost:${hub.ports.tls}/${eventHubName}/$management`,
      });
      const found = /:\d+\/(.*)\/\$management/i.exec(String(error?.info?.address));
      expect(found?.[1]).toBe(eventHubName);
    }
    // And continues at the given address, on the same connection.
    const properties = { operation: 'READ', type: 'com.microsoft:eventhub', name: eventHubName };
    const reply = await client.request(
      `amqps://localhost:${hub.ports.tls}/${eventHubName}/$management`,
      properties,
    );
    expect(reply.application_properties?.['status-code']).toBe(200);
  });

  it('accepts a policy and its key over SASL PLAIN', async () => {
    const client = await connect({ username: 'service', password: hub.policy('service').secondaryKey });
    expect((await client.receive(partitionPath)).error).toBeUndefined();
  });

  it.each([
    ['a wrong key', () => ['service', 'AAAA']],
    ['the key of a policy without the right', () => ['device', hub.policy('device').primaryKey]],
    ['a token of another policy', () => ['iothubowner@sas.root.local-hub', serviceToken()]],
    [
      'an expired token',
      () => ['service@sas.root.x', sasToken('localhost', hub.policy('service'), { seconds: -5 })],
    ],
  ])('refuses SASL PLAIN with %s', async (_, credentials) => {
    const [username, password] = credentials();
    await expect(connect({ username, password })).rejects.toThrow(/unauthorized-access/);
  });

  it.each<[string, string | number | Buffer, Typed?]>([
    ['a text', 'one'],
    ['a number', 7],
    ['a UUID', Buffer.alloc(16, 7)],
    ['a binary', Buffer.from('one'), rhea.types.wrap_binary(Buffer.from('one'))],
  ])('responds to a request whose ID is %s with the same ID', async (_, id, typed) => {
    const client = await connect();
    const receiver = client.connection.open_receiver('$cbs');
    const sender = client.connection.open_sender('$cbs');
    const reply = new Promise<EventContext>((resolve) => receiver.once('message', resolve));
    sender.once('sendable', () => {
      sender.send({
        message_id: (typed ?? id) as never,
        application_properties: { operation: 'put-token' },
        body: '',
      });
    });
    const { message } = await reply;
    expect(message?.correlation_id).toEqual(id);
  });

  it('tells devices that AMQP is not supported for them, with and without a token', async () => {
    const client = await connect();
    const reply = await client.putToken('localhost/devices/one', serviceToken());
    const links = [
      await client.send('/devices/one/messages/events'),
      await client.receive('/devices/one/messages/devicebound'),
      await client.receive('/devices/one/twin'),
    ];
    const description = 'AMQP for devices: not supported by the local hub yet. Use MQTT or HTTPS.';
    expect(reply.application_properties).toMatchObject({
      'status-code': 501,
      'status-description': description,
      'error-condition': 'amqp:not-implemented',
    });
    for (const { error } of links)
      expect(error).toMatchObject({ condition: 'amqp:not-implemented', description });
  });

  it('reports unsupported addresses and missing claims', async () => {
    const client = await loggedIn();
    const missing = [
      client.send('/messages/devicebound'),
      client.receive('/messages/serviceBound/feedback'),
      client.receive('/messages/servicebound/filenotifications'),
      client.receive('/devices/d/messages/devicebound'),
    ];
    for (const { error } of await Promise.all(missing)) {
      expect(error?.condition).toBe('amqp:not-implemented');
      expect(error?.description).toContain('not supported by the local hub yet');
    }
    expect((await client.send(eventHubName)).error?.description).toContain("'Send' claim(s) are required");
    expect((await client.receive(eventHubName)).error?.condition).toBe('amqp:not-found');
  });

  it('closes connections that present no token in time', async () => {
    const impatient = await startAmqpHub({ limits: { authenticationTimeoutMs: 1_500 } });
    try {
      const client = await rawClient({ port: impatient.ports.plain });
      expect(await client.closed).toBe('amqp:unauthorized-access');
      expect(await rawSocket(impatient.ports.plain)).toHaveLength(0);
      expect(await rawSocket(impatient.ports.plain, amqpHeader)).toHaveLength(8);
    } finally {
      await impatient.close();
    }
  });

  it('limits the links and sessions of a connection', async () => {
    const many = await loggedIn();
    for (let i = 0; i < 25; i++) many.connection.open_receiver('$cbs');
    expect(await many.closed).toBe('amqp:resource-limit-exceeded');
    const sessions = await loggedIn();
    for (let i = 0; i < 6; i++) sessions.connection.create_session().begin();
    expect(await sessions.closed).toBe('amqp:resource-limit-exceeded');
  });

  it('refuses invalid frame sizes and idle timeouts', async () => {
    for (const options of [{ max_frame_size: 20 }, { idle_time_out: 1 }]) {
      const client = await connect(options);
      expect(await client.closed).toBe('amqp:invalid-field');
    }
  });

  const frame = (type: number, ...body: number[]): Buffer => {
    const bytes = Buffer.from([0, 0, 0, 0, 2, type, 0, 0, ...body]);
    bytes.writeUInt32BE(bytes.length);
    return bytes;
  };
  // OPEN with container-id 'x', then BEGIN with windows.
  const opening = [
    amqpHeader,
    frame(0, 0, 0x53, 0x10, 0xc0, 4, 1, 0xa1, 1, 0x78),
    frame(0, 0, 0x53, 0x11, 0xc0, 9, 4, 0x40, 0x43, 0x70, 0, 0, 8, 0, 0x43),
  ];
  const malformed: [string, Buffer[]][] = [
    ['HTTP', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]],
    ['AMQP 0.9.1', [Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')]],
    ['TLS within AMQP', [Buffer.from('AMQP\x02\x01\x00\x00', 'latin1')]],
    ['a frame of size 0', [amqpHeader, Buffer.alloc(8)]],
    ['a frame of four gigabytes', [amqpHeader, Buffer.from('ffffffff02000000', 'hex')]],
    ['a frame larger than agreed', [amqpHeader, Buffer.from('0001000102000000', 'hex')]],
    ['a data offset beyond the frame', [amqpHeader, Buffer.from('00000008ff000000', 'hex')]],
    ['an unknown frame type', [amqpHeader, frame(9)]],
    ['an unknown performative', [...opening, frame(0, 0, 0x53, 0x99, 0x45)]],
    ['no performative', [...opening, frame(0, 0x45)]],
    ['an unknown type code', [...opening, frame(0, 0, 0x53, 0x12, 0x0f)]],
    [
      'a list of four billion items',
      [...opening, frame(0, 0, 0x53, 0x12, 0xd0, 0, 0, 0, 9, 255, 255, 255, 255)],
    ],
    [
      'an array of two billion nulls',
      [...opening, frame(0, 0, 0x53, 0x12, 0xf0, 0, 0, 0, 9, 127, 255, 255, 255, 0x40)],
    ],
    ['nested lists', [...opening, frame(0, ...Array.from({ length: 20_000 }, () => [0xc0, 255, 1]).flat())]],
    ['nested descriptors', [...opening, frame(0, ...Array.from({ length: 60_000 }, () => 0))]],
    ['a transfer without a link', [...opening, frame(0, 0, 0x53, 0x14, 0xc0, 3, 2, 0x52, 7)]],
    ['a second OPEN', [...opening, opening[1] ?? Buffer.alloc(0)]],
    ['a frame before OPEN', [amqpHeader, frame(0, 0, 0x53, 0x14, 0x45)]],
    ['a SASL frame after SASL', [amqpHeader, frame(1, 0, 0x53, 0x41, 0x45)]],
    ['an AMQP frame within SASL', [saslHeader, frame(0, 0, 0x53, 0x10, 0x45)]],
    ['SASL without a mechanism', [saslHeader, frame(1, 0, 0x53, 0x41, 0x45)]],
    [
      'SASL PLAIN without a password',
      [saslHeader, frame(1, 0, 0x53, 0x41, 0xc0, 8, 1, 0xa3, 5, ...Buffer.from('PLAIN'))],
    ],
  ];
  it.each(malformed)('closes the connection on malformed input: %s', async (_, chunks) => {
    const before = hub.logs.length;
    // The time limit for clients without a token is longer than the test timeout.
    await rawSocket(hub.ports.plain, ...chunks);
    expect(hub.logs.length - before).toBeLessThanOrEqual(1);
  });

  it('responds to an unknown protocol header with the supported one', async () => {
    expect(await rawSocket(hub.ports.plain, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual(saslHeader);
  });

  it('limits the size of a message that spans frames', async () => {
    const client = await loggedIn();
    const sender = client.connection.open_sender('$cbs');
    sender.once('sendable', () => {
      sender.send({ body: rhea.message.data_section(Buffer.alloc(3 * 1024 * 1024)) as unknown });
    });
    expect(await client.closed).toBe('amqp:link:message-size-exceeded');
    expect(hub.logs.at(-1)).toContain('a message exceeds the limit');
  });

  it('survives random bytes and keeps serving other clients', async () => {
    let state = 20261124;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 150; round++) {
      const body = Buffer.from(Array.from({ length: random(120) }, () => random(256)));
      const framed = frame(
        random(4) === 0 ? 1 : 0,
        0,
        0x53,
        0x10 + random(9),
        0xc0,
        body.length % 256,
        random(12),
        ...body,
      );
      const chunks =
        [[body], [amqpHeader, framed], [saslHeader, framed], [...opening, framed]][random(4)] ?? [];
      const socket = net.connect(hub.ports.plain, '127.0.0.1');
      socket.on('error', () => undefined);
      await Promise.all(chunks.map((chunk) => new Promise((resolve) => socket.write(chunk, resolve))));
      if (random(2) === 0) socket.destroy();
      else socket.end();
    }
    const client = await loggedIn();
    expect((await client.receive(partitionPath)).error).toBeUndefined();
  });

  it('closes its connections with a reason and accepts no more when it stops', async () => {
    const other = await startAmqpHub();
    const client = await rawClient({ port: other.ports.plain });
    const gone = client.closed;
    await other.wire.close();
    expect(await gone).toBe('amqp:connection:forced');
    expect(other.wire.connectionCount).toBe(0);
    expect(await rawSocket(other.ports.plain, amqpHeader)).toHaveLength(0);
    await other.close();
  });
});
