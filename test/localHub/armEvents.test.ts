import { rmSync } from 'node:fs';
import { EventHubConsumerClient } from '@azure/event-hubs';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEvents, inspectEvents } from '../../src/azure/events/index';
import { openHubSettings } from '../../src/azure/management/index';
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type DeviceSession } from '../../src/core/message/deviceSession';
import { openDeviceSession } from '../../src/azure/mqtt/index';
import { mqttSettings } from '../../src/core/mqtt/mqttSettings';
import { Throttle } from '../../src/localHub/state/throttle';
import { armClientOf, hubPath } from './support/certificates';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let connection: HubConnection;
const never = new AbortController().signal;

beforeAll(async () => {
  hub = await startTestHub({ dailyQuota: 1_000 });
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
});
afterAll(() => hub.close());

async function device(deviceId: string, of = connection): Promise<{ session: DeviceSession; topic: string }> {
  const registry = await openDeviceRegistry(of);
  const identity = await registry.create(deviceId, { kind: 'sas' });
  registry.dispose();
  const settings = () =>
    mqttSettings({
      hub: of,
      device: identity,
      bag: [
        ['$.ct', 'application/json'],
        ['$.ce', 'utf-8'],
        ['level', 'high'],
      ],
      tokenSeconds: 600,
      now: Date.now(),
    });
  const session = await openDeviceSession({
    settings,
    transport: 'mqtt',
    webSocketPort: of.httpsPort,
    maxInFlight: 1_000,
    onState: () => undefined,
  });
  return { session, topic: settings().topic };
}

async function reading(consumerGroup: string) {
  const bodies: string[] = [];
  const subscription = await openEvents(
    {
      connection,
      consumerGroup,
      start: { kind: 'now' },
      seen: new Map(),
      onMessages: (messages) => bodies.push(...messages.map(({ body }) => Buffer.from(body).toString())),
      onTrouble: () => undefined,
    },
    never,
  );
  return { bodies, subscription };
}

describe('Consumer groups in ARM', () => {
  it('are created, listed, used and deleted by the extension and the Azure SDK', async () => {
    const settings = await openHubSettings(connection);
    expect(await settings.consumerGroups()).toEqual(['$Default']);
    await settings.createConsumerGroup('dash-board.1');
    await settings.createConsumerGroup('DASH-board.1');
    expect(await settings.consumerGroups()).toEqual(['$Default', 'dash-board.1']);
    const one = await armClientOf(hub.endpoints).iotHubResource.getEventHubConsumerGroup(
      ...hubPath,
      'events',
      'dash-board.1',
    );
    expect(one).toMatchObject({
      name: 'dash-board.1',
      type: 'Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups',
    });
    expect(await inspectEvents(connection, 'dash-board.1', never)).toHaveLength(4);
    const { subscription } = await reading('dash-board.1');
    await settings.deleteConsumerGroup('dash-board.1');
    expect(await subscription.broken).toMatchObject({ code: 'notFound' });
    await subscription.close();
    expect(await settings.consumerGroups()).toEqual(['$Default']);
  });

  it('must have valid names, and $Default cannot be deleted', async () => {
    const settings = await openHubSettings(connection);
    await expect(settings.createConsumerGroup('-no')).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(settings.deleteConsumerGroup('$default')).rejects.toMatchObject({
      message: expect.stringContaining('cannot be deleted') as string,
    });
    await settings.deleteConsumerGroup('never-there');
  });

  it('still exist after a restart', async () => {
    const dataFolder = makeTemporaryFolder();
    const settingsOf = (of: TestHub) =>
      openHubSettings(parseHubConnection(of.endpoints.workbenchConnectionString));
    const first = await startTestHub({ dataFolder });
    await (await settingsOf(first)).createConsumerGroup('kept');
    await first.close();
    const second = await startTestHub({ dataFolder });
    expect(await (await settingsOf(second)).consumerGroups()).toEqual(['$Default', 'kept']);
    await second.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });
});

describe('A consumer group with an owner', () => {
  it('is refused to another reader with a message that explains what to do', async () => {
    const settings = await openHubSettings(connection);
    await settings.createConsumerGroup('owned');
    const owner = new EventHubConsumerClient(
      'owned',
      `Endpoint=sb://localhost:${connection.httpsPort}/;SharedAccessKeyName=${connection.policyName};SharedAccessKey=${connection.key};EntityPath=iothub-ehub-local-hub`,
      { webSocketOptions: { webSocket: WebSocket, webSocketConstructorOptions: { ca: hub.ca } } },
    );
    let isReading: () => void = () => undefined;
    const reads = new Promise<void>((resolve) => (isReading = resolve));
    const owned = owner.subscribe(
      '0',
      { processEvents: async () => isReading(), processError: async () => undefined },
      { ownerLevel: 1, maxWaitTimeInSeconds: 0.1 },
    );
    await reads;
    const { subscription } = await reading('owned');
    expect(await subscription.broken).toMatchObject({
      code: 'refused',
      message: expect.stringContaining(
        'took over this consumer group. Use a dedicated consumer group',
      ) as string,
    });
    await subscription.close();
    await owned.close();
    await owner.close();
    await settings.deleteConsumerGroup('owned');
  });
});

