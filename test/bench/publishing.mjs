// Publishing with our sessions compared with mosquitto_pub and azure-iot-device-mqtt, on the same local hub, in turns; and a
// simulation of many devices, as the publish panel runs it.
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../host/paths.mjs';
import { createDevice, deviceId, ended, localHub, startHub } from './peers.mjs';

const size = 256;
/** The target of the panel. */
const fleet = { devices: 100, perSecond: 1_000, seconds: 30 };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 1) => Number(value.toFixed(digits));

/** @param {{ count: number, rounds: number }} counts @returns contents of bench.json */
export async function measurePublishing({ count, rounds }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-publishing-'));
  const hub = await startHub(path.join(folder, 'hub'));
  try {
    const key = await createDevice(hub.endpoints);
    const publishers = publishersOf(folder, hub.endpoints, key, count);
    const names = Object.keys(publishers);
    const results = [];
    for (let turn = 0; turn < rounds; turn++) {
      const result = {};
      // The order rotates, so that variations of the machine affect all publishers.
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + turn) % names.length];
        result[name] = await publishers[name]();
      }
      results.push(result);
    }
    const table = {};
    for (const name of names) {
      table[name] = {
        'msg/s': round(median(results.map((result) => result[name].perSecond))),
        'ours / theirs (median of pairs)':
          name === 'ours'
            ? ''
            : round(median(results.map((result) => result.ours.perSecond / result[name].perSecond)), 2),
        'CPU ms': round(median(results.map((result) => result[name].cpuMs))),
        'RSS MB': name === 'mosquitto_pub' ? '' : round(median(results.map((result) => result[name].rssMb))),
      };
    }
    console.log(
      `\n${count} messages of ${size} bytes at QoS 1 by one device to the local hub, from connecting to the last acknowledgement (median of ${rounds} rounds).` +
        '\nOurs and azure-iot-device-mqtt with 100 in flight; mosquitto_pub -l with its default of 20.',
    );
    console.table(table);
    const simulation = await simulate(folder, hub.endpoints);
    console.log(
      `\n${fleet.devices} devices, ${fleet.perSecond} messages per second in total for ${fleet.seconds} s, with templates, with the publish panel's run in one process.`,
    );
    console.table(simulation);
    return { count, results, simulation };
  } finally {
    await ended(hub.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

function publishersOf(folder, endpoints, key, count) {
  const program = bundle(folder, 'publisher');
  const node = (name) => () => runNode(program, { name, count, size, deviceId, key, endpoints, root });
  const lines = path.join(folder, 'lines.txt');
  writeFileSync(lines, `${'a'.repeat(size)}\n`.repeat(count));
  return {
    ours: node('ours'),
    mosquitto_pub: () => mosquittoPub(program, lines, { endpoints, key, count }),
    'azure-iot-device-mqtt': node('azure'),
  };
}

/** Bundles `publisher.ts` with our sources for a child process. */
function bundle(folder, name) {
  const outfile = path.join(folder, `${name}.cjs`);
  buildSync({
    entryPoints: [path.join(root, 'test/bench', `${name}.ts`)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // As in esbuild.js: the CommonJS build of jsonc-parser cannot be bundled.
    mainFields: ['module', 'main'],
    outfile,
    logLevel: 'warning',
    external: ['azure-iot-device', 'azure-iot-device-mqtt', 'bufferutil', 'utf-8-validate'],
  });
  return outfile;
}

function runNode(program, request) {
  const child = spawn(process.execPath, [program], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  // The key is passed on standard input, since other users can see command lines.
  child.stdin.end(JSON.stringify(request));
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${request.name} exited with code ${code}: ${text}`));
    });
  });
}

async function mosquittoPub(program, lines, { endpoints, key, count }) {
  const { password } = await runNode(program, { name: 'token', deviceId, key, endpoints, count, size });
  const started = performance.now();
  const options = [
    ...['-V', 'mqttv311', '-h', 'localhost', '-p', String(endpoints.mqttPort), '--cafile', endpoints.caFile],
    ...['-i', deviceId, '-u', `localhost/${deviceId}/?api-version=2021-04-12`, '-P', password, '-q', '1'],
    ...['-t', `devices/${deviceId}/messages/events/`, '-l'],
  ];
  // The shell's `time` prints the CPU time of the child process.
  const shell = `TIMEFORMAT='%U %S'; time mosquitto_pub ${options.map((word) => `'${word}'`).join(' ')} < '${lines}'`;
  const child = spawn('bash', ['-c', shell], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const elapsed = performance.now() - started;
  if (code !== 0) throw new Error(`mosquitto_pub exited with code ${code}: ${output}`);
  const [user, system] = output.trim().split('\n').at(-1).split(' ').map(Number);
  return { perSecond: (count / elapsed) * 1000, cpuMs: (user + system) * 1000 };
}

async function simulate(folder, endpoints) {
  const ids = Array.from({ length: fleet.devices }, (_, index) => `fleet-${index}`);
  const devices = [];
  for (const id of ids) devices.push({ deviceId: id, key: await createDevice(endpoints, id) });
  let arrived = 0;
  const stop = await localHub(endpoints, '').consume(() => arrived++);
  const program = bundle(folder, 'simulation');
  const result = await runNode(program, { name: 'simulation', ...fleet, devices, endpoints });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await stop();
  return { ...result, arrived };
}
