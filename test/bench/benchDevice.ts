import { type HubConnection } from '../../src/core/hub/hubConnection';
import { mqttSettings, type MqttSettings } from '../../src/core/mqtt/mqttSettings';

export interface BenchEndpoints {
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly amqpPort: number;
  readonly caFile: string;
}

export function settingsOf(endpoints: BenchEndpoints, deviceId: string, key: string): MqttSettings {
  const hub: HubConnection = { hostName: 'localhost', policyName: '', key: '', ...endpoints };
  return mqttSettings({
    hub,
    device: {
      deviceId,
      authentication: 'sas',
      isEnabled: true,
      isConnected: false,
      isEdge: false,
      etag: '',
      credentials: { kind: 'sas', primaryKey: key, secondaryKey: '' },
    },
    bag: [],
    tokenSeconds: 600,
    now: Date.now(),
  });
}

/** Reads the request of the benchmark from standard input. */
export async function readRequest<T>(): Promise<T> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return JSON.parse(text) as T;
}

export function cost() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 };
}

export const answer = (result: object) => process.stdout.write(JSON.stringify(result));
