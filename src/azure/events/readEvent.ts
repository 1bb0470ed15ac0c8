import { type ReceivedEventData } from '@azure/event-hubs';
import { propertyText } from '../../core/message/propertyText';
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
    // The library's own copy has neither bytes nor times.
    applicationProperties: event.getRawAmqpMessage().applicationProperties ?? {},
  };
}

function readSystem(system: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = new Set<string>([...Object.values(annotations), 'contentType', 'contentEncoding']);
  return Object.fromEntries(
    Object.entries(system)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => [
        name,
        times.has(name) && typeof value === 'number' ? propertyText(new Date(value)) : plain(value),
      ]),
  );
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(propertyText(body));
}

/** Bytes, such as a user id, and other objects as text. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? propertyText(copiedBytes(value) ?? value) : value;

/** The library copies bytes into an object: `{ 0: 117, 1: 49 }`. */
function copiedBytes(value: object): Uint8Array | undefined {
  const bytes = Object.values(value) as unknown[];
  const isByte = (byte: unknown) => typeof byte === 'number' && (byte & 0xff) === byte;
  return bytes.length > 0 &&
    Object.keys(value).every((name, at) => name === String(at)) &&
    bytes.every(isByte)
    ? Uint8Array.from(bytes as number[])
    : undefined;
}

const textOf = (value: unknown) =>
  value === undefined || value === null || value === '' ? undefined : propertyText(plain(value));

function optional<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: string });
}
