// The load of a process over a period: CPU, memory, and blocked time of its event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProcessLoad {
  readonly perSecond: number;
  readonly cpuPercent: number;
  /** One sample every `sampleSeconds`. */
  readonly rssMb: readonly number[];
  readonly longestBlockMs: number;
  readonly p99BlockMs: number;
}

export async function measureLoad(
  shown: () => number,
  seconds: number,
  sampleSeconds: number,
): Promise<ProcessLoad> {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const before = { shown: shown(), cpu: process.cpuUsage(), at: performance.now() };
  const rssMb: number[] = [];
  const timer = setInterval(
    () => rssMb.push(Math.round(process.memoryUsage.rss() / 1e6)),
    sampleSeconds * 1_000,
  );
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  clearInterval(timer);
  loop.disable();
  const { user, system } = process.cpuUsage(before.cpu);
  const passed = (performance.now() - before.at) / 1_000;
  return {
    perSecond: Math.round((shown() - before.shown) / passed),
    cpuPercent: Math.round((user + system) / 10_000 / passed),
    rssMb,
    longestBlockMs: Math.round(loop.max / 1e6),
    p99BlockMs: Math.round(loop.percentile(99) / 1e6),
  };
}
