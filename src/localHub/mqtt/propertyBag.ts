import type { SystemProperties } from '../state/events';

/** The system properties in the property bag of a topic, by key. */
const systemKeys: Readonly<Record<string, keyof SystemProperties>> = {
  '$.mid': 'messageId',
  '$.cid': 'correlationId',
  '$.uid': 'userId',
  '$.to': 'to',
  '$.ct': 'contentType',
  '$.ce': 'contentEncoding',
  '$.exp': 'absoluteExpiryTime',
  '$.ctime': 'creationTime',
  '$.sub': 'subject',
  '$.ifid': 'interfaceId',
  '$.on': 'outputName',
};

export interface PropertyBag {
  readonly system: SystemProperties;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Reads `k1=v1&k2=v2`, percent-encoded; `+` is a plus, not a space.
 * @throws URIError if an escape is not valid
 */
export function parsePropertyBag(text: string): PropertyBag {
  const system: Partial<Record<keyof SystemProperties, string>> = {};
  // Devices choose the names: `__proto__` must be a name like any other.
  const properties = Object.create(null) as Record<string, string>;
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decodeURIComponent(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? '' : decodeURIComponent(part.slice(at + 1));
    const key = Object.hasOwn(systemKeys, name) ? systemKeys[name] : undefined;
    if (key) system[key] = value;
    else properties[name] = value;
  }
  return { system, properties };
}

/** The size that the limit of 256 KB applies to: body, values of system properties, names and values of others. */
export function messageSize(body: Uint8Array, bag: PropertyBag): number {
  let size = body.length;
  for (const value of Object.values<string>({ ...bag.system })) size += Buffer.byteLength(value);
  for (const [name, value] of Object.entries(bag.properties))
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}
