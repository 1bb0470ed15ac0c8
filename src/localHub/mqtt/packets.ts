/** The packets that a client may send to a server, as in MQTT 3.1.1, chapter 3. */
export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | SubscribePacket
  | UnsubscribePacket
  | { readonly cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'; readonly messageId: number }
  | { readonly cmd: 'pingreq' | 'disconnect' };

export interface ConnectPacket {
  readonly cmd: 'connect';
  /** The protocol level; nothing else is read from a CONNECT of another level than 4. */
  readonly protocolVersion: number;
  readonly clean: boolean;
  /** Seconds; 0 turns it off. */
  readonly keepalive: number;
  readonly clientId: string;
  readonly will?: { readonly topic: string; readonly payload: Buffer; readonly qos: number };
  readonly username?: string;
  readonly password?: Buffer;
}

export interface PublishPacket {
  readonly cmd: 'publish';
  readonly qos: number;
  readonly retain: boolean;
  readonly topic: string;
  /** 0 at QoS 0, which has none. */
  readonly messageId: number;
  readonly payload: Buffer;
}

export interface SubscribePacket {
  readonly cmd: 'subscribe';
  readonly messageId: number;
  readonly subscriptions: readonly { readonly topic: string; readonly qos: number }[];
}

export interface UnsubscribePacket {
  readonly cmd: 'unsubscribe';
  readonly messageId: number;
  readonly unsubscriptions: readonly string[];
}

/** The bytes violate MQTT 3.1.1, so the connection has to be closed. */
export class MalformedPacketError extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the fields of one packet. */
class FieldReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  number(): number {
    return this.take(2).readUInt16BE();
  }

  binary(): Buffer {
    return this.take(this.number());
  }

  /** UTF-8 without surrogates, overlong forms and U+0000. */
  text(): string {
    let text: string;
    try {
      text = utf8.decode(this.binary());
    } catch (error) {
      if (error instanceof MalformedPacketError) throw error;
      throw new MalformedPacketError('a text is not valid UTF-8');
    }
    if (text.includes('\0')) throw new MalformedPacketError('a text contains U+0000');
    return text;
  }

  packetId(): number {
    const id = this.number();
    if (id === 0) throw new MalformedPacketError('the packet identifier is 0');
    return id;
  }

  rest(): Buffer {
    return this.take(this.bytes.length - this.position);
  }

  end(): void {
    if (!this.isAtEnd) throw new MalformedPacketError('the packet is longer than its fields');
  }

  private take(length: number): Buffer {
    const end = this.position + length;
    if (end > this.bytes.length) throw new MalformedPacketError('the packet ends within a field');
    const part = this.bytes.subarray(this.position, end);
    this.position = end;
    return part;
  }
}

const packetType = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

const clientPacketTypes: ReadonlySet<number> = new Set(Object.values(packetType));

/**
 * Checks the first byte of a packet, before the rest arrives.
 * @throws MalformedPacketError
 */
export function checkHead(head: number): void {
  const type = head >> 4;
  const flags = head & 0x0f;
  if (!clientPacketTypes.has(type))
    throw new MalformedPacketError(`a client may not send packets of type ${type}`);
  if (type === packetType.publish) {
    if ((flags & 6) === 6) throw new MalformedPacketError('the QoS is 3');
    if (flags >> 1 === 4) throw new MalformedPacketError('DUP is set at QoS 0');
    return;
  }
  const isNumbered =
    type === packetType.pubrel || type === packetType.subscribe || type === packetType.unsubscribe;
  if (flags !== (isNumbered ? 2 : 0)) throw new MalformedPacketError('a reserved flag of the header is set');
}

/**
 * Decodes one packet.
 * @param head its first byte: type and flags, which `checkHead` accepted
 * @param content what follows the remaining length
 * @throws MalformedPacketError
 */
export function decodePacket(head: number, content: Buffer): ClientPacket {
  const type = head >> 4;
  const flags = head & 0x0f;
  const fields = new FieldReader(content);
  if (type === packetType.publish) return decodePublish(flags, fields);
  const packet = decodeUnflagged(type, fields);
  // A CONNECT of another level has other fields.
  if (packet.cmd !== 'connect' || packet.protocolVersion === 4) fields.end();
  return packet;
}

