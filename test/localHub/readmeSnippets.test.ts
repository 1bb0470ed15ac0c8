import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDevice,
  deviceToken,
  readEvents,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { run } from './support/mosquitto';

let hub: TestHub;
let device: TestDevice;

beforeAll(async () => {
  hub = await startTestHub();
  device = await createDevice(hub.endpoints, 'd1');
});
afterAll(() => hub.close());

/** The example of the README below a title in bold, with the ports and the key of this hub. */
function exampleOf(title: string): string {
  const readme = fs.readFileSync('README.md', 'utf8');
  const example =
    readme
      .split(`**${title}**`)[1]
      ?.split('\n```')[1]
      ?.replace(/^\w+\n/, '') ?? '';
  const ports = { 8883: hub.endpoints.mqttPort, 8443: hub.endpoints.httpsPort };
  return Object.entries(ports)
    .reduce((text, [from, to]) => text.replaceAll(from, String(to)), example)
    .replace('SharedAccessKey=…', `SharedAccessKey=${device.primaryKey}`);
}

/** Runs an example between what it presupposes and what prints its result. */
async function runNode(before: string, title: string, after: string): Promise<string> {
  const { endpoints } = hub;
  const text = `
    import { createRequire } from 'node:module';
    import fs from 'node:fs';
    import https from 'node:https';
    const require = createRequire(${JSON.stringify(`${process.cwd()}/`)});
    const CA = ${JSON.stringify(endpoints.caFile)};
    ${before}
    ${exampleOf(title)}
    ${after}`;
  const { code, output } = await run(process.execPath, ['--input-type=module', '-'], text, 60_000);
  expect(code, output).toBe(0);
  return output.trim();
}

/** The devices of the messages so far. */
const senders = async (count: number): Promise<unknown[]> =>
  (await readEvents(hub.endpoints, count)).map(({ body, systemProperties }): unknown[] => [
    systemProperties?.['iothub-connection-device-id'],
    body,
  ]);

let messages = 0;

describe('The example of the README', () => {
  it('for a device in Node.js sends its message', async () => {
    const packages = `const { Client, Message } = require('azure-iot-device'), { Mqtt } = require('azure-iot-device-mqtt');`;
    await runNode(packages, 'Node.js device', 'await client.close();');
    expect((await senders(++messages)).at(-1)).toEqual(['d1', { temperature: 21 }]);
  });

  it('for events in Node.js connects without the CA', async () => {
    const { eventHubConnectionString } = hub.endpoints;
    const before = `const { EventHubConsumerClient } = require('@azure/event-hubs');
      const eventHubConnectionString = ${JSON.stringify(eventHubConnectionString)};`;
    const after = 'console.log(await consumer.getPartitionIds()); await consumer.close();';
    expect(await runNode(before, 'Node.js events', after)).toBe("[ '0', '1', '2', '3' ]");
  });

  it('for the registry in Node.js reads devices', async () => {
    const before = `const { Registry } = require('azure-iothub');
      const serviceConnectionString = ${JSON.stringify(hub.endpoints.serviceConnectionString)};
      const ca = fs.readFileSync(CA);`;
    const after = 'console.log((await registry.list()).responseBody.map((each) => each.deviceId));';
    expect(await runNode(before, 'Node.js registry', after)).toBe("[ 'd1' ]");
  });

  const python = '/usr/bin/python3';
  const hasPaho = spawnSync(python, ['-c', 'import paho.mqtt.client']).status === 0;

  it.skipIf(!hasPaho)('for a device in Python sends its message', async () => {
    const text = [
      'import paho.mqtt.client as mqtt',
      `CA, token = ${JSON.stringify(hub.endpoints.caFile)}, ${JSON.stringify(deviceToken(device))}`,
      exampleOf('Python device'),
      'client.disconnect()',
    ].join('\n');
    const { code, output } = await run(python, ['-c', text], undefined, 60_000);
    expect(code, output).toBe(0);
    expect((await senders(++messages)).at(-1)).toEqual(['d1', { temperature: 21 }]);
  });
});
