import { HubError } from '../errors';
import type { SystemProperties } from '../state/events';
import type { MessageProperties, TelemetryMessage } from '../telemetry';
import { isObject } from './bodyValues';

/**
 * Formats of device-to-cloud messages over HTTPS: one message with its properties as headers, or a batch as JSON.
 * @see https://learn.microsoft.com/rest/api/iothub/device/send-device-event
 */

/** The system properties by the name of their header, as the device SDKs send them. */
const systemHeaders: ReadonlyMap<string, keyof SystemProperties> = new Map([
  ['iothub-messageid', 'messageId'],
  ['iothub-correlationid', 'correlationId'],
  ['iothub-userid', 'userId'],
  ['iothub-to', 'to'],
  ['iothub-contenttype', 'contentType'],
  ['iothub-contentencoding', 'contentEncoding'],
  ['iothub-expiry', 'absoluteExpiryTime'],
  ['iothub-creationtimeutc', 'creationTime'],
  ['iothub-creation-time-utc', 'creationTime'],
  ['dt-subject', 'subject'],
  ['iothub-interface-id', 'interfaceId'],
  ['iothub-outputname', 'outputName'],
]);

const applicationPrefix = 'iothub-app-';

/** Other names are headers of HTTP or of no meaning for readers, such as `iothub-ack`. */
function readProperties(fields: Iterable<readonly [name: string, value: string]>): MessageProperties {
  const system: Partial<Record<keyof SystemProperties, string>> = {};
  // Devices choose the names: `__proto__` must be a name like any other.
  const properties = Object.create(null) as Record<string, string>;
  for (const [name, value] of fields) {
    const key = systemHeaders.get(name.toLowerCase());
    if (key) {
      system[key] = value;
    } else if (name.toLowerCase().startsWith(applicationPrefix)) {
      const property = name.slice(applicationPrefix.length);
      if (property === '') throw new HubError('ArgumentInvalid', 'A property has no name');
      properties[property] = value;
    }
  }
  return { system, properties };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Node.js reads header values as Latin-1; clients such as curl send them in UTF-8. */
function decodeHeader(value: string): string {
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/**
 * Reads the properties of a single message.
 * @param rawHeaders names and values in turn, as sent: the names of properties keep their case
 * @throws HubError ArgumentInvalid
 */
export function readHeaders(rawHeaders: readonly string[]): MessageProperties {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    fields.push([rawHeaders[i] ?? '', decodeHeader(rawHeaders[i + 1] ?? '')]);
  }
  return readProperties(fields);
}

export const isBatch = (contentType: string | undefined): boolean =>
  contentType?.split(';')[0]?.trim().toLowerCase() === 'application/vnd.microsoft.iothub.json';

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
const maxBatch = 500;

/** Reads the messages of a batch. @throws HubError ArgumentInvalid */
export function readBatch(bytes: Buffer): TelemetryMessage[] {
  let items: unknown;
  try {
    items = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new HubError('ArgumentInvalid', 'The body of a batch is not valid JSON');
  }
  if (!Array.isArray(items) || items.length === 0) {
    throw new HubError('ArgumentInvalid', 'The body of a batch must be an array of messages');
  }
  if (items.length > maxBatch)
    throw new HubError(
      'ArgumentInvalid',
      `A batch can have at most ${maxBatch} messages, not ${items.length}`,
    );
  return items.map(readBatchItem);
}

function readBatchItem(item: unknown): TelemetryMessage {
  if (!isObject(item) || typeof item.body !== 'string') {
    throw new HubError('ArgumentInvalid', 'Each message of a batch must have a body, which is a string');
  }
  const { body, base64Encoded, properties = {} } = item;
  if (base64Encoded !== undefined && typeof base64Encoded !== 'boolean') {
    throw new HubError('ArgumentInvalid', 'base64Encoded must be true or false');
  }
  if (!isObject(properties)) throw new HubError('ArgumentInvalid', 'properties must be an object');
  return {
    ...readProperties(Object.entries(properties).map(([name, value]) => [name, readValue(name, value)])),
    // The Node.js SDK encodes the body without saying so.
    body: base64Encoded === false ? Buffer.from(body) : decodeBase64(body),
  };
}

function readValue(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new HubError('ArgumentInvalid', `The property '${name.slice(0, 100)}' must be a string`);
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // Node.js ignores what is not base64.
  if (bytes.toString('base64') !== text) {
    throw new HubError('ArgumentInvalid', 'The body of a message is not base64 (see base64Encoded)');
  }
  return bytes;
}
