import { openDeviceSession } from '../../../src/azure/mqtt/index';
import { openDeviceRegistry } from '../../../src/azure/registry/index';
import { delay } from '../../../src/core/base/abort';
import { type HubConnection } from '../../../src/core/hub/hubConnection';
import { type DeviceSession } from '../../../src/core/message/deviceSession';
import { mqttSettings } from '../../../src/core/mqtt/mqttSettings';

const deviceIds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Publishes numbered messages as several devices, so that every partition receives some. */
export class Fleet {
  /** Number of acknowledged messages. */
  sent = 0;

  private constructor(private readonly sessions: readonly { session: DeviceSession; topic: string }[]) {}

  static async open(connection: HubConnection): Promise<Fleet> {
    const registry = await openDeviceRegistry(connection);
    const sessions = await Promise.all(
      deviceIds.map(async (deviceId) => {
        const device = await registry
          .create(deviceId, { kind: 'sas' })
          .catch(async () => registry.get(deviceId));
        const settings = () =>
          mqttSettings({ hub: connection, device, bag: [], tokenSeconds: 6 * 3_600, now: Date.now() });
        const session = await openDeviceSession({
          settings,
          transport: 'mqtt',
          webSocketPort: connection.httpsPort,
          maxInFlight: 100,
          onState: () => undefined,
        });
        return { session, topic: settings().topic };
      }),
    );
    registry.dispose();
    return new Fleet(sessions);
  }

  /** Publishes messages, spread over about this time. */
  async publish(prefix: string, count: number, overMs: number): Promise<void> {
    const started = Date.now();
    const deliveries: Promise<unknown>[] = [];
    for (let n = 0; n < count; n++) {
      const target = this.sessions[n % this.sessions.length];
      if (!target) break;
      await target.session.ready();
      deliveries.push(target.session.publish({ topic: target.topic, payload: `${prefix}-${n}`, qos: 1 }));
      const ahead = (n / count) * overMs - (Date.now() - started);
      if (n % 200 === 0 && ahead > 0) await delay(ahead);
    }
    await Promise.all(deliveries);
    this.sent += count;
  }

  async close(): Promise<void> {
    await Promise.all(this.sessions.map(({ session }) => session.close()));
  }
}
