import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeviceSession } from '../../src/azure/mqtt/index';
import { openEvents } from '../../src/azure/events/index';
import { delay } from '../../src/core/base/abort';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type EventSubscription } from '../../src/core/message/eventSource';
import { type ReceivedMessage } from '../../src/core/message/receivedMessage';
import { mqttSettings } from '../../src/core/mqtt/mqttSettings';
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { startTestHub, type TestHub } from './support/hub';
import { startTcpProxy, type TcpProxy } from './support/tcpProxy';

let hub: TestHub;
let connection: HubConnection;
let line: TcpProxy;

beforeAll(async () => {
  hub = await startTestHub();
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  line = await startTcpProxy(connection.httpsPort);
});
afterAll(async () => {
  await line.close();
  await hub.close();
});

/** Publishes numbered messages as one device, a hundred under way at a time. */
async function publish(count: number): Promise<void> {
  const registry = await openDeviceRegistry(connection);
  const device = await registry.create('numbers', { kind: 'sas' });
  registry.dispose();
  const settings = () =>
    mqttSettings({ hub: connection, device, bag: [], tokenSeconds: 600, now: Date.now() });
  const session = await openDeviceSession({
    settings,
    transport: 'mqtt',
    webSocketPort: connection.httpsPort,
    maxInFlight: 100,
    onState: () => undefined,
  });
  const deliveries: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    await session.ready();
    deliveries.push(session.publish({ topic: settings().topic, payload: String(n), qos: 1 }));
    if (n % 500 === 0) await delay(20);
  }
  await Promise.all(deliveries);
  await session.close();
}

/** Reads as the monitor does: goes on behind the last message of each partition when a reading has ended. */
async function monitor(
  onMessages: (messages: readonly ReceivedMessage[]) => void,
  signal: AbortSignal,
  onLive: () => void,
): Promise<number> {
  let seen: ReadonlyMap<string, number> = new Map();
  let readings = 0;
  while (!signal.aborted) {
    let subscription: EventSubscription | undefined;
    try {
      subscription = await openEvents(
        {
          connection: { ...connection, httpsPort: line.port },
          consumerGroup: '$Default',
          start: { kind: 'now' },
          seen,
          onMessages,
          onTrouble: () => undefined,
        },
        signal,
      );
      readings++;
      onLive();
      await Promise.race([
        subscription.broken,
        new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
      ]);
    } catch {
      await delay(200);
    }
    if (subscription) seen = new Map(subscription.positions);
    await subscription?.close();
  }
  return readings;
}

describe('The monitor over a line that fails', () => {
  it('shows each of 20,000 messages once, through resets and closed connections', async () => {
    const count = 20_000;
    const shown = new Map<string, number>();
    const controller = new AbortController();
    let faults = 0;
    let onLive: () => void = () => undefined;
    const isLive = new Promise<void>((resolve) => (onLive = resolve));
    const reading = monitor(
      (messages) => {
        for (const { body } of messages) {
          const text = Buffer.from(body).toString();
          shown.set(text, (shown.get(text) ?? 0) + 1);
        }
      },
      controller.signal,
      onLive,
    );
    await isLive;
    const breaking = setInterval(() => {
      faults++;
      if (faults % 2 === 0) line.resetAll();
      else line.dropAll();
    }, 700);
    await publish(count);
    await delay(3_000);
    clearInterval(breaking);
    const end = Date.now() + 20_000;
    while (shown.size < count && Date.now() < end) await delay(50);
    controller.abort();
    await reading;
    expect(faults).toBeGreaterThan(3);
    expect(shown.size).toBe(count);
    expect([...shown.values()].filter((times) => times > 1)).toEqual([]);
  }, 60_000);
});
