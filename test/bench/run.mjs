// `npm run bench [-- --messages N] [--rounds N] [--only certificates|publishing|idleDevices|monitoring|history|eventsView|extensionHost] [--rate N] [--seconds N] [--minutes N]`
// Measures load times of the built parts, the start of the local hub, its throughput compared with the mosquitto broker
// under the same load, certificates compared with openssl, and publishing compared with mosquitto_pub and
// azure-iot-device-mqtt. Prints tables and writes test-results/bench.json.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, ensureEnvironment } from '../host/environment.mjs';
import { Failure, main } from '../host/processes.mjs';
import { resultsFolder, root } from '../host/paths.mjs';

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    devices: { type: 'string', default: '1000' },
    only: { type: 'string' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '15' },
    minutes: { type: 'string', default: '0' },
  },
});

/** Targets of the project. */
const limits = { activationMs: 50, readyMs: 1_000, extensionBytes: 200_000 };
const parts = [
  'extension',
  'azureRegistry',
  'azureEvents',
  'azureMqtt',
  'azureManagement',
  'publishPanel',
  'monitoring',
  'recording',
  'certificateWorker',
];

const file = path.join(resultsFolder, 'bench.json');
const machine = { node: process.version, platform: `${process.platform} ${process.arch}` };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 1) => Number(value.toFixed(digits));

main(async () => {
  const count = wholeNumber('messages');
  const rounds = wholeNumber('rounds');
  const single = { certificates, publishing, idleDevices, monitoring, history, eventsView, extensionHost };
  if (options.only !== undefined && !Object.hasOwn(single, options.only)) {
    throw new Failure(`--only knows ${Object.keys(single).join(' and ')}.`);
  }
  if (options.only) {
    const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { machine };
    const result = await single[options.only]();
    write({ ...before, [options.only]: result });
    if (result.problem) throw new Failure(result.problem);
    return 0;
  }
  await ensureEnvironment({ mosquitto: true });
  execFileSync(process.execPath, ['esbuild.js', '--production'], { cwd: root, stdio: 'inherit' });
  const { startPeers } = await import('./peers.mjs');
  const { measure } = await import('./throughput.mjs');

  const loading = parts.map(loadTime);
  console.log('\nLoad time of the built parts, each in a new process (median of 9, ms)');
  console.table(Object.fromEntries(loading.map(({ part, ...rest }) => [part, rest])));

  const activationMs = Array.from({ length: 3 }, activationTime);
  console.log(
    `\nActivation in a real VS Code, including loading: ${activationMs.map((ms) => round(ms)).join(', ')} ms (limit ${limits.activationMs}).`,
  );

  const peers = await startPeers();
  const throughput = [];
  let readyMs;
  try {
    readyMs = peers.readyMs;
    console.log(
      `\nThe local hub was ready ${round(median(readyMs))} ms after its process started (median of ${readyMs.length}; limit ${limits.readyMs}).`,
    );
    for (let turn = 0; turn < rounds; turn++) {
      // Both in the same run with alternating order, so that variations of the machine affect both.
      const order = turn % 2 ? ['mosquitto', 'localHub'] : ['localHub', 'mosquitto'];
      const result = {};
      for (const name of order) result[name] = await measure(peers[name], count);
      throughput.push(result);
    }
  } finally {
    await peers.stop();
  }
  const table = {};
  for (const figure of ['acknowledgedPerSecond', 'receivedPerSecond', 'lagP50Ms', 'lagP99Ms']) {
    const of = (name) => throughput.map((result) => result[name][figure]);
    const ratios = throughput.map((result) => result.localHub[figure] / result.mosquitto[figure]);
    table[figure] = {
      'local hub': round(median(of('localHub'))),
      mosquitto: round(median(of('mosquitto'))),
      'ratio (median of pairs)': round(median(ratios), 2),
    };
  }
  console.log(
    `\n${count} messages of 256 bytes, mqtt QoS 1 with 100 in flight, while one consumer reads them (median of ${rounds} rounds).` +
      '\nThe local hub checks tokens, stores each message before its PUBACK and serves AMQP; mosquitto does none of this.',
  );
  console.table(table);
  write({
    machine,
    limits,
    loading,
    activationMs,
    readyMs,
    count,
    throughput,
    certificates: await certificates(),
    publishing: await publishing(),
    idleDevices: await idleDevices(),
  });
  if (median(activationMs) > limits.activationMs) {
    throw new Failure(
      `Activation takes ${round(median(activationMs))} ms, the limit is ${limits.activationMs}.`,
    );
  }
  return 0;
});

