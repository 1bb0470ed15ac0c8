// How much of a busy hub the message history holds: bytes per message, size of 60 minutes, and how fast it is filled, read,
// searched and charted.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/paths.mjs';
import { bundleProgram } from '../support/bundleProgram.mjs';

const mib = 1024 * 1024;

/** @param {{ perSecond: number, minutes: number }} options @returns contents of bench.json */
export async function measureHistory({ perSecond, minutes }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-history-'));
  try {
    const program = path.join(folder, 'history.cjs');
    bundleProgram(path.join(root, 'test/bench/history.ts'), program);
    const megabytes = defaultMegabytes();
    const results = {};
    for (const [name, hasIds] of [
      ['telemetry', false],
      ['a tenth, with random message ids', true],
    ]) {
      const request = {
        minutes: hasIds ? minutes / 10 : minutes,
        perSecond,
        megabytes: 1_024,
        hasIds,
      };
      const output = execFileSync(process.execPath, [program], {
        env: { ...process.env, BENCH_REQUEST: JSON.stringify(request) },
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      });
      const result = JSON.parse(output);
      const perMinute = result['bytes a message'] * perSecond * 60;
      result[`minutes within the default of ${megabytes} MB`] = Math.floor((megabytes * mib) / perMinute);
      results[name] = result;
    }
    console.log(
      `\nThe history of ${minutes} min at ${perSecond} messages per second from 20 devices, limited to 1,024 MB.`,
    );
    const rows = Object.keys(results['telemetry']);
    console.table(
      Object.fromEntries(
        rows.map((row) => [
          row,
          Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result[row]])),
        ]),
      ),
    );
    return { perSecond, minutes, results };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function defaultMegabytes() {
  const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const all = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties));
  return all['iotHubWorkbench.monitor.history.megabytes'].default;
}
