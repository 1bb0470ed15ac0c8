import { earliestEventPosition, latestEventPosition, type EventPosition } from '@azure/event-hubs';
import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatAuthMethod } from '../../src/localHub/auth/authMethod';
import { deviceIn, eventHubName, startAmqpHub, type AmqpHub } from './support/amqpHub';
import { closeClients, consumerClient, read } from './support/amqpReader';
import { until } from './support/until';

const partition = '1';

describe('reading events with @azure/event-hubs', () => {
  let hub: AmqpHub;
  let deviceId: string;

  beforeAll(async () => {
    hub = await startAmqpHub();
    deviceId = deviceIn(hub.events, 1);
    for (let i = 0; i < 10; i++) {
      await hub.publish({ deviceId, body: Buffer.from(JSON.stringify({ i })) });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  });
  afterEach(closeClients);
  afterAll(() => hub.close());

  const times = (): number[] => hub.events.read(1, 0, 10).map((event) => event.enqueuedTime);
  const positions: [string, () => EventPosition, number][] = [
    ['earliest', () => earliestEventPosition, 0],
    ['offset', () => ({ offset: '192' }), 4],
    ['offset, inclusive', () => ({ offset: '192', isInclusive: true }), 3],
    ['sequence number', () => ({ sequenceNumber: 5 }), 6],
    ['sequence number, inclusive', () => ({ sequenceNumber: 5, isInclusive: true }), 5],
    ['sequence number before the first', () => ({ sequenceNumber: -1 }), 0],
    ['enqueued time', () => ({ enqueuedOn: times()[7] ?? 0 }), 8],
    ['enqueued time as a date', () => ({ enqueuedOn: new Date((times()[7] ?? 0) - 1) }), 7],
  ];
  it.each(positions)('starts at position: %s', async (_, position, first) => {
    const reading = read(consumerClient(hub), partition, position());
    await reading.count(10 - first);
    expect(reading.events.map((event) => event.sequenceNumber)).toEqual(
      Array.from({ length: 10 - first }, (__, i) => first + i),
    );
    expect(reading.errors).toEqual([]);
  });

  it('starts at position: latest', async () => {
    const other = deviceIn(hub.events, 0);
    await hub.publish({ deviceId: other }, { deviceId: other });
    const reading = read(consumerClient(hub), '0', latestEventPosition);
    await until('the reader', () => hub.wire.readerCount === 1);
    await hub.publish({ deviceId: other, body: Buffer.from('"new"') });
    await reading.count(1);
    expect(reading.events.map((event) => [event.sequenceNumber, event.body as unknown])).toEqual([
      [2, 'new'],
    ]);
  });

  it('returns every message property', async () => {
    const before = hub.events.state(1).lastSequenceNumber;
    await hub.publish({
      deviceId,
      moduleId: 'cam',
      authMethod: formatAuthMethod('device', 'x509'),
      modelId: 'dtmi:com:example:Thermostat;1',
      system: {
        messageId: 'm/1',
        correlationId: 'c1',
        userId: 'ü1',
        to: '/devices/x/messages/events',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        absoluteExpiryTime: '2030-01-01T00:00:00Z',
        creationTime: '2023-09-05T18:53:42.1509021Z',
        subject: 'cooler',
        interfaceId: 'urn:x',
        outputName: 'out1',
      },
      properties: { alert: 'a&b', 'temp °C': '21', toString: 'x', constructor: 'y', hasOwnProperty: 'z' },
      body: Buffer.from('{"t":21.5}'),
    });
    const reading = read(consumerClient(hub), partition, { sequenceNumber: before });
    await reading.count(1);
    const event = reading.events[0];
    const stored = hub.events.read(1, before + 1, 1)[0];
    if (!event || !stored) throw new Error('nothing was read');
    expect(event.body).toEqual({ t: 21.5 });
    expect(event.properties).toEqual({
      alert: 'a&b',
      'temp °C': '21',
      toString: 'x',
      constructor: 'y',
      hasOwnProperty: 'z',
      // As the device sent it, not as a time that loses digits.
      'iothub-creation-time-utc': '2023-09-05T18:53:42.1509021Z',
    });
    expect(event.sequenceNumber).toBe(before + 1);
    expect(event.offset).toBe(String((before + 1) * 64));
    expect(event.enqueuedTimeUtc).toEqual(new Date(stored.enqueuedTime));
    expect(event.partitionKey).toBeUndefined();
    expect(event.contentType).toBe('application/json');
    expect(event.messageId).toBe('m/1');
    expect(event.correlationId).toBe('c1');
    expect(event.systemProperties).toEqual({
      'iothub-connection-device-id': deviceId,
      'iothub-connection-module-id': 'cam',
      'iothub-connection-auth-method':
        '{"scope":"device","type":"x509","issuer":"external","acceptingIpFilterRule":null}',
      'iothub-connection-auth-generation-id': '638000000000000000',
      'iothub-enqueuedtime': stored.enqueuedTime,
      'iothub-message-source': 'Telemetry',
      'iothub-interface-id': 'urn:x',
      'iothub-outputname': 'out1',
      'dt-dataschema': 'dtmi:com:example:Thermostat;1',
      'dt-subject': 'cooler',
      messageId: 'm/1',
      correlationId: 'c1',
      // The SDK copies the bytes into a plain object.
      userId: { ...Buffer.from('ü1') },
      to: '/devices/x/messages/events',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      absoluteExpiryTime: Date.parse('2030-01-01T00:00:00Z'),
    });
    const raw = event.getRawAmqpMessage();
    expect(raw.bodyType).toBe('data');
    expect(raw.messageAnnotations?.['x-opt-offset']).toBe(event.offset);
    expect(raw.messageAnnotations?.['x-opt-sequence-number']).toBe(event.sequenceNumber);
  });

  it('omits properties that a message does not have', async () => {
    const before = hub.events.state(1).lastSequenceNumber;
    await hub.publish({ deviceId, body: Buffer.from([0, 1, 255]) }, { deviceId, body: Buffer.alloc(0) });
    const reading = read(consumerClient(hub), partition, { sequenceNumber: before });
    await reading.count(2);
    expect(Object.keys(reading.events[0]?.systemProperties ?? {}).sort()).toEqual([
      'iothub-connection-auth-generation-id',
      'iothub-connection-auth-method',
      'iothub-connection-device-id',
      'iothub-enqueuedtime',
      'iothub-message-source',
    ]);
    expect(reading.events[0]?.body).toEqual(Buffer.from([0, 1, 255]));
    expect(reading.events[0]?.properties).toBeUndefined();
    expect(Buffer.from(reading.events[1]?.body as Uint8Array)).toHaveLength(0);
  });

  it('delivers a message that spans many frames', async () => {
    const before = hub.events.state(1).lastSequenceNumber;
    const body = Buffer.alloc(256 * 1024 - 500, 'x');
    await hub.publish({ deviceId, body }, { deviceId, body });
    const reading = read(consumerClient(hub), partition, { sequenceNumber: before });
    await reading.count(2);
    expect(reading.events.map((event) => (event.body as Buffer).equals(body))).toEqual([true, true]);
  });

  it('describes the event hub and its partitions', async () => {
    const client = consumerClient(hub);
    expect(await client.getEventHubProperties()).toEqual({
      name: eventHubName,
      createdOn: new Date('2026-01-02T03:04:05Z'),
      partitionIds: ['0', '1'],
      isGeoDrEnabled: false,
    });
    const state = hub.events.state(1);
    expect(await client.getPartitionProperties('1')).toMatchObject({
      eventHubName,
      partitionId: '1',
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: state.lastSequenceNumber,
      lastEnqueuedOffset: String(state.lastSequenceNumber * 64),
      lastEnqueuedOnUtc: new Date(state.lastEnqueuedTime),
      isEmpty: false,
    });
    await expect(client.getPartitionProperties('7')).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
    });
  });

  it('describes an empty partition', async () => {
    const empty = await startAmqpHub();
    try {
      expect(await consumerClient(empty).getPartitionProperties('0')).toMatchObject({
        beginningSequenceNumber: 0,
        lastEnqueuedSequenceNumber: -1,
        lastEnqueuedOffset: '-1',
        isEmpty: true,
      });
      await closeClients();
    } finally {
      await empty.close();
    }
  });

  it('reports the end of the partition with each event if requested', async () => {
    const reading = read(consumerClient(hub), partition, earliestEventPosition, {
      trackLastEnqueuedEventProperties: true,
    });
    await reading.count(10);
    const state = hub.events.state(1);
    expect(reading.context()?.lastEnqueuedEventProperties).toMatchObject({
      sequenceNumber: state.lastSequenceNumber,
      offset: String(state.lastSequenceNumber * 64),
      enqueuedOn: new Date(state.lastEnqueuedTime),
    });
    expect(reading.context()?.lastEnqueuedEventProperties?.retrievedOn).toBeInstanceOf(Date);
    await closeClients();
    const plain = read(consumerClient(hub), partition, earliestEventPosition);
    await plain.count(10);
    expect(plain.context()?.lastEnqueuedEventProperties?.sequenceNumber).toBeUndefined();
  });

  it('reads events over a WebSocket with TLS', async () => {
    const client = consumerClient(hub, {
      connectionString: hub
        .connectionString({ port: hub.ports.webSocket })
        .replace(';UseDevelopmentEmulator=true', ''),
      webSocketOptions: { webSocket: WebSocket, webSocketConstructorOptions: { ca: hub.ca } },
    });
    expect(await client.getPartitionIds()).toEqual(['0', '1']);
    const reading = read(client, partition, earliestEventPosition);
    await reading.count(10);
    expect(reading.events.slice(0, 10).map((event) => event.sequenceNumber)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('continues after the connection was cut, without loss or duplicates', async () => {
    const start = hub.events.state(1).lastSequenceNumber;
    // Not from the latest event: a client that has received none yet would start after those of the interruption.
    const reading = read(consumerClient(hub), partition, { sequenceNumber: start });
    await until('the reader', () => hub.wire.readerCount === 1);
    const wanted = 300;
    for (let i = 0; i < wanted; i++) {
      await hub.publish({ deviceId });
      if (i % 100 !== 50) continue;
      // Only once the client has its link: one that is cut off before gives up, and begins again at the first event.
      await reading.count(i + 1);
      for (const socket of hub.sockets) socket.destroy();
    }
    // The client waits longer after each failed attempt.
    await reading.count(wanted);
    // Duplicates would have arrived before this event.
    await hub.publish({ deviceId });
    await reading.count(wanted + 1);
    expect(reading.events.map((event) => event.sequenceNumber)).toEqual(
      Array.from({ length: wanted + 1 }, (_, i) => start + 1 + i),
    );
  });

  it('delivers a burst of 20,000 events in order', async () => {
    const burst = await startAmqpHub();
    try {
      const count = 20_000;
      const device = deviceIn(burst.events, 0);
      const reading = read(consumerClient(burst), '0', latestEventPosition, { maxBatchSize: 300 });
      await until('the reader', () => burst.wire.readerCount === 1);
      await burst.publish(
        ...Array.from({ length: count }, () => ({ deviceId: device, body: Buffer.alloc(256, '1') })),
      );
      await reading.count(count, 50_000);
      expect(reading.events.every((event, i) => event.sequenceNumber === i)).toBe(true);
      expect(reading.events).toHaveLength(count);
      await closeClients();
    } finally {
      await burst.close();
    }
  });

  it('releases closed readers and connections', async () => {
    const reading = read(consumerClient(hub), partition, earliestEventPosition);
    await reading.count(1);
    await closeClients();
    await until('the end', () => hub.wire.connectionCount === 0 && hub.wire.readerCount === 0);
  });
});
