// The monitor compared with plain SDK loops that write a line per message, on the same feed, in turns; and its memory use
// in a long run.
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/paths.mjs';
import { startFeed } from './feed.mjs';
import { ended, startHub } from './peers.mjs';
import { bundleProgram } from '../support/bundleProgram.mjs';

/** Memory limit for messages in the long run, in MB. */
const longBudget = 16;
const names = ['ours', 'plain 1', 'plain 100'];
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {{ rounds: number, perSecond: number, seconds: number, minutes: number }} options @returns contents of bench.json */
export async function measureMonitoring({ rounds, perSecond, seconds, minutes }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-monitoring-'));
  const hub = await startHub(path.join(folder, 'hub'));
  try {
    const program = bundle(folder);
    if (minutes > 0) return { long: await longRun(folder, program, hub.endpoints, minutes) };
    const results = [];
    for (let turn = 0; turn < rounds; turn++) {
      const result = {};
      // The order rotates, so that variations of the machine affect all readers.
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + turn) % names.length];
        result[name] = await read(folder, program, hub.endpoints, {
          name,
          perSecond,
          seconds,
          sampleSeconds: 1,
        });
      }
      results.push(result);
    }
    const of = (name, key) => median(results.map((result) => result[name][key]));
    const table = Object.fromEntries(
      names.map((name) => [
        name,
        {
          'msg/s sent': of(name, 'sent'),
          'msg/s shown': of(name, 'perSecond'),
          'shown, ours / theirs':
            name === 'ours'
              ? ''
              : Number(
                  median(results.map((result) => result.ours.perSecond / result[name].perSecond)).toFixed(2),
                ),
          'CPU %': of(name, 'cpuPercent'),
          'RSS MB': median(results.map((result) => Math.max(...result[name].rssMb))),
          'longest block ms': of(name, 'longestBlockMs'),
          'p99 block ms': of(name, 'p99BlockMs'),
        },
      ]),
    );
    console.log(
      `\n${perSecond} messages per second from 20 devices for ${seconds} s, read from the local hub and written to a channel (median of ${rounds} rounds). Plain: EventHubConsumerClient with maxBatchSize 1 (its default) and 100, two lines per message.`,
    );
    console.table(table);
    return { perSecond, seconds, results };
  } finally {
    await ended(hub.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function longRun(folder, program, endpoints, minutes) {
  const seconds = minutes * 60;
  const result = await read(folder, program, endpoints, {
    name: 'ours',
    perSecond: 1_000,
    seconds,
    sampleSeconds: 30,
    // Full after some minutes; from then on, memory use must not grow.
    historyMegabytes: longBudget,
  });
  const half = result.rssMb.slice(Math.floor(result.rssMb.length / 2));
  console.log(`\n1,000 messages per second for ${minutes} min: RSS in MB every 30 s`);
  console.log(result.rssMb.join(' '));
  console.table({
    'msg/s shown': result.perSecond,
    'CPU %': result.cpuPercent,
    'longest block ms': result.longestBlockMs,
    'messages held': result.held,
    [`MB of ${longBudget} used by them`]: result.heldMb,
    'messages discarded': result.dropped,
    'RSS in the second half, min and max': `${Math.min(...half)} to ${Math.max(...half)}`,
  });
  return result;
}

async function read(
  folder,
  program,
  endpoints,
  { name, perSecond, seconds, sampleSeconds, historyMegabytes },
) {
  const connectionString = endpoints.workbenchConnectionString;
  const feed = await startFeed(folder, {
    connectionString,
    prefix: 'bench',
    devices: 20,
    perSecond,
    seconds: seconds + 30,
  });
  const eventHubName = /EntityPath=([^;]+)/.exec(endpoints.eventHubConnectionString)?.[1];
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      BENCH_ROOT: root,
      BENCH_CHANNEL: path.join(folder, 'channel.log'),
      BENCH_REQUEST: JSON.stringify({
        name,
        connectionString,
        eventHubName,
        seconds,
        sampleSeconds,
        historyMegabytes,
      }),
    },
  });
  const result = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { kind, ...rest } = JSON.parse(line);
      if (kind === 'done') resolve(rest);
    });
    child.once('exit', (code) => reject(new Error(`The reader exited with code ${code}.`)));
  });
  feed.stop();
  const { perSecond: sent } = await feed.done;
  return { ...result, sent };
}

const bundle = (folder) =>
  bundleProgram(path.join(root, 'test/bench/monitorPeer.ts'), path.join(folder, 'monitorPeer.cjs'), {
    alias: { vscode: path.join(root, 'test/bench/vscodeStub.ts') },
  });
