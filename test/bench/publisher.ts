// A device that publishes many messages with our session or the unmodified device SDK, in a separate process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { openDeviceSession } from '../../src/azure/mqtt/deviceSession';
import { answer, cost, readRequest, settingsOf, type BenchEndpoints } from './benchDevice';

interface Request {
  readonly name: 'ours' | 'azure' | 'token';
  readonly count: number;
  readonly size: number;
  readonly deviceId: string;
  readonly key: string;
  readonly endpoints: BenchEndpoints;
  readonly root: string;
}

const inFlight = 100;

async function main(): Promise<void> {
  const request = await readRequest<Request>();
  if (request.name === 'token') {
    const { credentials: login } = settingsOf(request.endpoints, request.deviceId, request.key);
    answer({ password: login.kind === 'sas' ? login.password : '' });
    return;
  }
  const started = performance.now();
  await (request.name === 'ours' ? ours(request) : azure(request));
  answer({ perSecond: (request.count / (performance.now() - started)) * 1000, ...cost() });
}

async function ours({ endpoints, deviceId, key, count, size }: Request): Promise<void> {
  const session = await openDeviceSession({
    settings: () => settingsOf(endpoints, deviceId, key),
    transport: 'mqtt',
    webSocketPort: endpoints.httpsPort,
    maxInFlight: inFlight,
    onState: () => undefined,
  });
  const payload = 'a'.repeat(size);
  const topic = `devices/${deviceId}/messages/events/`;
  const deliveries: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    await session.ready();
    deliveries.push(session.publish({ topic, payload, qos: 1 }));
  }
  await Promise.all(deliveries);
  await session.close();
}

interface DeviceClient {
  setOptions(options: object): Promise<unknown>;
  open(): Promise<unknown>;
  sendEvent(message: object): Promise<unknown>;
  close(): Promise<unknown>;
}

async function azure({ endpoints, deviceId, key, count, size, root }: Request): Promise<void> {
  // Not bundled: it is measured as its users run it.
  const load = createRequire(path.join(root, 'package.json'));
  const { Client, Message } = load('azure-iot-device') as {
    Client: { fromConnectionString(text: string, transport: unknown): DeviceClient };
    Message: new (data: string) => object;
  };
  const { Mqtt } = load('azure-iot-device-mqtt') as { Mqtt: unknown };
  const client = Client.fromConnectionString(
    `HostName=localhost:${endpoints.mqttPort};DeviceId=${deviceId};SharedAccessKey=${key}`,
    Mqtt,
  );
  await client.setOptions({ ca: readFileSync(endpoints.caFile, 'utf8') });
  await client.open();
  const data = 'a'.repeat(size);
  let next = 0;
  const work = async () => {
    while (next++ < count) await client.sendEvent(new Message(data));
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  await client.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
