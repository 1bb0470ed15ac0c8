// Fills a message history as a monitor does with many minutes of telemetry, then reads, searches and charts all of it. Runs
// in a separate process, which writes its measurements as JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { HistorySeries } from '../../src/core/history/historySeries';
import { MessageHistory } from '../../src/core/history/messageHistory';
import { parseMessageFilter } from '../../src/core/message/messageFilter';
import { noise, telemetry } from '../support/telemetry';

interface Request {
  readonly minutes: number;
  readonly perSecond: number;
  readonly megabytes: number;
  readonly hasIds: boolean;
}

const batch = 500;
const page = 100;
const mib = 1024 * 1024;
const start = Date.UTC(2026, 10, 25, 8);
const round = (value: number, digits = 0) => Number(value.toFixed(digits));
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

async function main(): Promise<void> {
  const { minutes, perSecond, megabytes, hasIds } = JSON.parse(
    process.env['BENCH_REQUEST'] ?? '{}',
  ) as Request;
  const history = new MessageHistory({ maxBytes: megabytes * mib, maxMessages: 1e9 });
  const count = minutes * 60 * perSecond;
  const random = noise();
  const before = process.memoryUsage.rss();
  let added = 0;
  const started = performance.now();
  for (let n = 0; n < count; n += batch) {
    const messages = Array.from({ length: batch }, (_, place) =>
      telemetry(n + place, { perSecond, start, hasIds }, random),
    );
    const at = performance.now();
    history.add(messages);
    added += performance.now() - at;
    await nextTurn();
    // The hub would send at its own rate and leave the history this time.
    if (n % 20_000 === 0) await history.compressed();
  }
  await history.compressed();
  const wholeMs = performance.now() - started;
  const held = history.end - history.first;
  const bytesPerMessage = history.bytes / held;
  const result = {
    messages: count,
    held,
    dropped: history.dropped,
    'bytes a message': round(bytesPerMessage, 1),
    [`MB for 60 min of ${perSecond}/s`]: round((bytesPerMessage * 3_600 * perSecond) / mib),
    'RSS MB for all': round((process.memoryUsage.rss() - before) / mib),
    'added, msg/s': round((count / added) * 1_000),
    'made, added and compressed, msg/s': round((count / wholeMs) * 1_000),
    ...(await reading(history)),
    ...(await searching(history)),
    ...(await charting(history, start + count / perSecond / 1_000)),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function reading(history: MessageHistory) {
  const random = noise(7);
  const ms: number[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const from = history.first + Math.floor(random() * (history.end - history.first - page));
    const at = performance.now();
    const rows = await history.read(from, page);
    ms.push(performance.now() - at);
    if (rows.length !== page || rows[0]?.index !== from) throw new Error(`No page at ${from}.`);
  }
  ms.sort((one, other) => one - other);
  return {
    [`a page of ${page} anywhere, median ms`]: round(ms[100] ?? NaN, 1),
    [`a page of ${page} anywhere, p99 ms`]: round(ms[198] ?? NaN, 1),
  };
}

async function searching(history: MessageHistory) {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const at = performance.now();
  const selection = history.openSelection(parseMessageFilter('device:boiler-7 status $.temperature>30'));
  while (selection.length < 1 && !selection.isComplete) await nextTurn();
  const firstMs = performance.now() - at;
  while (!selection.isComplete) await new Promise((resolve) => setTimeout(resolve, 20));
  const wholeMs = performance.now() - at;
  const found = selection.length;
  selection.dispose();
  return {
    'search: first found, ms': round(firstMs, 1),
    'search: complete, s': round(wholeMs / 1_000, 1),
    'search: found': found,
    'search: p99 of event loop blocks, ms': round(loop.percentile(99) / 1e6, 1),
  };
}

async function charting(history: MessageHistory, until: number) {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const at = performance.now();
  const series = new HistorySeries(history);
  const field = { deviceId: 'boiler-7', path: 'temperature' };
  await series.setCharted([field]);
  const seconds = (performance.now() - at) / 1_000;
  const points = series.points(field, start, Math.max(until, start + 3_600_000), 300).length;
  series.dispose();
  return {
    'chart: a new field over all, s': round(seconds, 1),
    'chart: points': points,
    'chart: p99 of event loop blocks, ms': round(loop.percentile(99) / 1e6, 1),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
