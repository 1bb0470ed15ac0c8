import { type ReceivedEventData } from '@azure/event-hubs';
import { type ReceivedMessage } from '../../core/message/receivedMessage';

const annotations = {
  deviceId: 'iothub-connection-device-id',
  moduleId: 'iothub-connection-module-id',
  source: 'iothub-message-source',
} as const;

/** Times that the AMQP library leaves as numbers. */
const times = new Set([
  'iothub-enqueuedtime',
  'absoluteExpiryTime',
  'creationTime',
  'iothub-creation-time-utc',
]);

export function readEvent(event: ReceivedEventData, partitionId: string): ReceivedMessage {
  const system = event.systemProperties ?? {};
  return {
    partitionId,
    sequenceNumber: event.sequenceNumber,
    enqueuedAt: event.enqueuedTimeUtc.getTime(),
    body: bytesOf(event.body),
    ...optional('deviceId', textOf(system[annotations.deviceId])),
    ...optional('moduleId', textOf(system[annotations.moduleId])),
    ...optional('source', textOf(system[annotations.source])),
    ...optional('contentType', event.contentType ?? textOf(system['contentType'])),
    ...optional('contentEncoding', textOf(system['contentEncoding'])),
    systemProperties: readSystem(system),
    applicationProperties: event.properties ?? {},
  };
}

function readSystem(system: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = new Set<string>([...Object.values(annotations), 'contentType', 'contentEncoding']);
  return Object.fromEntries(
    Object.entries(system)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => [
        name,
        times.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
      ]),
  );
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

function optional<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: string });
}
