import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { expect } from 'vitest';
import { openDeviceSession } from '../../../src/azure/mqtt/index';
import {
  type DeviceSession,
  type SessionRequest,
  type SessionState,
} from '../../../src/core/message/deviceSession';
import { createSasToken } from '../../../src/core/hub/sasToken';
import { apiVersion, type MqttCredentials, type MqttSettings } from '../../../src/core/mqtt/mqttSettings';
import { type LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { until } from './until';
import { type TestHub } from './hub';

/** Messages that arrived at the hub: how often, by message ID and device. */
export interface Arrivals {
  of(deviceId: string): ReadonlyMap<string, number>;
  /** Message IDs of a device in the order of their first arrival. */
  orderOf(deviceId: string): string[];
  close(): Promise<void>;
}

export async function watchArrivals(endpoints: LocalHubEndpoints): Promise<Arrivals> {
  const devices = new Map<string, Map<string, number>>();
  const of = (deviceId: string): Map<string, number> => {
    const known = devices.get(deviceId) ?? new Map<string, number>();
    devices.set(deviceId, known);
    return known;
  };
  const consumer = new EventHubConsumerClient('$Default', endpoints.eventHubConnectionString);
  consumer.subscribe(
    {
      processEvents: async (events) => {
        for (const { messageId, systemProperties } of events) {
          const ids = of(String(systemProperties?.['iothub-connection-device-id']));
          ids.set(String(messageId), (ids.get(String(messageId)) ?? 0) + 1);
        }
      },
      processError: async () => undefined,
    },
    { startPosition: earliestEventPosition, maxBatchSize: 500, maxWaitTimeInSeconds: 0.2 },
  );
  return { of, orderOf: (deviceId) => [...of(deviceId).keys()], close: () => consumer.close() };
}

export interface SessionWish extends Partial<SessionRequest> {
  readonly deviceId: string;
  readonly key?: string;
  readonly port?: number;
  readonly tokenMs?: number;
  readonly caFile?: string;
  readonly credentials?: MqttCredentials;
}

export interface OpenedSession {
  readonly session: DeviceSession;
  readonly states: SessionState[];
  /** Times at which settings were requested. */
  readonly authentications: number[];
  readonly state: (kind: SessionState['kind'], timeoutMs?: number) => Promise<void>;
  /** The message with which the session ended. */
  readonly ended: (timeoutMs?: number) => Promise<string>;
}

const open: DeviceSession[] = [];

export async function closeSessions(): Promise<void> {
  await Promise.all(open.splice(0).map((session) => session.close()));
}

export async function openSession({ endpoints }: TestHub, wish: SessionWish): Promise<OpenedSession> {
  const { deviceId, key = '', port, tokenMs = 600_000, caFile, credentials, ...request } = wish;
  const states: SessionState[] = [];
  const authentications: number[] = [];
  const settings = (): MqttSettings => {
    const expiresAt = Date.now() + tokenMs;
    authentications.push(Date.now());
    const password = createSasToken({ resource: `localhost/devices/${deviceId}`, key, expiresAt });
    return {
      host: 'localhost',
      port: port ?? endpoints.mqttPort,
      caFile: caFile ?? endpoints.caFile,
      clientId: deviceId,
      userName: `localhost/${deviceId}/?api-version=${apiVersion}`,
      topic: '',
      credentials: credentials ?? { kind: 'sas', password, expiresAt },
    };
  };
  const session = await openDeviceSession({
    settings,
    transport: 'mqtt',
    webSocketPort: endpoints.httpsPort,
    maxInFlight: 50,
    onState: (state) => states.push(state),
    ...request,
  });
  open.push(session);
  const state = (kind: SessionState['kind'], timeoutMs?: number) =>
    until(`state ${kind}`, () => states.some((one) => one.kind === kind), timeoutMs);
  return {
    session,
    states,
    authentications,
    state,
    ended: async (timeoutMs) => {
      await state('ended', timeoutMs);
      const last = states.at(-1);
      return last?.kind === 'ended' ? (last.reason?.message ?? '') : '';
    },
  };
}

export const topicOf = (deviceId: string, messageId: string): string =>
  `devices/${deviceId}/messages/events/%24.mid=${messageId}`;

export interface Sent {
  readonly acknowledged: Set<string>;
  readonly resent: number;
}

/** Publishes `count` messages as fast as the session accepts them, and waits for all acknowledgements. */
export async function publishMany(
  session: DeviceSession,
  deviceId: string,
  count: number,
  options: { readonly body?: string; readonly everyMs?: number; readonly onSent?: (n: number) => void } = {},
): Promise<Sent> {
  const { body = 'x'.repeat(200), everyMs = 0, onSent } = options;
  const acknowledged = new Set<string>();
  let resent = 0;
  const pending: Promise<void>[] = [];
  for (let n = 1; n <= count; n++) {
    await session.ready();
    const id = `m${n}`;
    pending.push(
      session.publish({ topic: topicOf(deviceId, id), payload: body, qos: 1 }).then(({ sends }) => {
        acknowledged.add(id);
        if (sends > 1) resent++;
      }),
    );
    onSent?.(n);
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await Promise.all(pending);
  return { acknowledged, resent };
}

/** Checks that each of `m1`…`mN` was acknowledged and arrived, in order of their first arrival. */
export async function expectAll(
  arrivals: Arrivals,
  deviceId: string,
  acknowledged: ReadonlySet<string>,
  count: number,
): Promise<void> {
  expect(acknowledged.size).toBe(count);
  await until(`all of ${deviceId}`, () => arrivals.of(deviceId).size >= count);
  expect(arrivals.orderOf(deviceId)).toEqual(Array.from({ length: count }, (_, i) => `m${i + 1}`));
}
