// The clients of the extension, to be run with another version of Node: registers a device, publishes as it over MQTT,
// reads the message from the Event Hubs-compatible endpoint and evaluates a template.
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { openDeviceSession } from '../../../src/azure/mqtt/index';
import { createSasToken } from '../../../src/core/hub/sasToken';
import { apiVersion } from '../../../src/core/mqtt/mqttSettings';
import { Environment } from '@marcbachmann/cel-js';
import { type LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { createDevice } from './hub';

async function main(): Promise<void> {
  const endpoints = JSON.parse(process.env['ENDPOINTS'] ?? '') as LocalHubEndpoints;
  const { deviceId, primaryKey } = await createDevice(endpoints, 'floor');
  const session = await openDeviceSession({
    settings: () => {
      const expiresAt = Date.now() + 600_000;
      const password = createSasToken({
        resource: `localhost/devices/${deviceId}`,
        key: primaryKey,
        expiresAt,
      });
      return {
        host: 'localhost',
        port: endpoints.httpsPort,
        caFile: endpoints.caFile,
        clientId: deviceId,
        userName: `localhost/${deviceId}/?api-version=${apiVersion}`,
        topic: '',
        credentials: { kind: 'sas', password, expiresAt },
      };
    },
    transport: 'mqtt',
    webSocketPort: 0,
    maxInFlight: 1,
    onState: () => undefined,
  });
  const value = String(new Environment().evaluate('1 + 2'));
  await session.publish({
    topic: `devices/${deviceId}/messages/events/`,
    payload: `{"value":${value}}`,
    qos: 1,
  });
  await session.close();
  const consumer = new EventHubConsumerClient('$Default', endpoints.eventHubConnectionString);
  const body = await new Promise<unknown>((resolve, reject) => {
    consumer.subscribe(
      {
        processEvents: async (events) => {
          if (events[0]) resolve(events[0].body);
        },
        processError: async (error) => {
          reject(error);
        },
      },
      { startPosition: earliestEventPosition },
    );
  });
  await consumer.close();
  process.stdout.write(JSON.stringify({ node: process.version, body }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
