import { createHmac } from 'node:crypto';
import tls from 'node:tls';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { HubContext } from './context';
import { StorageError } from './state/storageError';

/** Created by `--sample`; the first one sends telemetry. */
export const sampleDevices: readonly string[] = ['sample-thermostat', 'sample-gateway'];

const intervalMs = 2_000;
const retryMs = 2_000;
const tokenSeconds = 3_600;

export interface Sample {
  stop(): void;
}

/**
 * Creates the sample devices. The first one sends temperature and humidity every two seconds, as a real client over
 * MQTT and TLS with a token signed by its own key.
 */
export function startSample(context: HubContext, ca: string): Sample {
  createDevices(context);
  const deviceId = sampleDevices[0] ?? 'sample';
  let stopped = false;
  let socket: tls.TLSSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let messageId = 0;
  let temperature = 21;
  let humidity = 45;

  const publish = (): void => {
    temperature = randomStep(temperature, 18, 26, 0.4);
    humidity = randomStep(humidity, 35, 60, 1.2);
    messageId = (messageId % 65_535) + 1;
    socket?.write(
      generate({
        cmd: 'publish',
        topic: `devices/${deviceId}/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8`,
        payload: JSON.stringify({ temperature: round(temperature), humidity: round(humidity) }),
        qos: 1,
        messageId,
        dup: false,
        retain: false,
      }),
    );
  };

  const connect = (): void => {
    const key = context.registry.get(deviceId)?.authentication.symmetricKey.primaryKey;
    // The user deleted or changed the device, so try again later.
    if (!key) {
      reconnectLater();
      return;
    }
    const stream = parser();
    const mine = tls.connect({ host: context.hostName, port: context.ports.mqtt, ca });
    socket = mine;
    mine.once('secureConnect', () => {
      mine.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: deviceId,
          keepalive: 60,
          username: `${context.hostName}/${deviceId}/?api-version=2021-04-12`,
          password: Buffer.from(createToken(`${context.hostName}/devices/${deviceId}`, key, context.now())),
        }),
      );
    });
    mine.on('data', (chunk: Buffer) => stream.parse(chunk));
    stream.on('packet', (packet: Packet) => {
      if (packet.cmd !== 'connack' || packet.returnCode !== 0) return;
      publish();
      timer = setInterval(publish, intervalMs);
    });
    mine.on('error', () => mine.destroy());
    mine.once('close', reconnectLater);
  };

  const reconnectLater = (): void => {
    clearInterval(timer);
    if (!stopped) timer = setTimeout(connect, retryMs);
  };

  connect();
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
      socket?.destroy();
    },
  };
}

function createDevices({ registry }: HubContext): void {
  try {
    for (const deviceId of sampleDevices) if (!registry.get(deviceId)) registry.create({ deviceId });
  } catch (error) {
    // The hub works without them, also on a full disk.
    if (!(error instanceof StorageError)) throw error;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

function randomStep(value: number, low: number, high: number, step: number): number {
  return Math.min(high, Math.max(low, value + (Math.random() * 2 - 1) * step));
}

function createToken(resource: string, key: string, now: number): string {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(now / 1000) + tokenSeconds;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}`;
}
