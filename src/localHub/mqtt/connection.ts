import type { Duplex } from 'node:stream';
import {
  generate,
  parser,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscribePacket,
  type Packet,
} from 'mqtt-packet';
import { Refusal, type CertificateLogin, type DeviceLogin, type LoginMethod } from '../auth/authenticator';
import type { ClientCertificate } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import type { NewEvent } from '../state/events';
import { messageSize, parsePropertyBag, type PropertyBag } from './propertyBag';
import type { LiveConnection, Sessions } from './sessions';
import {
  parsePublishTopic,
  parseSubscribeFilter,
  parseUserName,
  type ConnectUserName,
  type SubscribeFilter,
} from './topics';

/** MQTT 3.1.1 CONNACK return codes in use. */
const connack = { accepted: 0, unacceptableProtocol: 1, unavailable: 3, notAuthorized: 5 } as const;

export const maxMessageBytes = 256 * 1024;
/** A body, its topic (64 KB at most) and headers. */
const maxPacketBytes = maxMessageBytes + 70 * 1024;
const connectTimeoutMs = 30_000;
/** 29.45 minutes: the service waits no longer, whatever the client asks. */
const maxIdleMs = 1_767_000;
const maxSubscriptions = 5;
/** Messages of one connection that wait for the disk before its socket is read on. */
const maxUnstored = 1_000;
/** Messages of one connection that wait for their turn before its socket is read on. */
const maxShaped = 100;
const longestShapingMs = 10_000;
const maxTimerMs = 2 ** 31 - 1;
const quotaUsedUp = 'the daily quota of messages is used up until midnight, UTC';

interface Login extends DeviceLogin {
  readonly name: ConnectUserName;
  readonly identity: string;
  readonly filters: Set<SubscribeFilter>;
}

