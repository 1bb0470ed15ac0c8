import fs from 'node:fs';
import https from 'node:https';
import { IotHubClient, type IotHubDescription } from '@azure/arm-iothub';
import { ResourceManagementClient } from '@azure/arm-resources';
import { SubscriptionClient } from '@azure/arm-resources-subscriptions';
import { earliestEventPosition, EventHubConsumerClient, type ReceivedEventData } from '@azure/event-hubs';
import type { Registry } from 'azure-iothub/dist/registry';
import WebSocket from 'ws';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { registryOf } from './hub';

export interface ArmClients {
  readonly hubs: IotHubClient;
  readonly resources: ResourceManagementClient;
  readonly subscriptions: SubscriptionClient;
}

export const tokenOf = ({ armTokenFile }: LocalHubEndpoints): string => fs.readFileSync(armTokenFile, 'utf8');

/** The unmodified SDKs; only endpoint, CA and token are the local hub's. */
export function armClients(endpoints: LocalHubEndpoints, token = () => tokenOf(endpoints)): ArmClients {
  const options = {
    endpoint: endpoints.armEndpoint,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: fs.readFileSync(endpoints.caFile, 'utf8') },
  };
  // The SDK requests a new token shortly before expiry, so an earlier expiry is reported here.
  const credential = {
    getToken: async () => ({ token: token(), expiresOnTimestamp: Date.now() + 60_000 }),
  };
  return {
    hubs: new IotHubClient(credential, endpoints.subscriptionId, options),
    resources: new ResourceManagementClient(credential, endpoints.subscriptionId, options),
    subscriptions: new SubscriptionClient(credential, options),
  };
}

/** All items of a paged list. */
export async function allOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of pages) all.push(item);
  return all;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface RestWish {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Port of another hub than the built-in one. */
  readonly port?: number;
}

/** A request without an SDK. */
export async function rest(
  endpoints: LocalHubEndpoints,
  path: string,
  { method = 'GET', body, headers = { Authorization: `Bearer ${tokenOf(endpoints)}` }, port }: RestWish = {},
): Promise<RestAnswer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: 'localhost',
        port: port ?? endpoints.httpsPort,
        path,
        method,
        ca: fs.readFileSync(endpoints.caFile),
        headers,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

export const version = 'api-version=2023-06-30';
export const groupPathOf = (endpoints: LocalHubEndpoints, group: string): string =>
  `/subscriptions/${endpoints.subscriptionId}/resourceGroups/${group}`;
export const hubPathOf = (endpoints: LocalHubEndpoints, group: string, hub: string): string =>
  `${groupPathOf(endpoints, group)}/providers/Microsoft.Devices/IotHubs/${hub}`;

/** A hub created through ARM, and what its clients need. */
export interface MadeHub {
  readonly group: string;
  readonly name: string;
  /** `localhost:PORT`, or an address of its own. */
  readonly hostName: string;
  readonly port: number;
  readonly description: IotHubDescription;
  readonly keyOf: (policy: string) => string;
  readonly registry: () => Registry;
}

export interface HubWish {
  readonly group?: string;
  readonly sku?: string;
  readonly location?: string;
  readonly properties?: IotHubDescription['properties'];
  readonly partitionCount?: number;
}

/** Creates a hub, and its resource group if it does not exist. */
export async function createHub(
  endpoints: LocalHubEndpoints,
  name: string,
  { group = 'made', sku = 'S1', location = 'local', properties = {}, partitionCount = 2 }: HubWish = {},
): Promise<MadeHub> {
  const { hubs, resources } = armClients(endpoints);
  await resources.resourceGroups.createOrUpdate(group, { location });
  await hubs.iotHubResource.beginCreateOrUpdateAndWait(group, name, {
    location,
    sku: { name: sku, capacity: 1 },
    properties: { eventHubEndpoints: { events: { partitionCount } }, ...properties },
  });
  return hubOf(endpoints, group, name);
}

export async function hubOf(endpoints: LocalHubEndpoints, group: string, name: string): Promise<MadeHub> {
  const { hubs } = armClients(endpoints);
  const description = await hubs.iotHubResource.get(group, name);
  const keys = await allOf(hubs.iotHubResource.listKeys(group, name));
  const hostName = description.properties?.hostName ?? '';
  const keyOf = (policy: string): string =>
    keys.find(({ keyName }) => keyName === policy)?.primaryKey ?? `no policy ${policy}`;
  const port = Number(hostName.split(':')[1] ?? 443);
  return {
    group,
    name,
    hostName,
    port,
    description,
    keyOf,
    registry: () =>
      registryOf(
        { ...endpoints, httpsPort: port },
        `HostName=${hostName};SharedAccessKeyName=iothubowner;SharedAccessKey=${keyOf('iothubowner')}`,
      ),
  };
}

/** The Event Hubs-compatible connection string. */
export function eventsStringOf({ description, keyOf }: MadeHub): string {
  const { endpoint = '', path = '' } = description.properties?.eventHubEndpoints?.['events'] ?? {};
  return `Endpoint=${endpoint};SharedAccessKeyName=service;SharedAccessKey=${keyOf('service')};EntityPath=${path}`;
}

/** The connection string of a device, which is registered if it does not exist. */
export async function deviceOf(hub: MadeHub, deviceId: string): Promise<{ text: string; key: string }> {
  const { responseBody } = await hub.registry().create({ deviceId });
  const { primaryKey } = (responseBody as { authentication: { symmetricKey: { primaryKey: string } } })
    .authentication.symmetricKey;
  return {
    key: primaryKey,
    text: `HostName=${hub.hostName};DeviceId=${deviceId};SharedAccessKey=${primaryKey}`,
  };
}

/** The unmodified consumer over WebSockets, which accept a custom CA. */
function consumerOf(endpoints: LocalHubEndpoints, hub: MadeHub): EventHubConsumerClient {
  const events = hub.description.properties?.eventHubEndpoints?.events;
  return new EventHubConsumerClient(
    '$Default',
    `Endpoint=${events?.endpoint ?? ''};SharedAccessKeyName=service;SharedAccessKey=${hub.keyOf('service')};EntityPath=${events?.path ?? ''}`,
    {
      retryOptions: { maxRetries: 0 },
      webSocketOptions: {
        webSocket: WebSocket,
        webSocketConstructorOptions: { ca: fs.readFileSync(endpoints.caFile) },
      },
    },
  );
}

/** IDs of the partitions. */
export async function partitionsOf(endpoints: LocalHubEndpoints, hub: MadeHub): Promise<string[]> {
  const consumer = consumerOf(endpoints, hub);
  try {
    return await consumer.getPartitionIds();
  } finally {
    await consumer.close();
  }
}

/** Reads until `count` bodies have arrived. */
export async function readBodies(
  endpoints: LocalHubEndpoints,
  hub: MadeHub,
  count: number,
  timeoutMs = 10_000,
): Promise<unknown[]> {
  const consumer = consumerOf(endpoints, hub);
  const bodies: unknown[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`only ${bodies.length} of ${count} events arrived`));
      }, timeoutMs);
      const take = (batch: ReceivedEventData[]): void => {
        bodies.push(...batch.map(({ body }) => body as unknown));
        if (bodies.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      consumer.subscribe(
        {
          processEvents: async (batch) => {
            take(batch);
          },
          processError: async (error) => {
            clearTimeout(timer);
            reject(error);
          },
        },
        { startPosition: earliestEventPosition, maxBatchSize: 100, maxWaitTimeInSeconds: 0.2 },
      );
    });
  } finally {
    await consumer.close();
  }
  return bodies;
}
