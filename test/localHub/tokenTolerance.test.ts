import { EventHubConsumerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rest, version } from './support/arm';
import {
  createDevice,
  deviceToken,
  sasToken,
  startTestHub,
  type TestDevice,
  type TestHub,
} from './support/hub';
import { mosquittoPub } from './support/mosquitto';

let hub: TestHub;
let device: TestDevice;

beforeAll(async () => {
  // As without an option.
  hub = await startTestHub({ tokenToleranceMs: 300_000 });
  device = await createDevice(hub.endpoints, 'pump');
});
afterAll(() => hub.close());

const keyOf = (connectionString: string): string =>
  /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? '';

/** Uses a token over each protocol. @returns whether the hub accepted it */
const uses: readonly (readonly [string, (seconds: number) => Promise<boolean>])[] = [
  [
    'MQTT',
    async (seconds) =>
      (await mosquittoPub(hub.endpoints, { deviceId: 'pump', password: deviceToken(device, seconds) }))
        .code === 0,
  ],
  [
    'HTTPS, of a device',
    async (seconds) =>
      (
        await rest(hub.endpoints, `/devices/pump/messages/events?${version}`, {
          method: 'POST',
          headers: { Authorization: deviceToken(device, seconds) },
        })
      ).status === 204,
  ],
  [
    'HTTPS, of a service',
    async (seconds) => {
      const key = keyOf(hub.endpoints.serviceConnectionString);
      const token = sasToken({
        resource: 'localhost',
        key,
        policyName: 'iothubowner',
        expiresInSeconds: seconds,
      });
      return (
        (await rest(hub.endpoints, `/devices?${version}`, { headers: { Authorization: token } })).status ===
        200
      );
    },
  ],
  [
    'AMQP',
    async (seconds) => {
      const endpoint = hub.endpoints.eventHubConnectionString.replace(
        /SharedAccessKeyName=.*?;SharedAccessKey=.*?;/,
        '',
      );
      const key = keyOf(hub.endpoints.eventHubConnectionString);
      const resource = `localhost:${hub.endpoints.amqpPlainPort}`;
      const token = sasToken({ resource, key, policyName: 'service', expiresInSeconds: seconds });
      const client = new EventHubConsumerClient('$Default', `${endpoint};SharedAccessSignature=${token}`, {
        retryOptions: { maxRetries: 0 },
      });
      const isAccepted = await client.getPartitionIds().then(
        () => true,
        () => false,
      );
      await client.close();
      return isAccepted;
    },
  ],
];

describe.each(uses)('A token over %s', (_, isAccepted) => {
  it('is accepted until 5 minutes after its expiry', async () => {
    expect([await isAccepted(600), await isAccepted(-200), await isAccepted(-301)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
