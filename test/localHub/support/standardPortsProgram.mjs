// Uses a hub by its connection strings alone, with unmodified SDKs; the trust in its CA comes from the environment.
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import azureIotDevice from 'azure-iot-device';
import azureIotDeviceMqtt from 'azure-iot-device-mqtt';
import azureIotHub from 'azure-iothub';
import WebSocket from 'ws';

const { HUB: hub, EVENTS: events, HOST: host } = process.env;
const { Client, Message } = azureIotDevice;

const registry = azureIotHub.Registry.fromConnectionString(hub);
const { responseBody } = await registry.create({ deviceId: 'd' });
const key = responseBody.authentication.symmetricKey.primaryKey;
const devices = (await registry.list()).responseBody.map(({ deviceId }) => deviceId);

const service = azureIotHub.Client.fromConnectionString(hub);
await service.open();
await service.close();

const device = `HostName=${host};DeviceId=d;SharedAccessKey=${key}`;
for (const name of ['Mqtt', 'MqttWs']) {
  const client = Client.fromConnectionString(device, azureIotDeviceMqtt[name]);
  await client.open();
  await client.sendEvent(new Message(JSON.stringify(name)));
  await client.close();
}

async function read(options) {
  const consumer = new EventHubConsumerClient('$Default', events, options);
  const bodies = [];
  let partition;
  await new Promise((resolve, reject) => {
    consumer.subscribe(
      {
        processEvents: async (received, { partitionId }) => {
          if (received.length > 0) partition = partitionId;
          bodies.push(...received.map(({ body }) => body));
          if (bodies.length === 2) resolve();
        },
        processError: async (error) => reject(error),
      },
      { startPosition: earliestEventPosition },
    );
  });
  await consumer.close();
  return { partition, bodies: bodies.sort() };
}
const overTls = await read({});
const overWebSockets = await read({ webSocketOptions: { webSocket: WebSocket } });
console.log(`result ${JSON.stringify({ devices, overTls, overWebSockets })}`);
process.exit(0);