describe('Routes in ARM', () => {
  const change = async (routing: object) => {
    const { iotHubResource } = armClientOf(hub.endpoints);
    const description = await iotHubResource.get(...hubPath);
    return iotHubResource.beginCreateOrUpdateAndWait(
      ...hubPath,
      { ...description, properties: { ...description.properties, routing } },
      { ifMatch: description.etag ?? '' },
    );
  };
  const storage = { storageContainers: [{ name: 'archive', connectionString: 'none', containerName: 'c' }] };
  const route = (name: string, condition: string, ...endpointNames: string[]) => ({
    name,
    source: 'DeviceMessages',
    condition,
    endpointNames,
    isEnabled: true,
  });
  const fallbackRoute = (isEnabled: boolean) => ({
    name: '$fallback',
    source: 'DeviceMessages',
    condition: 'true',
    endpointNames: ['events'],
    isEnabled,
  });

  it('send messages to the built-in endpoint or another one by their conditions', async () => {
    const { session, topic } = await device('routed');
    const { bodies, subscription } = await reading('$Default');
    const send = async (n: number) => {
      await session.publish({ topic, payload: JSON.stringify({ n }), qos: 1 });
    };
    await send(1);
    await change({ endpoints: storage, routes: [], fallbackRoute: fallbackRoute(false) });
    await send(2);
    await change({
      endpoints: storage,
      routes: [route('hot', '$body.n > 3', 'archive')],
      fallbackRoute: fallbackRoute(true),
    });
    await send(3);
    await send(4);
    await change({
      endpoints: storage,
      routes: [
        route('all', 'true', 'archive'),
        route(
          'high',
          "level = 'high' AND $connectionDeviceId = 'routed' AND $contentType = 'application/json'",
          'events',
        ),
      ],
      fallbackRoute: fallbackRoute(false),
    });
    await send(5);
    // Messages of one device arrive in order, so no earlier message can follow.
    await expect.poll(() => bodies).toContain('{"n":5}');
    expect(bodies.sort()).toEqual(['{"n":1}', '{"n":3}', '{"n":5}']);
    const settings = await openHubSettings(connection);
    expect(await settings.routing()).toMatchObject({
      isFallbackOn: false,
      routes: [{ name: 'all', endpoints: ['archive'] }, { name: 'high' }],
    });
    await subscription.close();
    await session.close();
  });

  it('are refused if they are not valid or the ETag is stale', async () => {
    const wrong = [
      [{ endpoints: {}, routes: [route('r', 'true', 'nowhere')] }, /refers to the endpoint 'nowhere'/],
      [{ endpoints: {}, routes: [route('r', 'a ==', 'events')] }, /condition of route 'r' is not valid/],
      [
        { endpoints: {}, routes: [route('r', '', 'events'), route('R', '', 'events')] },
        /route name 'R' is used twice/,
      ],
    ] as const;
    for (const [routing, message] of wrong) await expect(change(routing)).rejects.toThrow(message);
    const { iotHubResource } = armClientOf(hub.endpoints);
    const description = await iotHubResource.get(...hubPath);
    await change({ endpoints: {}, routes: [], fallbackRoute: fallbackRoute(true) });
    await expect(
      iotHubResource.beginCreateOrUpdateAndWait(...hubPath, description, { ifMatch: description.etag ?? '' }),
    ).rejects.toMatchObject({ statusCode: 412 });
  });
});

describe('Quota and throttling of a hub', () => {
  it('report the used quota and the device count', async () => {
    const settings = await openHubSettings(connection);
    expect(await settings.quota()).toMatchObject({ used: 5, limit: 1_000 });
    expect(await armClientOf(hub.endpoints).iotHubResource.getStats(...hubPath)).toMatchObject({
      totalDeviceCount: 1,
      enabledDeviceCount: 1,
      disabledDeviceCount: 0,
    });
  });

  it('delay messages above the rate without losing any', async () => {
    const takes = vi.spyOn(Throttle.prototype, 'take');
    // A stopped clock, so that the delay of each message does not depend on the machine.
    const now = Date.now();
    const slow = await startTestHub({ messagesPerSecond: 100, now: () => now });
    const of = parseHubConnection(slow.endpoints.workbenchConnectionString);
    const { session, topic } = await device('fast', of);
    await Promise.all(
      Array.from({ length: 300 }, (_, n) => session.publish({ topic, payload: String(n), qos: 1 })),
    );
    // Messages for one second may arrive at once, the others at the limited rate.
    expect(takes.mock.results.map(({ value }) => value as unknown)).toEqual(
      Array.from({ length: 300 }, (_, n) => Math.max(0, 10 * (n + 1) - 1_000)),
    );
    takes.mockRestore();
    await session.close();
    await slow.close();
  });
});