/**
 * One device's MQTT 3.1.1 session. An IoT Hub is no publish-subscribe broker: a device publishes to the hub
 * and nobody else sees the topic, so the session works on the packets themselves.
 * @see http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
 * @see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
export class MqttConnection implements LiveConnection {
  private readonly parser = parser({ protocolVersion: 4 });
  private login: Login | undefined;
  private will: { readonly bag: PropertyBag; readonly body: Buffer } | undefined;
  private ended = false;
  private unstored = 0;
  private shaped = 0;
  private idleTimer: NodeJS.Timeout;
  private expiryTimer: NodeJS.Timeout | undefined;
  private output: Buffer[] = [];
  private flushing = false;

  constructor(
    private readonly socket: Duplex,
    private readonly peer: string,
    private readonly context: HubContext,
    private readonly sessions: Sessions,
    private readonly clientCertificate: ClientCertificate | undefined,
  ) {
    this.idleTimer = setTimeout(() => {
      this.drop('no CONNECT came in time');
    }, connectTimeoutMs);
    this.parser.on('packet', (packet: Packet) => {
      if (!this.ended) this.receive(packet);
    });
    this.parser.on('error', (error: Error) => {
      this.drop(`malformed packet: ${error.message}`);
    });
    socket.on('data', (chunk: Buffer) => {
      this.read(chunk);
    });
    socket.on('error', (error: Error) => {
      this.drop(`socket error: ${error.message}`);
    });
    socket.on('close', () => {
      this.end('the client closed the socket');
    });
  }

  get loginMethod(): LoginMethod | undefined {
    return this.login?.by;
  }

  get certificateLogin(): CertificateLogin | undefined {
    return this.login?.certificate;
  }

  get deviceId(): string {
    return this.login?.name.deviceId ?? '';
  }

  private get label(): string {
    return this.login ? `device ${this.login.identity}` : this.peer;
  }

  private read(chunk: Buffer): void {
    if (this.ended) return;
    try {
      this.parser.parse(chunk);
    } catch (error) {
      this.drop(`malformed packet: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    // The parser keeps what it has of an unfinished packet, whose length the sender chose.
    const unfinished = (this.parser as unknown as { packet?: { length?: number } }).packet?.length ?? 0;
    if (unfinished > maxPacketBytes) this.drop(`a packet of ${unfinished} bytes is over the limit`);
  }

  private receive(packet: Packet): void {
    this.rearm();
    if (!this.login) {
      if (packet.cmd === 'connect') this.connect(packet);
      else this.drop(`the first packet was ${packet.cmd}, not CONNECT`);
      return;
    }
    switch (packet.cmd) {
      case 'publish':
        this.publish(packet, this.login);
        return;
      case 'subscribe':
        this.subscribe(packet, this.login);
        return;
      case 'unsubscribe':
        for (const text of packet.unsubscriptions) {
          const filter = parseSubscribeFilter(text, this.login.name);
          if (filter) this.login.filters.delete(filter);
        }
        this.send({ cmd: 'unsuback', messageId: packet.messageId, granted: [] });
        return;
      case 'pingreq':
        this.send({ cmd: 'pingresp' });
        return;
      case 'puback':
        return;
      case 'disconnect':
        this.will = undefined;
        this.end('the client disconnected');
        this.socket.end();
        return;
      default:
        this.drop(`unexpected ${packet.cmd}`);
    }
  }

  private connect(packet: IConnectPacket): void {
    const version = packet.protocolVersion ?? 4;
    if (version !== 4) {
      // A client of MQTT 5 reads only its own format: there the reason is 0x84.
      this.refuse(
        version === 5
          ? generate({ cmd: 'connack', sessionPresent: false, reasonCode: 0x84 }, { protocolVersion: 5 })
          : generate({ cmd: 'connack', sessionPresent: false, returnCode: connack.unacceptableProtocol }),
        `MQTT protocol level ${version} is not supported, only 3.1.1 (level 4)`,
      );
      return;
    }
    let login: Login;
    try {
      login = this.authenticate(packet);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.refuse(
        generate({ cmd: 'connack', sessionPresent: false, returnCode: connack.notAuthorized }),
        error.message,
      );
      return;
    }
    if (this.context.quota.isUsedUp) {
      this.refuse(
        generate({ cmd: 'connack', sessionPresent: false, returnCode: connack.unavailable }),
        quotaUsedUp,
      );
      return;
    }
    this.login = login;
    const session = this.sessions.enter(login.identity, this, packet.clean ?? true);
    this.login = { ...login, filters: session.filters };
    const keepAliveMs = (packet.keepalive ?? 0) * 1500;
    this.idleMs = keepAliveMs === 0 ? maxIdleMs : Math.min(keepAliveMs, maxIdleMs);
    this.rearm();
    this.armExpiry(login.expiresAtMs);
    this.context.log('info', `MQTT: ${this.label} connected from ${this.peer}`);
    this.send({ cmd: 'connack', sessionPresent: session.present, returnCode: connack.accepted });
  }

  private idleMs = connectTimeoutMs;

  /** @throws Refusal, with the reason for the hub's log */
  private authenticate(packet: IConnectPacket): Login {
    const name = parseUserName(packet.username ?? '');
    if (!name) {
      throw new Refusal(`the user name '${packet.username ?? ''}' is not {host}/{deviceId}/?api-version=…`);
    }
    if (!this.context.authenticator.isThisHub(name.host)) {
      throw new Refusal(`the user name is for ${name.host}, not for this hub`);
    }
    const identity = name.moduleId === undefined ? name.deviceId : `${name.deviceId}/${name.moduleId}`;
    if (packet.clientId !== identity) {
      throw new Refusal(
        `the client id '${packet.clientId}' is not the identity ${identity} of the user name`,
      );
    }
    if (name.moduleId !== undefined) throw new Refusal(`module ${identity} is not registered`);
    const { authenticator } = this.context;
    const login = packet.password?.length
      ? authenticator.authenticateDevice(name.deviceId, packet.password.toString())
      : authenticator.authenticateByCertificate(name.deviceId, this.clientCertificate);
    if (packet.will) {
      const topic = parsePublishTopic(packet.will.topic);
      if (topic?.kind !== 'telemetry' || topic.deviceId !== name.deviceId) {
        throw new Refusal(`the will's topic '${packet.will.topic}' is not the device's own`);
      }
      const body = Buffer.from(packet.will.payload);
      const bag = parsePropertyBag(topic.bag);
      this.will = { body, bag: { ...bag, properties: { ...bag.properties, 'iothub-MessageType': 'Will' } } };
    }
    return { ...login, name, identity, filters: new Set() };
  }

  private publish(packet: IPublishPacket, login: Login): void {
    if (packet.qos === 2) {
      this.drop('QoS 2 is not supported');
      return;
    }
    const topic = parsePublishTopic(packet.topic);
    if (!topic || (topic.kind === 'telemetry' && !this.isOwn(topic, login.name))) {
      this.drop(`'${packet.topic.slice(0, 200)}' is no topic of this device`);
      return;
    }
    if (topic.kind !== 'telemetry') {
      this.answerUnserved(topic, login);
      if (packet.qos === 1) this.send({ cmd: 'puback', messageId: packet.messageId });
      return;
    }
    let bag: PropertyBag;
    try {
      bag = parsePropertyBag(topic.bag);
    } catch {
      this.drop('the property bag of the topic has a broken percent escape');
      return;
    }
    if (packet.retain) bag = { ...bag, properties: { ...bag.properties, 'mqtt-retain': 'true' } };
    const body = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const size = messageSize(body, bag);
    if (size > maxMessageBytes) {
      this.drop(`a message of ${size} bytes is over the limit of ${maxMessageBytes}`);
      return;
    }
    if (!this.context.quota.take(size)) {
      this.drop(quotaUsedUp);
      return;
    }
    this.shape(login, bag, body, () => {
      if (packet.qos === 1) this.send({ cmd: 'puback', messageId: packet.messageId });
    });
  }

  private isOwn(
    topic: { readonly deviceId: string; readonly moduleId?: string },
    name: ConnectUserName,
  ): boolean {
    return topic.deviceId === name.deviceId && topic.moduleId === name.moduleId;
  }

  /** What comes too fast waits, and with it the connection; what would wait too long ends it. */
  private shape(login: Login, bag: PropertyBag, body: Uint8Array, stored: () => void): void {
    const waitMs = this.context.throttle.take();
    if (waitMs > longestShapingMs) return this.drop('messages come faster than the hub takes them');
    if (waitMs === 0) return this.store(login, bag, body, stored);
    this.shaped++;
    if (this.shaped === maxShaped) this.socket.pause();
    setTimeout(() => {
      this.shaped--;
      if (this.shaped < maxShaped / 2 && this.socket.isPaused()) this.socket.resume();
      if (!this.socket.destroyed) this.store(login, bag, body, stored);
    }, waitMs);
  }

  private store(login: Login, bag: PropertyBag, body: Uint8Array, stored: () => void): void {
    const { device, name } = login;
    this.unstored++;
    if (this.unstored === maxUnstored) this.socket.pause();
    this.context.registry.touch(device.deviceId);
    const event: NewEvent = {
      deviceId: device.deviceId,
      authMethod: login.authMethod,
      generationId: device.generationId,
      source: 'Telemetry',
      ...(name.moduleId === undefined ? {} : { moduleId: name.moduleId }),
      ...(name.modelId === undefined ? {} : { modelId: name.modelId }),
      system: bag.system,
      properties: bag.properties,
      body,
    };
    const done = (error?: Error): void => {
      this.unstored--;
      if (this.unstored < maxUnstored / 2 && this.socket.isPaused()) this.socket.resume();
      // MQTT 3.1.1 has no negative PUBACK: the client learns by the closed connection and sends again.
      if (error) this.drop(`a message could not be stored: ${error.message}`);
      else stored();
    };
    if (this.context.routing.reachesBuiltIn(event)) this.context.events.append(event, done);
    else setImmediate(done);
  }

  /** Twins and methods are not served yet: say so in the form the SDKs read, instead of leaving them waiting. */
  private answerUnserved(topic: { readonly kind: string; readonly requestId?: string }, login: Login): void {
    if (topic.kind === 'methodResponse' || !login.filters.has('twinResponse')) return;
    this.send({
      cmd: 'publish',
      topic: `$iothub/twin/res/501/?$rid=${topic.requestId ?? ''}`,
      payload: JSON.stringify({
        errorCode: 501000,
        message: 'This local hub does not serve device twins yet.',
      }),
      qos: 0,
      dup: false,
      retain: false,
    });
  }

  private subscribe(packet: ISubscribePacket, login: Login): void {
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      const filter = parseSubscribeFilter(topic, login.name);
      if (!filter || (!login.filters.has(filter) && login.filters.size >= maxSubscriptions)) {
        this.context.log('warn', `MQTT: ${this.label} may not subscribe to '${topic.slice(0, 200)}'`);
        return 0x80;
      }
      login.filters.add(filter);
      return Math.min(qos, 1);
    });
    this.send({ cmd: 'suback', messageId: packet.messageId, granted });
  }

  /** Answers of one turn leave in one write. */
  private send(packet: Packet): void {
    if (this.ended) return;
    this.output.push(generate(packet));
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      const buffers = this.output;
      this.output = [];
      if (!this.socket.destroyed && buffers.length > 0) this.socket.write(Buffer.concat(buffers));
    });
  }

  private rearm(): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      this.drop(this.login ? 'nothing came within the keep-alive time' : 'no CONNECT came in time');
    }, this.idleMs);
  }

  private armExpiry(expiresAtMs: number): void {
    const left = expiresAtMs - this.context.now();
    this.expiryTimer = setTimeout(
      () => {
        if (left > maxTimerMs) this.armExpiry(expiresAtMs);
        else this.drop(this.login?.certificate ? 'its certificate expired' : 'its token expired');
      },
      Math.max(0, Math.min(left, maxTimerMs)),
    );
  }

  private refuse(answer: Buffer, reason: string): void {
    this.context.log('warn', `MQTT: refused ${this.peer}: ${onOneLine(reason)}`);
    this.will = undefined;
    this.finish();
    this.socket.end(answer);
  }

  drop(reason: string): void {
    if (this.ended) return;
    this.context.log('warn', `MQTT: closed the connection of ${this.label}: ${reason}`);
    this.end(reason);
    this.socket.destroy();
  }

  private finish(): void {
    this.ended = true;
    clearTimeout(this.idleTimer);
    clearTimeout(this.expiryTimer);
    this.output = [];
  }

  private end(reason: string): void {
    if (this.ended) return;
    const { login, will } = this;
    this.finish();
    if (!login) return;
    this.context.log('info', `MQTT: ${this.label} is gone: ${reason}`);
    this.sessions.leave(login.identity, this);
    if (will) this.store(login, will.bag, will.body, () => undefined);
  }
}

/** What a client is called is its own choice, and must not look like lines of the log. */
function onOneLine(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0) ?? 0;
      const isControl = code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029;
      return isControl ? `\\u${code.toString(16).padStart(4, '0')}` : char;
    })
    .join('');
}
