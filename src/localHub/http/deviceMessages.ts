import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { AuthenticatedDevice } from '../auth/authenticator';
import { presentedBy } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import { HubError } from '../errors';
import { peerOf } from '../peer';
import {
  maxMessageBytes,
  maxShapingMs,
  messageSize,
  storeTelemetry,
  type TelemetryMessage,
} from '../telemetry';
import { isBatch, readBatch, readHeaders } from './deviceMessageFormat';
import { readBytes, type HubRouter } from './router';

/**
 * Device-to-cloud messages over HTTPS, authenticated with a SAS token or with the certificate of the connection.
 * @see https://learn.microsoft.com/rest/api/iothub/device/send-device-event
 */
export function addDeviceMessageRoutes(router: HubRouter, context: HubContext): void {
  router.on('POST', '/devices/{id}/messages/events', {
    answer: async (message, { query }, { id = '' }) => {
      // Before the body is read: only devices may send one of this size.
      const sender = await authenticate(context, id, message);
      if (!query.has('api-version')) {
        throw new HubError('InvalidProtocolVersion', 'The api-version query parameter is required');
      }
      const messages = await readMessages(message);
      checkQuota(context, messages);
      await shape(context, messages.length);
      await Promise.all(messages.map((each) => store(context, sender, each)));
      return { status: 204 };
    },
  });
}

/** @throws HubError IotHubUnauthorizedAccess: as in the service, only the log contains the reason */
async function authenticate(
  { authenticator, log }: HubContext,
  deviceId: string,
  message: IncomingMessage,
): Promise<AuthenticatedDevice> {
  const { socket } = message;
  const { authorization } = message.headers;
  const certificate = socket instanceof TLSSocket ? presentedBy(socket) : undefined;
  try {
    if (authorization !== undefined) return authenticator.authenticateDevice(deviceId, authorization);
    return authenticator.authenticateByCertificate(deviceId, certificate);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    log('warn', `HTTP: refused ${peerOf(socket)}: ${error.message}`);
    throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized');
  }
}

/** @throws HubError ArgumentInvalid, MessageTooLarge */
async function readMessages(message: IncomingMessage): Promise<TelemetryMessage[]> {
  const body = await readBytes(message, maxMessageBytes);
  const messages = isBatch(message.headers['content-type'])
    ? readBatch(body)
    : [{ ...readHeaders(message.rawHeaders), body }];
  for (const each of messages) if (messageSize(each) > maxMessageBytes) throw tooLarge();
  return messages;
}

const tooLarge = (): HubError =>
  new HubError('MessageTooLarge', `A message or batch cannot exceed ${maxMessageBytes} bytes`);

/** A batch is counted by its size, as one message. */
function checkQuota({ quota, hubName }: HubContext, messages: readonly TelemetryMessage[]): void {
  if (quota.take(messages.reduce((size, each) => size + messageSize(each), 0))) return;
  throw new HubError(
    'IotHubQuotaExceeded',
    `Total number of messages on IotHub '${hubName}' exceeded the allocated quota`,
  );
}

/** Waits for the turn of the messages. @throws HubError ThrottlingException if it would take too long */
async function shape({ throttle }: HubContext, count: number): Promise<void> {
  const waitMs = Math.max(...Array.from({ length: count }, () => throttle.take()));
  if (waitMs > maxShapingMs) {
    throw new HubError('ThrottlingException', 'Messages arrive faster than the throttling limit allows');
  }
  if (waitMs > 0) await wait(waitMs);
}

async function store(
  context: HubContext,
  sender: AuthenticatedDevice,
  message: TelemetryMessage,
): Promise<void> {
  return new Promise((resolve, reject) => {
    storeTelemetry(context, sender, message, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
