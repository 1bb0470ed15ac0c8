import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import rhea, {
  type Connection,
  type Container,
  type EventContext,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';
import { addressPath, parseAddress, scopeOf, type Address } from './addresses';
import { attachPartition, notFound, type EventEndpoint } from './attachPartition';
import { putToken } from './cbs';
import { Channel } from './channel';
import { maxFrameSize } from './frameStream';
import { Grants } from './grants';
import { manage } from './management';
import { PartitionReader } from './partitionReader';
import { redirect } from './redirect';
import { ReplyLinks, requestOf, type Reply, type Request } from './replies';
import { boundDispositions, boundReader, type WireError } from './rheaInternals';
import { saslMechanisms, type Login } from './sasl';

export interface ConnectionLimits {
  /** How long a client may stay without any accepted token. */
  readonly loginTimeoutMs: number;
  readonly links: number;
  readonly sessions: number;
}

export const defaultLimits: ConnectionLimits = { loginTimeoutMs: 30_000, links: 512, sessions: 512 };

/** As the service announces it; rhea waits twice as long before it gives up (AMQP 2.4.5). */
const idleTimeoutMs = 120_000;
const shortestIdleTimeoutMs = 500;
/** AMQP 2.7.1: MIN-MAX-FRAME-SIZE. */
const smallestMaxFrameSize = 512;
const requestCredit = 100;

type Link = Sender | Receiver;

interface LinkState {
  /** Whether the connection's tokens still allow the link; absent in `$cbs`. */
  readonly isAllowed?: () => boolean;
  readonly dispose?: () => void;
}

const unauthorized = (reason: string): WireError => ({
  condition: 'amqp:unauthorized-access',
  description: `Unauthorized access. ${reason}`,
});

/** One AMQP connection: its tokens, its links, and what ends them. */
export class AmqpConnection {
  private readonly container: Container;
  private readonly connection: Connection;
  private readonly channel: Channel;
  private readonly grants: Grants;
  private readonly links = new Map<Link, LinkState>();
  private readonly cbsReplies = new ReplyLinks();
  private readonly managementReplies = new ReplyLinks();
  private readonly loginTimer: NodeJS.Timeout;
  private sessions = 0;

  constructor(
    private readonly endpoint: EventEndpoint,
    private readonly limits: ConnectionLimits,
    stream: Duplex,
    private readonly onClosed: (connection: AmqpConnection) => void,
  ) {
    boundReader();
    const { context } = endpoint;
    this.grants = new Grants(context.now, () => {
      this.endUnauthorizedLinks();
    });
    this.channel = new Channel(stream, {
      onMalformed: (reason) => {
        this.logFailure(reason);
      },
      onClosed: () => {
        this.dispose();
      },
    });
    this.container = rhea.create_container({ id: context.hubName });
    this.container.sasl_server_mechanisms = saslMechanisms(context, {
      onLogin: (login) => {
        this.grant(login);
      },
      onRefused: (reason) => {
        context.log('info', `AMQP: refused a login: ${reason}`);
        // After rhea has told the client.
        setImmediate(() => {
          this.channel.end();
        });
      },
    });
    this.listen();
    this.connection = this.container.create_connection({
      port: 0,
      container_id: context.hubName,
      max_frame_size: maxFrameSize,
      channel_max: limits.sessions - 1,
      idle_time_out: idleTimeoutMs,
      receiver_options: { credit_window: requestCredit },
    });
    this.loginTimer = setTimeout(() => {
      this.end('amqp:unauthorized-access', 'No token was accepted in time.');
    }, limits.loginTimeoutMs);
    this.loginTimer.unref();
    const accept = (this.connection as unknown as { accept(socket: Socket): void }).accept.bind(
      this.connection,
    );
    accept(this.channel as unknown as Socket);
    this.channel.start();
  }

  /** Says goodbye, and hangs up if the client does not answer. */
  end(condition: string, description: string): void {
    if (this.connection.is_open()) this.connection.close({ condition, description });
    // After rhea wrote the frame.
    setImmediate(() => {
      this.channel.end();
    });
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
      this.disposeLinks();
    });
    // Having listeners is the point: rhea makes 'error' events of what nobody hears.
    for (const event of [
      'connection_error',
      'session_error',
      'receiver_error',
      'sender_error',
      'disconnected',
    ]) {
      on(event, () => undefined);
    }
    on('session_open', ({ session }) => {
      if (session) this.openSession(session);
    });
    on('session_close', ({ session }) => {
      this.sessions--;
      for (const link of [...this.links.keys()]) if (link.session === session) this.forget(link);
    });
    on('sender_open', ({ sender }) => {
      if (sender) this.open(sender, (state) => this.openSender(sender, state));
    });
    on('receiver_open', ({ receiver }) => {
      if (receiver) this.open(receiver, (state) => this.openReceiver(receiver, state));
    });
    on('sender_close', ({ sender }) => {
      if (sender) this.forget(sender);
    });
    on('receiver_close', ({ receiver }) => {
      if (receiver) this.forget(receiver);
    });
    on('message', () => {
      this.channel.messageDone();
    });
    for (const event of ['error', 'protocol_error']) {
      this.container.on(event, (error: unknown) => {
        this.fail(error);
      });
    }
  }

  private checkOpen(): void {
    const { max_frame_size: frameSize, idle_time_out: idle } = this.connection;
    if (frameSize !== undefined && frameSize !== null && frameSize < smallestMaxFrameSize) {
      this.end('amqp:invalid-field', `max-frame-size must be at least ${smallestMaxFrameSize}.`);
    } else if (idle !== undefined && idle !== null && idle > 0 && idle < shortestIdleTimeoutMs) {
      this.end('amqp:invalid-field', `idle-time-out must be at least ${shortestIdleTimeoutMs} ms.`);
    }
  }

  private openSession(session: Session): void {
    boundDispositions(session);
    if (++this.sessions > this.limits.sessions)
      this.end('amqp:resource-limit-exceeded', 'Too many sessions.');
  }

  private open(link: Link, attach: (state: (state: LinkState) => void) => WireError | undefined): void {
    this.links.set(link, {});
    if (this.links.size > this.limits.links) {
      this.end('amqp:resource-limit-exceeded', `More than ${this.limits.links} links.`);
      return;
    }
    const error = attach((state) => {
      this.links.set(link, state);
    });
    // rhea has not written the ATTACH yet: without a terminus it goes out as a refusal (AMQP 2.6.3).
    if (error) link.close(error);
  }

  /** The client wants to receive. */
  private openSender(sender: Sender, keep: (state: LinkState) => void): WireError | undefined {
    const { context } = this.endpoint;
    const text = addressOf(sender.source);
    const address = parseAddress(text);
    if (address.kind === 'cbs') {
      keep(this.replyLink(this.cbsReplies, sender));
      confirm(sender);
      return undefined;
    }
    const isAllowed = this.rule(address, text);
    if (!isAllowed()) return unauthorized(`No token for '${text}' was accepted on this connection.`);
    switch (address.kind) {
      case 'management':
        keep({ ...this.replyLink(this.managementReplies, sender), isAllowed });
        confirm(sender);
        return undefined;
      case 'partition': {
        const reader = attachPartition(this.endpoint, this.channel, sender, address);
        if (!(reader instanceof PartitionReader)) return reader;
        keep({
          isAllowed,
          dispose: () => {
            reader.dispose();
          },
        });
        confirm(sender);
        return undefined;
      }
      case 'redirect':
        confirm(sender);
        return redirect(context);
      case 'service':
        return notYet(address.what);
      case 'other':
        return notFound(address.name);
    }
  }

  /** The client wants to send. */
  private openReceiver(receiver: Receiver, keep: (state: LinkState) => void): WireError | undefined {
    const { context } = this.endpoint;
    const text = addressOf(receiver.target);
    const address = parseAddress(text);
    if (address.kind === 'cbs') {
      this.answer(receiver, this.cbsReplies, (request) => {
        const { reply, login } = putToken(context, request);
        if (login) this.grant(login);
        return reply;
      });
      confirm(receiver);
      return undefined;
    }
    const isAllowed = this.rule(address, text);
    if (!isAllowed()) return unauthorized(`No token for '${text}' was accepted on this connection.`);
    switch (address.kind) {
      case 'management':
        this.answer(receiver, this.managementReplies, (request) =>
          manage(context, request, (path) => this.grants.covers(path)),
        );
        keep({ isAllowed });
        confirm(receiver);
        return undefined;
      case 'redirect':
        confirm(receiver);
        return redirect(context);
      case 'service':
        return notYet(address.what);
      case 'partition':
      case 'other':
        return unauthorized(`'Send' claim(s) are required to perform this operation on '${text}'.`);
    }
  }

  /** `$management` serves all entities, so that each request there is checked for its own. */
  private rule(address: Address, text: string): () => boolean {
    if (address.kind === 'management') return () => this.grants.some;
    const scope = scopeOf(addressPath(text), this.endpoint.context.eventHubName);
    return () => this.grants.covers(scope);
  }

  private replyLink(replies: ReplyLinks, sender: Sender): LinkState {
    replies.add(sender);
    return {
      dispose: () => {
        replies.remove(sender);
      },
    };
  }

  private answer(receiver: Receiver, replies: ReplyLinks, handle: (request: Request) => Reply): void {
    receiver.on('message', ({ message }: EventContext) => {
      this.channel.messageDone();
      if (!message) return;
      const request = requestOf(message);
      replies.send(request, handle(request));
    });
  }

  private grant({ scope, expiresAtMs }: Login): void {
    clearTimeout(this.loginTimer);
    this.grants.add(scope, expiresAtMs);
  }

  private endUnauthorizedLinks(): void {
    const ended = [...this.links].filter(([, { isAllowed }]) => isAllowed?.() === false);
    for (const [link] of ended) {
      this.release(link);
      link.close(unauthorized('The token has expired.'));
    }
    if (ended.length > 0)
      this.endpoint.context.log('info', `AMQP: ended ${ended.length} links: their token has expired.`);
  }

  /** Stops what stands behind a link; the link itself stays known until both sides have detached it. */
  private release(link: Link): void {
    this.links.get(link)?.dispose?.();
    this.links.set(link, {});
  }

  private forget(link: Link): void {
    this.links.get(link)?.dispose?.();
    this.links.delete(link);
  }

  private disposeLinks(): void {
    for (const link of [...this.links.keys()]) this.forget(link);
  }

  private fail(error: unknown): void {
    this.logFailure(error instanceof Error ? `${error.name}: ${error.message.slice(0, 120)}` : 'unknown');
    this.disposeLinks();
    this.end('amqp:connection:framing-error', 'The frames could not be understood.');
  }

  private logFailure(reason: string): void {
    this.endpoint.context.log('warn', `AMQP: closed a connection: ${reason}`);
  }

  private dispose(): void {
    clearTimeout(this.loginTimer);
    this.grants.dispose();
    this.disposeLinks();
    this.onClosed(this);
  }
}

/** rhea's typings have a terminus always; a peer may leave it out. */
const addressOf = (terminus: { readonly address?: string } | null | undefined): string =>
  terminus?.address ?? '';

/** Answers an ATTACH with the client's own termini, its filters included (AMQP 3.5.3). */
function confirm(link: Link): void {
  const source = link.source as Link['source'] | null;
  const target = link.target as Link['target'] | null;
  link.set_source({ address: source?.address ?? '', ...(source?.filter ? { filter: source.filter } : {}) });
  link.set_target({ address: target?.address ?? '' });
}

const notYet = (what: string): WireError => ({
  condition: 'amqp:not-implemented',
  description: `${what}: the local hub does not have this yet.`,
});
