import type { Duplex } from 'node:stream';
import type { AuthenticationMethod, CertificateCredential } from '../auth/authenticator';
import type { ClientCertificate } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import { ExpiryTimer, IdleTimer } from './connectionTimers';
import { findPublishHandler, findSubscription } from './handlers/index';
import type { DeviceSession, Subscription } from './handlers/topicHandler';
import { acceptConnect, type AcceptedConnect, type Will } from './handshake';
import type {
  ClientPacket,
  ConnectPacket,
  PublishPacket,
  SubscribePacket,
  UnsubscribePacket,
} from './packets';
import { PacketSocket } from './packetSocket';
import type { LiveConnection, Sessions } from './sessions';
import { TelemetryIngest } from './telemetryIngest';

const connectTimeoutMs = 30_000;
const maxSubscriptions = 5;
const subscriptionRefused = 0x80;

interface Session extends DeviceSession {
  readonly identity: string;
  readonly subscriptions: Set<Subscription>;
}

/**
 * The MQTT 3.1.1 connection of one device. An IoT hub is not a publish-subscribe broker: a device publishes to the hub
 * and no other device sees the topic, so this works on the packets themselves. What happens on a topic is in `handlers/`.
 * @see http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
 * @see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
export class MqttConnection implements LiveConnection {
  private readonly socket: PacketSocket;
  private readonly idleTimer: IdleTimer;
  private expiryTimer: ExpiryTimer | undefined;
  private session: Session | undefined;
  private will: Will | undefined;
  private ended = false;

  constructor(
    stream: Duplex,
    private readonly peer: string,
    private readonly context: HubContext,
    private readonly sessions: Sessions,
    private readonly clientCertificate: ClientCertificate | undefined,
    private readonly onAuthenticated: () => void = () => undefined,
  ) {
    this.idleTimer = new IdleTimer(connectTimeoutMs, () => {
      this.drop(this.session ? 'no packet arrived within the keep-alive time' : 'no CONNECT arrived in time');
    });
    this.socket = new PacketSocket(stream, {
      onPacket: (packet) => {
        this.receive(packet);
      },
      onFailure: (reason) => {
        this.drop(reason);
      },
      onClose: () => {
        this.end('the client closed the socket');
      },
    });
  }

  get authenticationMethod(): AuthenticationMethod | undefined {
    return this.session?.device.method;
  }

  get certificate(): CertificateCredential | undefined {
    return this.session?.device.certificate;
  }

  get deviceId(): string {
    return this.session?.name.deviceId ?? '';
  }

  get isDestroyed(): boolean {
    return this.socket.isDestroyed;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  deliver(topic: string, payload: string | Buffer): void {
    this.socket.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }

  drop(reason: string): void {
    if (this.ended) return;
    this.context.log('warn', `MQTT: closed the connection of ${this.label}: ${reason}`);
    this.end(reason);
    this.socket.destroy();
  }

  private get label(): string {
    return this.session ? `device ${this.session.identity}` : this.peer;
  }

  private receive(packet: ClientPacket): void {
    this.idleTimer.restart();
    const { session } = this;
    if (!session) {
      if (packet.cmd === 'connect') this.connect(packet);
      else this.drop(`the first packet was ${packet.cmd}, not CONNECT`);
      return;
    }
    switch (packet.cmd) {
      case 'publish':
        this.publish(packet, session);
        return;
      case 'subscribe':
        this.subscribe(packet, session);
        return;
      case 'unsubscribe':
        this.unsubscribe(packet, session);
        return;
      case 'pingreq':
        this.socket.send({ cmd: 'pingresp' });
        return;
      case 'puback':
        return;
      case 'disconnect':
        this.will = undefined;
        this.end('the client disconnected');
        this.socket.close();
        return;
      default:
        this.drop(`unexpected ${packet.cmd}`);
    }
  }

  private connect(packet: ConnectPacket): void {
    const result = acceptConnect(packet, this.context, this.clientCertificate);
    if ('reason' in result) {
      this.context.log('warn', `MQTT: refused ${this.peer}: ${result.reason}`);
      this.finish();
      this.socket.close(result.answer);
      return;
    }
    this.onAuthenticated();
    const isPresent = this.openSession(result);
    this.will = result.will;
    this.idleTimer.setTimeout(result.idleMs);
    this.expiryTimer = new ExpiryTimer(result.device.expiresAtMs, this.context.now, () => {
      this.drop(result.device.certificate ? 'its certificate expired' : 'its token expired');
    });
    this.context.log('info', `MQTT: ${this.label} connected from ${this.peer}`);
    this.socket.send({ cmd: 'connack', sessionPresent: isPresent, returnCode: 0 });
  }

  /** @returns whether the hub still had a session of the device (MQTT 3.1.1: Session Present) */
  private openSession({ device, name, identity, cleanSession }: AcceptedConnect): boolean {
    const session: Session = {
      context: this.context,
      device,
      name,
      identity,
      subscriptions: new Set(),
      telemetry: new TelemetryIngest(this.context, device, name, this),
      deliver: (topic, payload) => {
        this.deliver(topic, payload);
      },
      drop: (reason) => {
        this.drop(reason);
      },
    };
    // Before the session is entered: that reports the device id of this connection.
    this.session = session;
    const { isPresent, subscriptions } = this.sessions.enter(identity, this, cleanSession);
    this.session = { ...session, subscriptions };
    return isPresent;
  }

  private publish({ qos, topic, payload, retain, messageId }: PublishPacket, session: Session): void {
    if (qos === 2) {
      this.drop('QoS 2 is not supported');
      return;
    }
    const handle = findPublishHandler(topic, session.name);
    if (!handle) {
      this.drop(`'${topic.slice(0, 200)}' is not a topic that this device may publish to`);
      return;
    }
    const acknowledge = (): void => {
      if (qos === 1) this.socket.send({ cmd: 'puback', messageId });
    };
    handle({ payload, retain, acknowledge }, session);
  }

  private subscribe({ subscriptions: requested, messageId }: SubscribePacket, session: Session): void {
    const { name, subscriptions } = session;
    const refused: string[] = [];
    const granted = requested.map(({ topic, qos }) => {
      const subscription = findSubscription(topic, name);
      if (!subscription || (!subscriptions.has(subscription) && subscriptions.size >= maxSubscriptions)) {
        refused.push(topic);
        return subscriptionRefused;
      }
      subscriptions.add(subscription);
      return Math.min(qos, 1);
    });
    this.logRefused(refused);
    this.socket.send({ cmd: 'suback', messageId, granted });
  }

  /** One line for each packet, however many filters it has. */
  private logRefused([first, ...others]: readonly string[]): void {
    if (first === undefined) return;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    this.context.log('warn', `MQTT: ${this.label} may not subscribe to '${first.slice(0, 200)}'${more}`);
  }

  private unsubscribe({ unsubscriptions, messageId }: UnsubscribePacket, session: Session): void {
    for (const filter of unsubscriptions) {
      const subscription = findSubscription(filter, session.name);
      if (subscription) session.subscriptions.delete(subscription);
    }
    this.socket.send({ cmd: 'unsuback', messageId, granted: [] });
  }

  private finish(): void {
    this.ended = true;
    this.idleTimer.stop();
    this.expiryTimer?.stop();
    this.socket.stop();
  }

  private end(reason: string): void {
    if (this.ended) return;
    const { session, will } = this;
    this.finish();
    if (!session) return;
    this.context.log('info', `MQTT: ${this.label} disconnected: ${reason}`);
    this.sessions.leave(session.identity, this);
    if (will) session.telemetry.store(will.bag, will.body, () => undefined);
  }
}
