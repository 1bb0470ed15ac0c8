import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import rhea, { type Connection, type Container, type EventContext, type Receiver, type Session } from 'rhea';
import { Channel } from './channel';
import type { EventEndpoint } from './eventEndpoint';
import { defaultBudget, FrameGuard, maxMessageSize, type UnauthenticatedBudget } from './frameGuard';
import { maxFrameSize } from './frameStream';
import { Grants } from './grants';
import { Links, type Link } from './links';
import { MalformedError } from './malformed';
import { ReplyLinks, requestOf, type Reply, type Request } from './replies';
import {
  boundReader,
  closeAtOnce,
  creditOf,
  guardTurns,
  limitIdleTimeout,
  prepareSession,
  writeAllFields,
} from './rheaInternals';
import { saslMechanisms, type AuthorizedScope } from './sasl';

export interface ConnectionLimits {
  /** How long a client may stay without an accepted token. */
  readonly authenticationTimeoutMs: number;
  readonly links: number;
  readonly sessions: number;
  readonly unauthenticated: UnauthenticatedBudget;
}

export const defaultLimits: ConnectionLimits = {
  authenticationTimeoutMs: 30_000,
  links: 512,
  sessions: 512,
  unauthenticated: defaultBudget,
};

/** As the service announces it; rhea waits twice as long before it gives up (AMQP 2.4.5). */
const idleTimeoutMs = 120_000;
const minIdleTimeoutMs = 500;
/** AMQP 2.7.1: MIN-MAX-FRAME-SIZE. */
const minMaxFrameSize = 512;
const requestCredit = 100;

/** One AMQP connection: its life cycle, sessions, tokens and links. What a link is for is in `nodes/`. */
export class AmqpConnection {
  private readonly container: Container;
  private readonly connection: Connection;
  private readonly channel: Channel;
  private readonly grants: Grants;
  private readonly links: Links;
  private authenticationTimer: NodeJS.Timeout | undefined;
  private sessions = 0;
  private isRefused = false;

  constructor(
    private readonly endpoint: EventEndpoint,
    private readonly limits: ConnectionLimits,
    stream: Duplex,
    private readonly onAuthenticated: () => void,
    private readonly onClosed: (connection: AmqpConnection) => void,
  ) {
    boundReader();
    const { context } = endpoint;
    this.grants = new Grants(context.now, () => {
      this.closeUnauthorizedLinks();
    });
    const guard = new FrameGuard(
      {
        isAuthenticated: () => this.grants.hasAny,
        maxChannel: limits.sessions - 1,
        creditOf: (channel, handle) => creditOf(this.connection, channel, handle),
      },
      limits.unauthenticated,
    );
    const events = {
      onMalformed: (error: MalformedError, isStarted: boolean) => {
        this.refuse(error, isStarted);
      },
      onClosed: () => {
        this.dispose();
      },
    };
    this.channel = new Channel(stream, events, guard);
    this.links = this.createLinks();
    this.container = this.createContainer();
    this.listen();
    this.connection = this.container.create_connection({
      port: 0,
      container_id: context.hubName,
      max_frame_size: maxFrameSize,
      channel_max: limits.sessions - 1,
      idle_time_out: idleTimeoutMs,
      receiver_options: { credit_window: requestCredit, max_message_size: maxMessageSize },
    });
    guardTurns(this.connection, (error) => {
      this.fail(error);
    });
    writeAllFields(this.connection);
    this.awaitToken();
    this.start();
  }

  /** Closes the connection, and destroys the socket if the client does not answer. */
  end(condition: string, description: string): void {
    if (this.connection.is_open()) this.connection.close({ condition, description });
    // After rhea wrote the frame.
    setImmediate(() => {
      this.channel.end();
    });
  }

  /** Ends the connection unless a token is accepted in time. */
  private awaitToken(): void {
    clearTimeout(this.authenticationTimer);
    this.authenticationTimer = setTimeout(() => {
      this.end('amqp:unauthorized-access', 'No token was accepted in time.');
    }, this.limits.authenticationTimeoutMs);
    this.authenticationTimer.unref();
  }

  private createLinks(): Links {
    return new Links(
      {
        context: this.endpoint.context,
        endpoint: this.endpoint,
        channel: this.channel,
        cbsReplies: new ReplyLinks(),
        managementReplies: new ReplyLinks(),
        isCovered: (path) => this.grants.covers(path),
        grant: (scope) => {
          this.grant(scope);
        },
        serveRequests: (receiver, replies, handle) => {
          this.serveRequests(receiver, replies, handle);
        },
      },
      this.grants,
    );
  }

  private createContainer(): Container {
    const { context } = this.endpoint;
    const container = rhea.create_container({ id: context.hubName });
    container.sasl_server_mechanisms = saslMechanisms(context, {
      onAuthenticated: (scope) => {
        this.grant(scope);
      },
      onRefused: (reason) => {
        context.log('info', `AMQP: refused a SASL authentication: ${reason}`);
        // After rhea has told the client.
        setImmediate(() => {
          this.channel.end();
        });
      },
    });
    return container;
  }

