import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDevice, deviceToken, startTestHub, type TestHub } from './support/hub';
import { missingClient, readWithPython, type PythonClient } from './support/pythonClients';

let hub: TestHub;
const bodies = Array.from({ length: 5 }, (_, n) => JSON.stringify({ n }));

beforeAll(async () => {
  hub = await startTestHub({ partitionCount: 1 });
  const device = await createDevice(hub.endpoints, 'python');
  const client = await mqtt.connectAsync(`mqtts://localhost:${hub.endpoints.mqttPort}`, {
    ca: hub.ca,
    clientId: 'python',
    username: 'localhost/python/?api-version=2021-04-12',
    password: deviceToken(device),
    protocolVersion: 4,
  });
  for (const body of bodies) await client.publishAsync('devices/python/messages/events/', body, { qos: 1 });
  await client.endAsync();
});
afterAll(() => hub.close());

const clients: [PythonClient, ('TLS' | 'WebSockets')[]][] = [
  ['azure-eventhub', ['TLS', 'WebSockets']],
  ['uamqp', ['TLS', 'WebSockets']],
  ['qpid-proton', ['TLS']],
];

describe.each(clients)('%s for Python', (client, transports) => {
  const missing = missingClient(client);
  it.skipIf(missing !== '').each(transports)(
    `reads events and properties over %s${missing}`,
    async (transport) => {
      expect(await readWithPython(hub.endpoints, client, transport, bodies.length)).toEqual({
        name: 'iothub-ehub-local-hub',
        partitionIds: ['0'],
        bodies,
      });
      expect(hub.logLines.filter((line) => line.startsWith('warn'))).toEqual([]);
    },
  );
});
