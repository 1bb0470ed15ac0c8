// Devices that send JSON telemetry to a hub at a steady rate, in a separate process. Registers them, writes `ready` to
// standard output, sends until standard input ends or the time is over, then reports how many were acknowledged.
import { openDeviceRegistry } from '../../src/azure/registry/index';
import { openDeviceSession } from '../../src/azure/mqtt/deviceSession';
import { isIotError } from '../../src/core/errors';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { type DeviceSession } from '../../src/core/message/deviceSession';
import { mqttSettings, type MqttSettings } from '../../src/core/mqtt/mqttSettings';

interface Request {
  readonly connectionString: string;
  readonly prefix: string;
  readonly devices: number;
  readonly perSecond: number;
  readonly seconds: number;
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const tickMs = 20;

async function main(): Promise<void> {
  const request = await firstLine();
  const hub = parseHubConnection(request.connectionString);
  const registry = await openDeviceRegistry(hub);
  const sessions: { readonly session: DeviceSession; readonly topic: string; readonly deviceId: string }[] =
    [];
  for (let n = 1; n <= request.devices; n++) {
    const deviceId = `${request.prefix}-${n}`;
    const device = await registry.create(deviceId, { kind: 'sas' }).catch(async (error: unknown) => {
      if (isIotError(error) && error.code === 'alreadyExists') return registry.get(deviceId);
      throw error;
    });
    const settings = (): MqttSettings =>
      mqttSettings({
        hub,
        device,
        bag: [
          ['$.ct', 'application/json'],
          ['$.ce', 'utf-8'],
          ['plant', n % 2 === 0 ? 'north' : 'south'],
        ],
        tokenSeconds: 3_600,
        now: Date.now(),
      });
    const session = await openDeviceSession({
      settings,
      transport: 'mqtt',
      webSocketPort: hub.httpsPort,
      maxInFlight: 500,
      onState: () => undefined,
    });
    sessions.push({ session, topic: settings().topic, deviceId });
  }
  registry.dispose();
  say({ kind: 'ready' });
  const sent = await send(sessions, request);
  await Promise.all(sessions.map(({ session }) => session.close()));
  say({ kind: 'done', ...sent });
  process.stdin.unref();
}

async function send(
  sessions: readonly { readonly session: DeviceSession; readonly topic: string; readonly deviceId: string }[],
  { perSecond, seconds }: Request,
): Promise<{ readonly sent: number; readonly acknowledged: number; readonly perSecond: number }> {
  let isStopped = false;
  process.stdin.on('end', () => (isStopped = true));
  const started = performance.now();
  const total = perSecond * seconds;
  let sent = 0;
  let acknowledged = 0;
  const open = new Set<Promise<unknown>>();
  while (sent < total && !isStopped) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1_000) * perSecond));
    for (; sent < due; sent++) {
      const place = sent % sessions.length;
      const target = sessions[place];
      if (!target) break;
      await target.session.ready();
      const delivery = target.session
        .publish({ topic: target.topic, payload: telemetry(target.deviceId, sent, place), qos: 1 })
        .then(() => void acknowledged++)
        .catch(() => undefined)
        .finally(() => open.delete(delivery));
      open.add(delivery);
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(open);
  const elapsed = (performance.now() - started) / 1_000;
  return { sent, acknowledged, perSecond: Math.round(acknowledged / elapsed) };
}

/** About 250 bytes. */
function telemetry(device: string, n: number, place: number): string {
  const time = n / 500;
  return JSON.stringify({
    device,
    n,
    temperature: Number((20 + place + 5 * Math.sin(time / 10 + place)).toFixed(3)),
    engine: {
      rpm: 1_500 + Math.round(400 * Math.sin(time / 7)),
      load: Number((Math.random() * 100).toFixed(2)),
    },
    state: n % 50 === 0 ? 'warning' : 'ok',
    position: { latitude: 48.137 + place / 1_000, longitude: 11.575 + (n % 1_000) / 100_000 },
    note: 'a steady feed of telemetry',
  });
}

function firstLine(): Promise<Request> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      process.stdin.off('data', onData);
      process.stdin.resume();
      resolve(JSON.parse(text) as Request);
    };
    process.stdin.on('data', onData);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
