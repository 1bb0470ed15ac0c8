import { type PropertyBag } from '../message/propertyBag';
import { propertyText } from '../message/propertyText';
import { type ReceivedMessage } from '../message/receivedMessage';

/**
 * System properties that a device may set, by the names with which they are received, and their names in a topic. A time
 * of creation arrives among the application properties.
 */
const systemNames: ReadonlyMap<string, string> = new Map([
  ['messageId', '$.mid'],
  ['correlationId', '$.cid'],
  ['userId', '$.uid'],
  ['to', '$.to'],
  ['absoluteExpiryTime', '$.exp'],
  ['creationTime', '$.ctime'],
  ['iothub-creation-time-utc', '$.ctime'],
  ['dt-subject', '$.sub'],
  ['iothub-interface-id', '$.ifid'],
  ['iothub-outputname', '$.on'],
]);

/** Set by the hub, which sets them again. */
const isOfHub = (name: string, value: string): boolean =>
  /^(?:iothub-(?:connection-|enqueuedtime$|message-source$)|x-opt-)/.test(name) ||
  (name === 'to' && value.startsWith('/devices/'));

export interface SentProperties {
  readonly bag: PropertyBag;
  /** Names of properties that cannot be sent, or only as text. */
  readonly notKept: readonly string[];
}

/** The properties with which the device sent the message, in order, as far as MQTT can send them. */
export function sentProperties({
  contentType,
  contentEncoding,
  systemProperties,
  applicationProperties,
}: Omit<ReceivedMessage, 'body'>): SentProperties {
  const bag: [string, string][] = [];
  const notKept: string[] = [];
  if (contentType !== undefined) bag.push(['$.ct', contentType]);
  if (contentEncoding !== undefined) bag.push(['$.ce', contentEncoding]);
  const isSet = (short: string) => bag.some(([name]) => name === short);
  for (const [name, value] of Object.entries(systemProperties)) {
    if (value === undefined || value === null) continue;
    const text = propertyText(value);
    const short = systemNames.get(name);
    if (isOfHub(name, text)) continue;
    if (short === undefined) notKept.push(name);
    else if (!isSet(short)) bag.push([short, text]);
  }
  for (const [name, value] of Object.entries(applicationProperties)) {
    // MQTT has only texts, and names of at least one character.
    if (name === '' || value === undefined || value === null) {
      notKept.push(name);
      continue;
    }
    if (typeof value !== 'string') notKept.push(name);
    const short = name === 'iothub-creation-time-utc' ? '$.ctime' : name;
    if (short === '$.ctime' && isSet(short)) continue;
    bag.push([short, propertyText(value)]);
  }
  return { bag, notKept };
}