function decodeUnflagged(type: number, fields: FieldReader): ClientPacket {
  switch (type) {
    case packetType.connect:
      return decodeConnect(fields);
    case packetType.puback:
      return { cmd: 'puback', messageId: fields.packetId() };
    case packetType.pubrec:
      return { cmd: 'pubrec', messageId: fields.packetId() };
    case packetType.pubrel:
      return { cmd: 'pubrel', messageId: fields.packetId() };
    case packetType.pubcomp:
      return { cmd: 'pubcomp', messageId: fields.packetId() };
    case packetType.subscribe:
      return decodeSubscribe(fields);
    case packetType.unsubscribe:
      return decodeUnsubscribe(fields);
    case packetType.pingreq:
      return { cmd: 'pingreq' };
    default:
      return { cmd: 'disconnect' };
  }
}

function decodeConnect(fields: FieldReader): ConnectPacket {
  const protocol = fields.text();
  if (protocol !== 'MQTT' && protocol !== 'MQIsdp')
    throw new MalformedPacketError('the protocol name is not MQTT');
  const level = fields.byte();
  if (protocol !== 'MQTT' || level !== 4) {
    const protocolVersion = protocol === 'MQTT' ? level : 3;
    return { cmd: 'connect', protocolVersion, clean: true, keepalive: 0, clientId: '' };
  }
  const flags = fields.byte();
  const isSet = (bit: number): boolean => (flags & bit) !== 0;
  const qos = (flags >> 3) & 3;
  if (isSet(0x01)) throw new MalformedPacketError('the reserved flag of CONNECT is set');
  if (qos === 3) throw new MalformedPacketError('the QoS of the will is 3');
  if (!isSet(0x04) && (qos !== 0 || isSet(0x20)))
    throw new MalformedPacketError('QoS or retain of the will without a will');
  if (isSet(0x40) && !isSet(0x80)) throw new MalformedPacketError('a password without a user name');
  return {
    cmd: 'connect',
    protocolVersion: level,
    clean: isSet(0x02),
    keepalive: fields.number(),
    clientId: fields.text(),
    ...(isSet(0x04) ? { will: { topic: topicName(fields), payload: fields.binary(), qos } } : {}),
    ...(isSet(0x80) ? { username: fields.text() } : {}),
    ...(isSet(0x40) ? { password: fields.binary() } : {}),
  };
}

function decodePublish(flags: number, fields: FieldReader): PublishPacket {
  const qos = (flags >> 1) & 3;
  return {
    cmd: 'publish',
    qos,
    retain: (flags & 1) !== 0,
    topic: topicName(fields),
    messageId: qos === 0 ? 0 : fields.packetId(),
    payload: fields.rest(),
  };
}

function decodeSubscribe(fields: FieldReader): SubscribePacket {
  const messageId = fields.packetId();
  const subscriptions: { topic: string; qos: number }[] = [];
  do {
    const topic = topicFilter(fields);
    const qos = fields.byte();
    if (qos > 2) throw new MalformedPacketError('a requested QoS is not 0, 1 or 2');
    subscriptions.push({ topic, qos });
  } while (!fields.isAtEnd);
  return { cmd: 'subscribe', messageId, subscriptions };
}

function decodeUnsubscribe(fields: FieldReader): UnsubscribePacket {
  const messageId = fields.packetId();
  const unsubscriptions: string[] = [];
  do unsubscriptions.push(topicFilter(fields));
  while (!fields.isAtEnd);
  return { cmd: 'unsubscribe', messageId, unsubscriptions };
}

function topicName(fields: FieldReader): string {
  const topic = fields.text();
  if (topic === '') throw new MalformedPacketError('the topic is empty');
  if (/[+#]/.test(topic)) throw new MalformedPacketError('the topic contains a wildcard');
  return topic;
}

/** Wildcards must be whole levels, and `#` the last one. */
function topicFilter(fields: FieldReader): string {
  const filter = fields.text();
  if (filter === '') throw new MalformedPacketError('a topic filter is empty');
  if (/[^/][+#]|[+#][^/]|#\//.test(filter))
    throw new MalformedPacketError('a wildcard of a topic filter is misplaced');
  return filter;
}
