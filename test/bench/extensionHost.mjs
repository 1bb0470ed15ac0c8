// The monitor in the extension host of a real VS Code compared with a plain SDK loop in another one, on the same feed: CPU
// and memory of the whole process. Each reader has a separate VS Code with its own local hub.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packExtension } from '../host/packExtension.mjs';
import { root, vsixFile } from '../host/paths.mjs';
import { openWorkbench } from '../host/workbenchDriver.mjs';
import { startFeed } from './feed.mjs';
import { bundleProgram } from '../support/bundleProgram.mjs';

const ports = ['mqttPort', 'httpsPort', 'amqpPort', 'amqpPlainPort'];
const settings = {
  ...Object.fromEntries(ports.map((port) => [`iotHubWorkbench.localHub.${port}`, 0])),
  'iotHubWorkbench.localHub.sampleDevices': false,
};
const readers = { ours: undefined, 'plain 1': {}, 'plain 100': { maxBatchSize: 100 } };
const names = Object.keys(readers);
/** Message rate above which the panel is closed. */
const maxShownPerSecond = 1_000;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {{ rounds: number, perSecond: number, seconds: number }} options @returns contents of bench.json */
export async function measureExtensionHost({ rounds, perSecond, seconds }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-host-'));
  const peer = await packPeer(folder);
  const results = [];
  try {
    for (let turn = 0; turn < rounds; turn++) {
      const result = {};
      // The order rotates, so that variations of the machine affect all readers.
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + turn) % names.length];
        result[name] = await read(folder, peer, { name, perSecond, seconds });
        console.log(`${name}: ${JSON.stringify(result[name])}`);
      }
      results.push(result);
    }
  } finally {
    rmSync(peer, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  const of = (name, key) => median(results.map((result) => result[name][key]));
  console.log(
    `\n${perSecond} messages per second from 20 devices for ${seconds} s, in the extension host of a real VS Code whose panel ${perSecond > maxShownPerSecond ? 'is closed' : 'shows the channel'} (median of ${rounds} rounds).`,
  );
  console.table(
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          'msg/s sent': of(name, 'sent'),
          'msg/s shown': of(name, 'perSecond'),
          'CPU %': of(name, 'cpuPercent'),
          'RSS MB': median(results.map((result) => Math.max(...result[name].rssMb))),
          'longest block ms': of(name, 'longestBlockMs'),
          'p99 block ms': of(name, 'p99BlockMs'),
        },
      ]),
    ),
  );
  return { perSecond, seconds, results };
}

async function read(folder, peer, { name, perSecond, seconds }) {
  const request = path.join(folder, 'request.json');
  const result = path.join(folder, 'result.json');
  for (const old of [result, `${result}.begun`]) rmSync(old, { force: true });
  const workbench = await openWorkbench({
    label: `bench-host-${name.replace(' ', '-')}`,
    vsix: [vsixFile(), peer],
    settings,
    env: { IOT_HUB_WORKBENCH_BENCH_REQUEST: request },
  });
  try {
    await workbench.openContainer('IoT Hub');
    await workbench.expand('Local Hub');
    await workbench.expand('Devices');
    const copied = async (title, start) => {
      await workbench.run(title);
      return workbench.until(title, async () => {
        const text = await workbench.clipboard();
        return text.startsWith(start) && text;
      });
    };
    const connectionString = await copied(
      'IoT Hub: Copy Local Hub Connection String for Add Hub',
      'HostName=',
    );
    const events = await copied('IoT Hub: Copy Local Hub Event Hubs Connection String', 'Endpoint=');
    const eventHubName = /EntityPath=([^;]+)/.exec(events)?.[1];
    const plain = readers[name] && { connectionString, eventHubName, ...readers[name] };
    // The feed file contains a key of the hub.
    writeFileSync(request, JSON.stringify({ ...(plain ? { plain } : {}), seconds, result }), { mode: 0o600 });
    if (!plain) {
      await workbench.choose('Local Hub', 'Start Monitoring');
      await workbench.statusItem(/Local Hub \d/).waitFor();
    }
    const feed = await startFeed(folder, {
      connectionString,
      prefix: 'bench',
      devices: 20,
      perSecond,
      seconds: seconds + 40,
    });
    await workbench.run('Bench: Measure');
    // A window that draws thousands of lines per second uses a full core, whichever extension writes them.
    if (perSecond > maxShownPerSecond) await workbench.run('View: Hide Panel');
    const patience = (seconds + 30) * 1_000;
    await workbench.until('the measuring to begin', () => existsSync(`${result}.begun`), patience);
    const before = plain ? undefined : await received(workbench);
    const load = await workbench.until(
      'the result',
      () => existsSync(result) && JSON.parse(readFileSync(result, 'utf8')),
      patience,
    );
    const after = plain ? undefined : await received(workbench);
    feed.stop();
    const { perSecond: sent } = await feed.done;
    const rate = before && Math.round(((after.count - before.count) / (after.at - before.at)) * 1_000);
    return { ...load, sent, ...(before ? { perSecond: rate } : {}) };
  } finally {
    await workbench.close();
  }
}

/** The number of messages in the status bar, with the time. */
async function received(workbench) {
  const text = await workbench.statusItem(/Local Hub \d/).innerText();
  return { at: performance.now(), count: Number(/Local Hub ([\d,.]+)/.exec(text)[1].replace(/[,.]/g, '')) };
}

async function packPeer(folder) {
  const extension = path.join(folder, 'bench-peer');
  mkdirSync(extension);
  bundleProgram(path.join(root, 'test/bench/hostPeer.ts'), path.join(extension, 'extension.js'), {
    external: ['vscode'],
  });
  writeFileSync(
    path.join(extension, 'package.json'),
    JSON.stringify({
      name: 'bench-peer',
      publisher: 'iot-hub-workbench-tests',
      version: '0.0.1',
      description: 'Measures the extension host. For benchmarks only.',
      license: 'MIT',
      engines: { vscode: '^1.90.0' },
      main: './extension.js',
      extensionKind: ['workspace'],
      activationEvents: [],
      contributes: { commands: [{ command: 'benchPeer.measure', title: 'Measure', category: 'Bench' }] },
    }),
  );
  writeFileSync(path.join(extension, 'README.md'), 'For benchmarks only.\n');
  return packExtension(extension);
}
