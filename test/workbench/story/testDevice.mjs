// Devices of the local hub that stories use: registered and sending without the extension.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { connect } from 'mqtt';

/** A part of a connection string. */
export const part = (connection, name) => new RegExp(`(?:^|;)${name}=([^;]+)`).exec(connection)?.[1] ?? '';

/** Registers devices with keys that the hub generates. @param {string} hub the local hub's connection string */
export async function registerDevices(hub, deviceIds) {
  for (const deviceId of deviceIds)
    await requestDevice(hub, 'PUT', { deviceId, status: 'enabled', authentication: { type: 'sas' } });
}

/** @returns {Promise<object>} the device as in the registry of the hub */
function requestDevice(hub, method, device) {
  const policy = part(hub, 'SharedAccessKeyName');
  const authorization = `${sasToken('localhost', part(hub, 'SharedAccessKey'))}&skn=${policy}`;
  return new Promise((resolve, reject) => {
    const request = https.request(
      `https://localhost:${part(hub, 'HttpsPort')}/devices/${device.deviceId}?api-version=2021-04-12`,
      {
        method,
        ca: readFileSync(part(hub, 'CaFile')),
        headers: { authorization, 'content-type': 'application/json' },
      },
      async (answer) => {
        let text = '';
        for await (const piece of answer.setEncoding('utf8')) text += piece;
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${method} of device ${device.deviceId}: ${answer.statusCode} ${text}`));
      },
    );
    request.on('error', reject);
    request.end(method === 'PUT' ? JSON.stringify(device) : undefined);
  });
}

/** A device of the hub that sends at a given rate, and knows which messages the hub has acknowledged. */
export class TestDevice {
  acknowledged = [];

  constructor(deviceId, client) {
    this.deviceId = deviceId;
    this.client = client;
  }

  /** @param {string} hub the local hub's connection string */
  static async open(hub, deviceId) {
    const { authentication } = await requestDevice(hub, 'GET', { deviceId });
    const client = connect({
      protocol: 'mqtts',
      host: 'localhost',
      port: Number(part(hub, 'MqttPort')),
      ca: readFileSync(part(hub, 'CaFile')),
      clientId: deviceId,
      username: `localhost/${deviceId}/?api-version=2021-04-12`,
      password: sasToken(`localhost/devices/${deviceId}`, authentication.symmetricKey.primaryKey),
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    await new Promise((resolve, reject) => client.once('connect', resolve).once('error', reject));
    client.on('error', () => undefined);
    return new TestDevice(deviceId, client);
  }

  /** Resolves when the hub has acknowledged the message. */
  async send(n, body = { n }, properties = {}) {
    const bag = Object.entries({ '$.ct': 'application/json', '$.ce': 'utf-8', ...properties });
    const text = bag.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    const topic = `devices/${this.deviceId}/messages/events/${text}`;
    await this.client.publishAsync(topic, JSON.stringify(body), { qos: 1 });
    this.acknowledged.push(n);
  }

  /** Sends until stopped or disconnected from the hub. @returns {{ stop: () => Promise<void> }} */
  sendSteadily(from, everyMs) {
    let n = from;
    const underWay = new Set();
    const timer = setInterval(() => {
      const sent = this.send(n++)
        .catch(() => undefined)
        .finally(() => underWay.delete(sent));
      underWay.add(sent);
    }, everyMs);
    return {
      stop: async () => {
        clearInterval(timer);
        await this.client.endAsync(true);
      },
    };
  }

  close() {
    return this.client.endAsync(true);
  }
}

function sasToken(resource, key) {
  const expiry = Math.floor(Date.now() / 1_000) + 3_600;
  const audience = encodeURIComponent(resource);
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${audience}\n${expiry}`)
    .digest('base64');
  return `SharedAccessSignature sr=${audience}&sig=${encodeURIComponent(signature)}&se=${expiry}`;
}
