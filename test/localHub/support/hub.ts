import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { Registry } from 'azure-iothub/dist/registry';
import { EventHubConsumerClient, earliestEventPosition, type ReceivedEventData } from '@azure/event-hubs';
import { startAccount } from '../../../src/localHub/account/account';
import type { AccountOptions } from '../../../src/localHub/account/accountOptions';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { singleLine } from '../../../src/localHub/singleLine';

export interface TestHub {
  readonly endpoints: LocalHubEndpoints;
  readonly ca: string;
  readonly logLines: string[];
  readonly dataFolder: string;
  close(): Promise<void>;
}

export const makeTemporaryFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'local-hub-test-'));

/** A hub in this process, on free ports, with a folder that is deleted with it. */
export async function startTestHub(options: Partial<AccountOptions> = {}): Promise<TestHub> {
  const dataFolder = options.dataFolder ?? makeTemporaryFolder();
  const logLines: string[] = [];
  const hub = await startAccount({
    dataFolder,
    listenAddress: '127.0.0.1',
    ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 },
    movePorts: false,
    sample: false,
    partitionCount: 4,
    retentionMs: 24 * 60 * 60 * 1000,
    maxBytes: 512 * 1024 * 1024,
    tokenToleranceMs: 0,
    // As the program's log writes it.
    log: (level, text) => logLines.push(`${level} ${singleLine(text)}`),
    ...options,
  });
  return {
    endpoints: hub.endpoints,
    ca: fs.readFileSync(hub.endpoints.caFile, 'utf8'),
    logLines,
    dataFolder,
    close: async () => {
      await hub.close();
      if (!options.dataFolder) fs.rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** The unmodified SDK with another port and CA, through its agent option. */
export function registryOf(
  endpoints: LocalHubEndpoints,
  connectionString = endpoints.serviceConnectionString,
): Registry {
  const registry = Registry.fromConnectionString(connectionString);
  const [, ownAddress] = /(?:^|;)HostName=(127[\d.]+)/.exec(connectionString) ?? [];
  const agent = new https.Agent({
    ca: fs.readFileSync(endpoints.caFile),
    host: ownAddress ?? '127.0.0.1',
    port: endpoints.httpsPort,
  });
  (
    registry as unknown as { _restApiClient: { setOptions(options: object): void } }
  )._restApiClient.setOptions({ http: { agent } });
  return registry;
}

export interface TokenWish {
  readonly resource: string;
  readonly key: string;
  readonly expiresInSeconds?: number;
  readonly policyName?: string;
  /** Uses `sr` unencoded, as some tools do. */
  readonly raw?: boolean;
}

export function sasToken({ resource, key, expiresInSeconds = 600, policyName, raw }: TokenWish): string {
  const sr = raw ? resource : encodeURIComponent(resource);
  const se = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${se}`).digest('base64');
  const skn = policyName === undefined ? '' : `&skn=${policyName}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}${skn}`;
}

export interface TestDevice {
  readonly deviceId: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

export async function createDevice(endpoints: LocalHubEndpoints, deviceId: string): Promise<TestDevice> {
  const { responseBody } = await registryOf(endpoints).create({ deviceId });
  const keys = (
    responseBody as { authentication: { symmetricKey: { primaryKey: string; secondaryKey: string } } }
  ).authentication.symmetricKey;
  return { deviceId, ...keys };
}

export const deviceToken = (device: TestDevice, expiresInSeconds = 600): string =>
  sasToken({ resource: `localhost/devices/${device.deviceId}`, key: device.primaryKey, expiresInSeconds });

/** Reads with the unmodified consumer until `count` events have arrived. */
export async function readEvents(
  endpoints: LocalHubEndpoints,
  count: number,
  timeoutMs = 15_000,
): Promise<(ReceivedEventData & { partitionId: string })[]> {
  const consumer = new EventHubConsumerClient('$Default', endpoints.eventHubConnectionString);
  const events: (ReceivedEventData & { partitionId: string })[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`only ${events.length} of ${count} events arrived within ${timeoutMs} ms`));
      }, timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (count === 0) done();
      consumer.subscribe(
        {
          processEvents: async (batch, { partitionId }) => {
            for (const event of batch) events.push({ ...event, partitionId });
            if (events.length >= count) done();
          },
          processError: async (error) => {
            clearTimeout(timer);
            reject(error);
          },
        },
        { startPosition: earliestEventPosition, maxBatchSize: 500, maxWaitTimeInSeconds: 0.2 },
      );
    });
  } finally {
    await consumer.close();
  }
  return events;
}
