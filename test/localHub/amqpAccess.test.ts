import { earliestEventPosition, latestEventPosition } from '@azure/event-hubs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventHubName, sasToken, startAmqpHub, type AmqpHub } from './support/amqpHub';
import { closeClients, codeOf, consumerClient, read, rootOf } from './support/amqpReader';
import { until } from './support/until';

describe('access to the event endpoint', () => {
  let hub: AmqpHub;

  beforeAll(async () => {
    hub = await startAmqpHub();
    hub.context.consumerGroups.put('dashboards');
    await hub.publish({ deviceId: 'a' }, { deviceId: 'b' }, { deviceId: 'c' }, { deviceId: 'd' });
  });
  afterEach(closeClients);
  afterAll(() => hub.close());

  const failure = async (connectionString: string, group = '$Default', partition = '0'): Promise<Error> =>
    read(consumerClient(hub, { connectionString, group }), partition, earliestEventPosition).failed();

  const allowed = ['service', 'iothubowner'];
  it.each(allowed)('allows policy %s to read events', async (policy) => {
    const client = consumerClient(hub, { connectionString: hub.connectionString({ policy }) });
    expect(await client.getPartitionIds()).toHaveLength(2);
  });

  it.each(['device', 'registryReadWrite'])('does not allow policy %s to read events', async (policy) => {
    expect(codeOf(await failure(hub.connectionString({ policy })))).toBe('UnauthorizedError');
  });

  it('refuses a wrong key and an unknown policy', async () => {
    const key = Buffer.alloc(32).toString('base64');
    const client = consumerClient(hub, { connectionString: hub.connectionString({ key }) });
    const error = await client.getPartitionIds().then(
      () => undefined,
      (reason: unknown) => rootOf(reason),
    );
    expect(error && codeOf(error)).toBe('UnauthorizedError');
    expect(codeOf(await failure(hub.connectionString({ key })))).toBe('UnauthorizedError');
    expect(
      codeOf(
        await failure(
          hub.connectionString().replace('SharedAccessKeyName=service', 'SharedAccessKeyName=nobody'),
        ),
      ),
    ).toBe('UnauthorizedError');
    expect(hub.logs.join('\n')).toContain("matches neither key of policy 'service'");
    expect(hub.logs.join('\n')).not.toContain(key);
  });

  it('refuses an expired token', async () => {
    const token = sasToken(`sb://localhost:${hub.ports.plain}/${eventHubName}`, hub.policy('service'), {
      seconds: -60,
    });
    const connectionString = `Endpoint=sb://localhost:${hub.ports.plain};SharedAccessSignature=${token};EntityPath=${eventHubName};UseDevelopmentEmulator=true`;
    expect(codeOf(await failure(connectionString))).toBe('UnauthorizedError');
    expect(hub.logs.join('\n')).toContain('The token expired at');
  });

  it('accepts a generated token until it expires, then closes its links', async () => {
    const token = sasToken(`sb://localhost:${hub.ports.plain}/${eventHubName}`, hub.policy('service'), {
      seconds: 2,
    });
    const connectionString = `Endpoint=sb://localhost:${hub.ports.plain};SharedAccessSignature=${token};EntityPath=${eventHubName};UseDevelopmentEmulator=true`;
    const reading = read(consumerClient(hub, { connectionString }), '0', earliestEventPosition);
    await reading.count(1);
    expect(reading.errors).toEqual([]);
    expect(codeOf(await reading.failed())).toBe('UnauthorizedError');
    await until('the reader to close', () => hub.wire.readerCount === 0);
  });

  it('refuses unknown entities, consumer groups and partitions', async () => {
    const cases: [Promise<Error>, string][] = [
      [failure(hub.connectionString({ entity: 'local-hub' })), 'local-hub'],
      [failure(hub.connectionString(), 'nosuch'), `${eventHubName}/ConsumerGroups/nosuch`],
      [
        failure(hub.connectionString(), '$Default', '9'),
        `${eventHubName}/ConsumerGroups/$Default/Partitions/9`,
      ],
    ];
    for (const [result, name] of cases) {
      const error = await result;
      expect(codeOf(error)).toBe('MessagingEntityNotFoundError');
      expect(error.message).toContain(`${name}' could not be found.`);
    }
    const wrong = consumerClient(hub, { connectionString: hub.connectionString({ entity: 'local-hub' }) });
    await expect(wrong.getPartitionIds()).rejects.toMatchObject({ code: 'MessagingEntityNotFoundError' });
  });

  it('compares names case-insensitively', async () => {
    for (const group of ['$default', 'Dashboards']) {
      const connectionString = hub.connectionString({ entity: eventHubName.toUpperCase() });
      const reading = read(consumerClient(hub, { group, connectionString }), '0', earliestEventPosition);
      await reading.count(1);
    }
  });

  it('refuses a start position beyond the end', async () => {
    const reading = read(consumerClient(hub), '0', { sequenceNumber: 500 });
    const error = await reading.failed();
    expect(codeOf(error)).toBe('ArgumentError');
    expect(error.message).toContain("The supplied sequence number '500' is invalid.");
  });

  it('gives a partition to a reader with the same or a higher owner level and refuses a lower one', async () => {
    const reader = (ownerLevel?: number) =>
      read(consumerClient(hub), '1', latestEventPosition, ownerLevel === undefined ? {} : { ownerLevel });
    const shared = reader();
    await until('the shared reader', () => hub.wire.readerCount === 1);
    const first = reader(2);
    expect(codeOf(await shared.failed())).toBe('ReceiverDisconnectedError');
    await shared.close();
    const equal = reader(2);
    expect(codeOf(await first.failed())).toBe('ReceiverDisconnectedError');
    await first.close();
    const higher = reader(3);
    expect(codeOf(await equal.failed())).toBe('ReceiverDisconnectedError');
    await equal.close();
    for (const refused of [reader(1), reader()]) {
      expect(codeOf(await refused.failed())).toBe('ReceiverDisconnectedError');
      await refused.close();
    }
    expect(higher.errors).toEqual([]);
    expect(hub.wire.readerCount).toBe(1);
    await higher.close();
    await until('the owner to close', () => hub.wire.readerCount === 0);
    const again = reader();
    await until('a shared reader again', () => hub.wire.readerCount === 1);
    expect(again.errors).toEqual([]);
  });

  it('allows five readers to share a partition in a consumer group', async () => {
    const five = Array.from({ length: 5 }, () => read(consumerClient(hub), '1', latestEventPosition));
    await until('five readers', () => hub.wire.readerCount === 5);
    const sixth = read(consumerClient(hub), '1', latestEventPosition);
    const error = await sixth.failed();
    expect(codeOf(error)).toBe('QuotaExceededError');
    expect(error.message).toContain(
      'maximum number of allowed receivers per partition in a consumer group which is 5',
    );
    await sixth.close();
    const elsewhere = read(consumerClient(hub, { group: 'dashboards' }), '1', latestEventPosition);
    await until('six readers', () => hub.wire.readerCount === 6);
    expect([...five, elsewhere].flatMap((reading) => reading.errors)).toEqual([]);
  });
});
