import type { SystemProperties } from '../state/events';
import type { MessageProperties } from '../telemetry';

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

export class PropertyBagError extends Error {}

/**
 * Reads `k1=v1&k2=v2`, percent-encoded. A leading `?` belongs to the first name, as in the service.
 * @throws PropertyBagError
 */
export function parsePropertyBag(text: string): MessageProperties {
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
