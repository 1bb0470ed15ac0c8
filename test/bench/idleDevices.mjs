// Many devices that are connected over TLS and send nothing, at the local hub and at mosquitto: how quickly they connect, what
// they cost, and how quickly the message of another device is acknowledged meanwhile.
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { generate, parser } from 'mqtt-packet';
import { ended, sign, startHub, startMosquitto } from './peers.mjs';

const connecting = 50;
const idleSeconds = 10;
const messages = 500;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 1) => Number(value.toFixed(digits));

/** @param {{ devices: number, rounds: number }} counts @returns contents of bench.json */
export async function measureIdleDevices({ devices, rounds }) {
  if (process.platform !== 'linux') return { skipped: 'Memory and CPU time are read from /proc.' };
  const results = [];
  for (let turn = 0; turn < rounds; turn++) {
    const result = {};
    for (const name of turn % 2 ? ['mosquitto', 'localHub'] : ['localHub', 'mosquitto']) {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-bench-idle-'));
      const peer = await peers[name](folder, devices);
      try {
        result[name] = await measure(peer, devices);
      } finally {
        await ended(peer.child);
        rmSync(folder, { recursive: true, force: true });
      }
    }
    results.push(result);
  }
  const table = {};
  for (const figure of Object.keys(results[0].localHub)) {
    const of = (name) => median(results.map((result) => result[name][figure]));
    const ratios = results.map((result) => result.localHub[figure] / result.mosquitto[figure]);
    table[figure] = {
      'local hub': round(of('localHub'), 2),
      mosquitto: round(of('mosquitto'), 2),
      'ratio (median of pairs)': round(median(ratios), 2),
    };
  }
  console.log(
    `\n${devices} devices connected over TLS and idle for ${idleSeconds} seconds, then ${messages} messages of another device, one at a time` +
      ` (median of ${rounds} rounds).\nThe local hub checks a token for each device and stores each message; mosquitto does none of this.`,
  );
  console.table(table);
  return { devices, results };
}

async function measure(peer, devices) {
  const before = load(peer.child.pid);
  const started = performance.now();
  const sockets = [];
  let next = 0;
  const connectAll = async () => {
    while (next < devices) sockets.push(await connect(peer, `idle-${next++}`));
  };
  await Promise.all(Array.from({ length: connecting }, connectAll));
  const connectMs = performance.now() - started;
  const connected = load(peer.child.pid);
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1_000));
  const idle = load(peer.child.pid);
  const lost = sockets.filter(({ destroyed }) => destroyed).length;
  if (lost) throw new Error(`${lost} of ${devices} idle devices were disconnected.`);
  const times = await publishEach(peer);
  for (const socket of sockets) socket.destroy();
  return {
    connectedPerSecond: (devices / connectMs) * 1_000,
    connectCpuMsPerDevice: (connected.cpuMs - before.cpuMs) / devices,
    kilobytesPerDevice: (idle.rssKb - before.rssKb) / devices,
    rssMb: idle.rssKb / 1_000,
    idleCpuPercent: (idle.cpuMs - connected.cpuMs) / idleSeconds / 10,
    acknowledgedP50Ms: times[Math.floor(times.length * 0.5)],
    acknowledgedP99Ms: times[Math.floor(times.length * 0.99)],
  };
}

/** CPU time and memory of a process. */
function load(pid) {
  const [utime, stime] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
  const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  // 100 ticks a second on every Linux that Node supports.
  return { cpuMs: (Number(utime) + Number(stime)) * 10, rssKb };
}

/** A session that only connects: a whole client would cost more than the server. */
function connect(peer, clientId) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect(
      { host: 'localhost', port: peer.port, ca: peer.ca, secureContext: peer.secureContext },
      () => {
        socket.write(
          generate({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: 4,
            clean: true,
            clientId,
            keepalive: 1_000,
            ...peer.login(clientId),
          }),
        );
      },
    );
    socket.once('error', reject);
    socket.once('data', (answer) => {
      if (answer[0] === 0x20 && answer[3] === 0) resolve(socket);
      else reject(new Error(`${clientId} was refused with code ${answer[3]}.`));
    });
  });
}

/** @returns milliseconds to the acknowledgement of each message, ascending */
async function publishEach(peer) {
  const socket = await connect(peer, 'sender');
  const answers = parser();
  socket.on('data', (chunk) => answers.parse(chunk));
  const times = [];
  for (let messageId = 1; messageId <= messages; messageId++) {
    const started = performance.now();
    const acknowledged = new Promise((resolve) => answers.once('packet', resolve));
    socket.write(
      generate({ cmd: 'publish', topic: peer.topic, payload: Buffer.alloc(256, 97), qos: 1, messageId }),
    );
    await acknowledged;
    times.push(performance.now() - started);
  }
  socket.destroy();
  return times.sort((a, b) => a - b);
}

const peers = {
  localHub: async (folder, devices) => {
    // Two lines for each device.
    const { child, endpoints } = await startHub(folder, ['--log-file', path.join(folder, 'hub.log')]);
    const ca = readFileSync(endpoints.caFile);
    const key = /SharedAccessKey=(.+)$/.exec(endpoints.serviceConnectionString)[1];
    await register(endpoints, ca, key, ['sender', ...Array.from({ length: devices }, (_, n) => `idle-${n}`)]);
    return {
      child,
      port: endpoints.mqttPort,
      ca,
      secureContext: tls.createSecureContext({ ca }),
      topic: 'devices/sender/messages/events/',
      login: (deviceId) => ({
        username: `localhost/${deviceId}/?api-version=2021-04-12`,
        password: Buffer.from(sign(`localhost/devices/${deviceId}`, key, 'iothubowner')),
      }),
    };
  },
  mosquitto: async (folder) => {
    const { child, port, ca } = await startMosquitto(folder);
    const secureContext = tls.createSecureContext({ ca });
    return { child, port, ca, secureContext, topic: 'bench/events', login: () => ({}) };
  },
};

/** A hundred at a time, as the service accepts them. */
async function register(endpoints, ca, key, deviceIds) {
  const agent = new https.Agent({ ca, keepAlive: true });
  for (let from = 0; from < deviceIds.length; from += 100) {
    const body = deviceIds.slice(from, from + 100).map((id) => ({ id, importMode: 'create' }));
    const status = await new Promise((resolve, reject) => {
      const request = https.request(
        {
          agent,
          host: 'localhost',
          port: endpoints.httpsPort,
          method: 'POST',
          path: '/devices?api-version=2021-04-12',
          headers: {
            Authorization: sign('localhost', key, 'iothubowner'),
            'Content-Type': 'application/json',
          },
        },
        (response) => response.resume().on('end', () => resolve(response.statusCode)),
      );
      request.on('error', reject);
      request.end(JSON.stringify(body));
    });
    if (status !== 200) throw new Error(`The registration of devices was refused with ${status}.`);
  }
  agent.destroy();
}
