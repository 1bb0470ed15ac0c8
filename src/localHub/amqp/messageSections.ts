import { MalformedError } from './malformed';
import { has, readValue, ValueReader, type TypedValue } from './typedValues';

/** Part 3.2: the sections of a message. */
const messageSections: Readonly<Record<number, string>> = {
  0x70: 'amqp:header:list',
  0x71: 'amqp:delivery-annotations:map',
  0x72: 'amqp:message-annotations:map',
  0x73: 'amqp:properties:list',
  0x74: 'amqp:application-properties:map',
  0x75: 'amqp:data:binary',
  0x76: 'amqp:amqp-sequence:list',
  0x77: 'amqp:amqp-value:*',
  0x78: 'amqp:footer:map',
};
const sectionNames: ReadonlySet<unknown> = new Set(Object.values(messageSections));

/**
 * Checks the sections of a message and the types of their values; rhea writes others to the console and continues, or
 * fails.
 * @throws MalformedError
 */
export function checkMessage(message: Buffer): void {
  const reader = new ValueReader(message);
  while (reader.position < message.length) checkSection(readValue(reader, 'a message'));
  if (reader.position > message.length) throw new MalformedError('a value exceeds its message');
}

function checkSection(section: TypedValue): void {
  const { descriptor } = section;
  const name =
    descriptor && has('ulong', descriptor) ? messageSections[Number(descriptor.value)] : descriptor?.value;
  if (!descriptor || (!has('ulong', descriptor) && !has('symbol', descriptor)) || !sectionNames.has(name)) {
    throw new MalformedError('a message has a section that is not one of the specification');
  }
  const kind = String(name).split(':')[2];
  const isOfKind =
    kind === 'list'
      ? has('list', section)
      : kind === 'map'
        ? isMap(section)
        : kind !== 'binary' || has('binary', section);
  if (!isOfKind) throw new MalformedError(`${String(name)} of a message is ${section.type.name}`);
}

const isMap = (given: TypedValue): boolean =>
  has('map', given) && Array.isArray(given.value) && given.value.length % 2 === 0;
