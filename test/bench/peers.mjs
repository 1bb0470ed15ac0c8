// The two peers of the comparison: the local hub as its users run it, and the mosquitto broker over TLS.
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { EventHubConsumerClient, latestEventPosition } from '@azure/event-hubs';
import mqtt from 'mqtt';
import { root } from '../host/paths.mjs';

/** The device that publishes in the comparisons. */
export const deviceId = 'bench';

/**
 * @typedef {object} Peer
 * @property {() => Promise<import('mqtt').MqttClient>} connect connects a publisher
 * @property {string} topic
 * @property {(onMessage: (body: Buffer) => void) => Promise<() => Promise<void>>} consume resolves when the consumer is ready to receive messages
 */

/** @returns {Promise<{ localHub: Peer, mosquitto: Peer, readyMs: number[], stop: () => Promise<void> }>} */
export async function startPeers() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-bench-'));
  const readyMs = [];
  for (let i = 0; i < 4; i++) {
    const trial = await startHub(path.join(folder, `trial-${i}`));
    readyMs.push(trial.readyMs);
    await ended(trial.child);
  }
  const hub = await startHub(path.join(folder, 'hub'));
  readyMs.push(hub.readyMs);
  const key = await createDevice(hub.endpoints);
  const broker = await startMosquitto(folder);
  return {
    readyMs,
    localHub: localHub(hub.endpoints, key),
    mosquitto: mosquitto(broker),
    stop: async () => {
      await Promise.all([ended(hub.child), ended(broker.child)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function ended(child) {
  const done = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await done;
}

/** @param {string} data folder @param {string[]} options of the hub */
export async function startHub(data, options = []) {
  const ports = ['mqtt', 'https', 'amqp', 'amqp-plain'].flatMap((name) => [`--${name}-port`, '0']);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [path.join(root, 'dist/localHub.js'), '--data', data, ...ports, ...options],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const endpoints = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(JSON.parse(text));
    });
    child.once('exit', () => reject(new Error('The local hub did not start.')));
  });
  return { child, endpoints, readyMs: performance.now() - started };
}

export const sign = (resource, key, policy) => {
  const sr = encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + 3600;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}${policy ? `&skn=${policy}` : ''}`;
};

/** @returns {Promise<string>} its primary key */
export async function createDevice(endpoints, id = deviceId) {
  const owner = /SharedAccessKey=(.+)$/.exec(endpoints.serviceConnectionString)[1];
  const text = await new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: 'localhost',
        port: endpoints.httpsPort,
        ca: readFileSync(endpoints.caFile),
        method: 'PUT',
        path: `/devices/${id}?api-version=2021-04-12`,
        headers: {
          Authorization: sign('localhost', owner, 'iothubowner'),
          'Content-Type': 'application/json',
        },
      },
      (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve(body));
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify({ deviceId: id }));
  });
  return JSON.parse(text).authentication.symmetricKey.primaryKey;
}

/** @returns {Peer} */
export function localHub(endpoints, key) {
  return {
    topic: `devices/${deviceId}/messages/events/`,
    connect: () =>
      mqtt.connectAsync(`mqtts://localhost:${endpoints.mqttPort}`, {
        ca: readFileSync(endpoints.caFile),
        protocolVersion: 4,
        clientId: deviceId,
        username: `localhost/${deviceId}/?api-version=2021-04-12`,
        password: sign(`localhost/devices/${deviceId}`, key),
      }),
    consume: async (onMessage) => {
      const consumer = new EventHubConsumerClient('$Default', endpoints.eventHubConnectionString, {
        skipParsingBodyAsJson: true,
      });
      const ids = await consumer.getPartitionIds();
      let opened = 0;
      await new Promise((resolve, reject) => {
        consumer.subscribe(
          {
            processInitialize: async () => {
              // The links attach shortly afterwards; the publisher waits for the last one.
              if (++opened === ids.length) setTimeout(resolve, 1_000);
            },
            processEvents: async (events) => events.forEach((event) => onMessage(event.body)),
            processError: async (error) => reject(error),
          },
          {
            startPosition: latestEventPosition,
            maxBatchSize: 500,
            maxWaitTimeInSeconds: 0.1,
            skipParsingBodyAsJson: true,
          },
        );
      });
      return () => consumer.close();
    },
  };
}

export async function startMosquitto(folder) {
  const port = await freePort();
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  // The same key type as the local hub's, so that TLS costs the same.
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...[
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      'broker.key',
      '-out',
      'broker.pem',
    ],
  );
  const file = (name) => path.join(folder, name);
  writeFileSync(
    file('mosquitto.conf'),
    [
      `listener ${port} 127.0.0.1`,
      `cafile ${file('broker.pem')}`,
      `certfile ${file('broker.pem')}`,
      `keyfile ${file('broker.key')}`,
      'allow_anonymous true',
      'max_queued_messages 0',
      'max_inflight_messages 0',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ].join('\n'),
  );
  // As many connections as the system permits: Node raises this limit itself.
  const command = `ulimit -n "$(ulimit -Hn)"; exec mosquitto -c '${file('mosquitto.conf')}'`;
  const child = spawn('sh', ['-c', command], { stdio: 'ignore' });
  for (let i = 0; i < 100; i++) {
    const up = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (up) return { child, port, ca: readFileSync(file('broker.pem')) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mosquitto did not start.');
}

/** @returns {Peer} */
function mosquitto({ port, ca }) {
  const connect = (clientId) =>
    mqtt.connectAsync(`mqtts://localhost:${port}`, { ca, protocolVersion: 4, clientId });
  return {
    topic: 'bench/events',
    connect: () => connect('publisher'),
    consume: async (onMessage) => {
      const client = await connect('consumer');
      client.on('message', (_topic, body) => onMessage(body));
      await client.subscribeAsync('bench/events', { qos: 1 });
      return () => client.endAsync();
    },
  };
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
