import type { SystemProperties } from '../state/events';

/** The system properties in the property bag of a topic, by key. */
const systemKeys: ReadonlyMap<string, keyof SystemProperties> = new Map([
  ['$.mid', 'messageId'],
  ['$.cid', 'correlationId'],
  ['$.uid', 'userId'],
  ['$.to', 'to'],
  ['$.ct', 'contentType'],
  ['$.ce', 'contentEncoding'],
  ['$.exp', 'absoluteExpiryTime'],
  ['$.ctime', 'creationTime'],
  ['$.sub', 'subject'],
  ['$.ifid', 'interfaceId'],
  ['$.on', 'outputName'],
]);

export interface PropertyBag {
  readonly system: SystemProperties;
  readonly properties: Readonly<Record<string, string>>;
}

export class PropertyBagError extends Error {}

/**
 * Reads `k1=v1&k2=v2`, percent-encoded. A leading `?` belongs to the first name, as in the service.
 * @throws PropertyBagError
 */
export function parsePropertyBag(text: string): PropertyBag {
  const system: Partial<Record<keyof SystemProperties, string>> = {};
  // Devices choose the names: `__proto__` must be a name like any other.
  const properties = Object.create(null) as Record<string, string>;
  if (text.includes('/')) throw new PropertyBagError('it contains a slash that is not encoded as %2F');
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decode(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? '' : decode(part.slice(at + 1));
    if (name === '') throw new PropertyBagError('a property has no name');
    const key = systemKeys.get(name);
    if (key) system[key] = value;
    else properties[name] = value;
  }
  return { system, properties };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PropertyBagError('a percent escape is not valid');
  }
}

/** The size that the limit of 256 KB applies to: body, values of system properties, names and values of others. */
export function messageSize(body: Uint8Array, bag: PropertyBag): number {
  let size = body.length;
  for (const value of Object.values<string>({ ...bag.system })) size += Buffer.byteLength(value);
  for (const [name, value] of Object.entries(bag.properties))
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  return size;
}
