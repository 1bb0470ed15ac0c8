// Many devices at a rate, with the run of the publish panel, in a separate process.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDeviceSession } from '../../src/azure/mqtt/deviceSession';
import { newDraft } from '../../src/core/publish/draft';
import { MessageComposer } from '../../src/core/publish/messageComposer';
import { publishRun } from '../../src/core/publish/publishRun';
import { percentile, RunStatistics } from '../../src/core/publish/runStatistics';
import { Generators } from '../../src/core/template/generators';
import { answer, cost, readRequest, settingsOf, type BenchEndpoints } from './benchDevice';

interface Request {
  readonly devices: readonly { readonly deviceId: string; readonly key: string }[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly endpoints: BenchEndpoints;
}

const body =
  '{"device": "{{ deviceId }}", "n": "{{ n }}", "temperature": "{{ walk(20, 0.5) }}", "load": "{{ sine(50, 20, 60) }}"}';

async function main(): Promise<void> {
  const { devices, perSecond, seconds, endpoints } = await readRequest<Request>();
  const { composer } = MessageComposer.create(
    { ...newDraft(['any'], 600), body: { kind: 'json', text: body } },
    undefined,
    new Generators({}),
  );
  if (!composer) throw new Error('The template of the benchmark is not valid.');
  const statistics = new RunStatistics(performance.now(), devices.length);
  const latencies: number[] = [];
  const loop = monitorEventLoopDelay({ resolution: 5 });
  const started = performance.now();
  let connectedAt = 0;
  await publishRun(
    {
      devices: devices.map(({ deviceId, key }) => ({
        deviceId,
        open: async (onState) =>
          openDeviceSession({
            settings: () => settingsOf(endpoints, deviceId, key),
            transport: 'mqtt',
            webSocketPort: endpoints.httpsPort,
            maxInFlight: 100,
            onState,
          }),
        explain: async (error) => error,
      })),
      repeat: {
        count: Math.round((perSecond * seconds) / devices.length),
        pace: { kind: 'rate', perSecond },
      },
      qos: 1,
      compose: (moment) => composer.compose(moment),
      statistics,
      observer: {
        onMessage: (_line) => 0,
        onChange: (_id, change) => {
          if (change.acknowledgedMs !== undefined) latencies.push(change.acknowledgedMs);
        },
        onDevice: () => {
          if (connectedAt !== 0 || statistics.connected < devices.length - 1) return;
          connectedAt = performance.now();
          loop.enable();
        },
      },
    },
    new AbortController().signal,
  );
  loop.disable();
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  answer({
    sent: statistics.sent,
    acknowledged: statistics.acknowledged,
    failed: statistics.failed,
    connectMs: Math.round(connectedAt - started),
    perSecond: Math.round(statistics.acknowledged / elapsed),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    longestBlockMs: Math.round(loop.max / 1e6),
    blockP99Ms: Math.round(loop.percentile(99) / 1e6),
    cpuShare: Math.round((cost().cpuMs / (elapsed * 1000)) * 100) / 100,
    rssMb: Math.round(cost().rssMb),
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