/** More rounds than for the hub, because the time to generate RSA keys varies widely. */
async function certificates() {
  await ensureDependencies();
  const { measureCertificates } = await import('./certificates.mjs');
  const devices = wholeNumber('devices');
  return measureCertificates({
    rounds: wholeNumber('rounds') * 3,
    devices,
    rsaDevices: Math.ceil(devices / 5),
  });
}

async function publishing() {
  await ensureEnvironment({ mosquitto: true });
  execFileSync(process.execPath, ['esbuild.js', '--production'], { cwd: root, stdio: 'inherit' });
  const { measurePublishing } = await import('./publishing.mjs');
  return measurePublishing({ count: wholeNumber('messages'), rounds: wholeNumber('rounds') });
}

async function idleDevices() {
  await ensureEnvironment({ mosquitto: true });
  execFileSync(process.execPath, ['esbuild.js', '--production'], { cwd: root, stdio: 'inherit' });
  const { measureIdleDevices } = await import('./idleDevices.mjs');
  return measureIdleDevices({ devices: 5_000, rounds: wholeNumber('rounds') });
}

async function monitoring() {
  execFileSync(process.execPath, ['esbuild.js', '--production'], { cwd: root, stdio: 'inherit' });
  const { measureMonitoring } = await import('./monitoring.mjs');
  return measureMonitoring({
    rounds: wholeNumber('rounds'),
    perSecond: wholeNumber('rate'),
    seconds: wholeNumber('seconds'),
    minutes: Number(options.minutes),
  });
}

async function history() {
  const { measureHistory } = await import('./history.mjs');
  return measureHistory({ perSecond: wholeNumber('rate'), minutes: Number(options.minutes) || 60 });
}

async function eventsView() {
  await ensureEnvironment({ server: true, browser: true });
  execFileSync(process.execPath, ['test/host/package.mjs'], { cwd: root, stdio: 'inherit' });
  const { measureEventsView } = await import('./eventsView.mjs');
  return measureEventsView({ perSecond: wholeNumber('rate'), seconds: 60 });
}

async function extensionHost() {
  await ensureEnvironment({ server: true, browser: true });
  execFileSync(process.execPath, ['test/host/package.mjs'], { cwd: root, stdio: 'inherit' });
  const { measureExtensionHost } = await import('./extensionHost.mjs');
  return measureExtensionHost({
    rounds: wholeNumber('rounds'),
    perSecond: wholeNumber('rate'),
    seconds: wholeNumber('seconds'),
  });
}

function write(results) {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(file, JSON.stringify(results, null, 2));
  console.log(`Written to ${path.relative(process.cwd(), file)}.`);
}

function wholeNumber(name) {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < 1) throw new Failure(`--${name} has to be a whole number above 0.`);
  return value;
}

/** Activation as VS Code measures it: loading the code and calling `activate`, both in its extension host. */
function activationTime() {
  const logs = path.join(resultsFolder, 'logs/in-host');
  rmSync(logs, { recursive: true, force: true });
  const workbench = path.join(root, 'test/host/workbench.mjs');
  execFileSync(process.execPath, [workbench, '--only', 'in-host'], { cwd: root, stdio: 'ignore' });
  const { results } = JSON.parse(readFileSync(path.join(resultsFolder, 'workbench.json'), 'utf8'));
  const load = results.find(({ title }) => title === 'loads its code');
  const call = readdirSync(logs, { recursive: true })
    .filter((file) => file.endsWith('IoT Hub Workbench.log'))
    .map((file) => /Activated in ([\d.]+) ms/.exec(readFileSync(path.join(logs, file), 'utf8')))
    .find(Boolean);
  if (!load || !call) throw new Failure('The in-host tests did not report the activation time.');
  return load.ms + Number(call[1]);
}

function loadTime(part) {
  const file = path.join(root, 'dist', `${part}.js`);
  const probe = path.join(root, 'test/bench/loadProbe.cjs');
  const runs = Array.from({ length: 9 }, () =>
    JSON.parse(execFileSync(process.execPath, [probe, file], { encoding: 'utf8' })),
  );
  return {
    part,
    kilobytes: round(statSync(file).size / 1000),
    loadMs: round(median(runs.map((run) => run.loadMs)), 2),
  };
}