  /** Lets rhea read from the channel. */
  private start(): void {
    const { connection } = this as unknown as { connection: { accept(socket: Socket): void } };
    connection.accept(this.channel as unknown as Socket);
    this.channel.start();
  }

  private listen(): void {
    const on = (event: string, handler: (context: EventContext) => void): void => {
      this.container.on(event, (context: EventContext) => {
        try {
          handler(context);
        } catch (error) {
          this.fail(error);
        }
      });
    };
    on('connection_open', () => {
      this.checkOpen();
    });
    on('connection_close', () => {
      this.links.forgetAll();
    });
    on('session_open', ({ session }) => {
      if (session) this.openSession(session);
    });
    on('session_close', ({ session }) => {
      this.sessions--;
      this.links.forgetSession(session);
    });
    on('sender_open', ({ sender }) => {
      if (sender && this.addLink(sender)) this.links.attachSender(sender);
    });
    on('receiver_open', ({ receiver }) => {
      if (receiver && this.addLink(receiver)) this.links.attachReceiver(receiver);
    });
    on('sender_close', ({ sender }) => {
      if (sender) this.links.forget(sender);
    });
    on('receiver_close', ({ receiver }) => {
      if (receiver) this.links.forget(receiver);
    });
    for (const event of handledErrors) on(event, () => undefined);
    for (const event of ['error', 'protocol_error']) {
      this.container.on(event, (error: unknown) => {
        this.fail(error);
      });
    }
  }

  private checkOpen(): void {
    const { max_frame_size: frameSize, idle_time_out: idle } = this.connection;
    if (frameSize !== undefined && frameSize !== null && frameSize < minMaxFrameSize) {
      this.end('amqp:invalid-field', `max-frame-size must be at least ${minMaxFrameSize}.`);
    } else if (idle !== undefined && idle !== null && idle > 0 && idle < minIdleTimeoutMs) {
      this.end('amqp:invalid-field', `idle-time-out must be at least ${minIdleTimeoutMs} ms.`);
    }
    limitIdleTimeout(this.connection);
  }

  private openSession(session: Session): void {
    prepareSession(session);
    if (++this.sessions > this.limits.sessions)
      this.end('amqp:resource-limit-exceeded', 'Too many sessions.');
  }

  /** @returns false when that is a link too many, which ends the connection */
  private addLink(link: Link): boolean {
    this.links.add(link);
    if (this.links.size <= this.limits.links) return true;
    this.end('amqp:resource-limit-exceeded', `More than ${this.limits.links} links.`);
    return false;
  }

  private serveRequests(receiver: Receiver, replies: ReplyLinks, handle: (request: Request) => Reply): void {
    receiver.on('message', ({ message }: EventContext) => {
      if (!message) return;
      const request = requestOf(message);
      const reply = handle(request);
      // rhea settles the request in the next turn. uamqp drops a reply that arrives before that.
      this.inLaterTurn(() => {
        replies.send(request, reply);
      });
    });
  }

  private grant({ scope, expiresAtMs }: AuthorizedScope): void {
    clearTimeout(this.authenticationTimer);
    this.onAuthenticated();
    this.grants.add(scope, expiresAtMs);
  }

  private closeUnauthorizedLinks(): void {
    const count = this.links.closeUnauthorized();
    if (count > 0)
      this.endpoint.context.log('info', `AMQP: closed ${count} links because their token expired`);
    if (!this.grants.hasAny) this.awaitToken();
  }

  private inLaterTurn(work: () => void): void {
    setImmediate(() => {
      try {
        work();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** rhea could not handle what arrived. */
  private fail(error: unknown): void {
    const reason = error instanceof Error ? `${error.name}: ${error.message.slice(0, 120)}` : 'unknown';
    this.refuse(error instanceof MalformedError ? error : new MalformedError(reason), true);
    this.channel.end();
  }

  /** Reports what the client sent wrong; the channel ends the connection. */
  private refuse({ message, condition }: MalformedError, isStarted: boolean): void {
    if (this.isRefused) return;
    this.isRefused = true;
    this.logFailure(message);
    this.links.forgetAll();
    if (!isStarted) return;
    const description =
      condition === 'amqp:connection:framing-error'
        ? `The frames could not be decoded: ${message}.`
        : message;
    try {
      closeAtOnce(this.connection, { condition, description });
    } catch (error) {
      this.logFailure(`CLOSE could not be written: ${String(error)}`);
    }
  }

  private logFailure(reason: string): void {
    this.endpoint.context.log('warn', `AMQP: closed a connection: ${reason}`);
  }

  private dispose(): void {
    clearTimeout(this.authenticationTimer);
    this.grants.dispose();
    this.links.forgetAll();
    this.onClosed(this);
  }
}

/** The links and sessions report these too. They need a listener: rhea raises 'error' for events without one. */
const handledErrors = ['connection_error', 'session_error', 'receiver_error', 'sender_error', 'disconnected'];
