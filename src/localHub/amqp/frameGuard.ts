import { MalformedError } from './malformed';
import { checkFrame, checkSaslFrame, fieldOf, type CheckedFrame } from './performatives';

/** Size of a message, as the ATTACH of the hub announces it; service clients stay far below. */
export const maxMessageSize = 1_048_576;

/** A message in frames of the smallest size (AMQP 2.3.2) has about 2,200. */
const maxFramesPerMessage = 4_096;

/** Unfinished messages on all links of a connection. */
const maxUnfinishedBytes = 8 * maxMessageSize;

/** What a client may use before one of its tokens is accepted. */
export interface UnauthenticatedBudget {
  /** In all. */
  readonly bytes: number;
  /** At the same time. */
  readonly links: number;
  readonly sessions: number;
}

export const defaultBudget: UnauthenticatedBudget = { bytes: 262_144, links: 64, sessions: 16 };

interface Link {
  readonly name: string;
  /** The client receives. */
  readonly isReceiver: boolean;
  /** The unfinished delivery. */
  delivery?: { readonly id: number; size: number; frameCount: number };
}

interface Channel {
  /** Highest handle that the client accepts. */
  readonly maxHandle: number;
  readonly links: Map<number, Link>;
}

export interface GuardedConnection {
  /** Whether the client has a valid token. */
  isAuthenticated(): boolean;
  /** Highest channel that the hub accepts. */
  readonly maxChannel: number;
  /** Credit of the client on a link: the number of deliveries that it may send now. */
  creditOf(channel: number, handle: number): number;
}

/**
 * Follows the frames of a client before rhea gets them: their types, their order, the sizes of messages per link, and
 * the budget of a client that is not authenticated. What passes is what rhea can handle.
 * @see https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html
 */
export class FrameGuard {
  private readonly channels = new Map<number, Channel>();
  /** Channels whose session the client has ended. */
  private readonly ended = new Set<number>();
  private state: 'new' | 'open' | 'closed' = 'new';
  private bytes = 0;
  private unfinishedBytes = 0;
  /** Highest channel that the client accepts. */
  private maxClientChannel = 0xffff;

  constructor(
    private readonly connection: GuardedConnection,
    private readonly budget: UnauthenticatedBudget = defaultBudget,
  ) {}

  /** Counts what arrived, complete frames or not. @throws MalformedError */
  countBytes(count: number): void {
    if (this.connection.isAuthenticated()) return;
    this.bytes += count;
    this.checkBudget('bytes', this.bytes);
  }

  /** @throws MalformedError */
  checkSasl(frame: Buffer): void {
    checkSaslFrame(frame);
  }

  /**
   * @returns whether rhea gets the frame: not after the END of its session, where some clients still send a DETACH
   * @throws MalformedError
   */
  check(bytes: Buffer): boolean {
    const frame = checkFrame(bytes);
    if (!frame) return true;
    if (this.ended.has(frame.channel) && !onConnection.has(frame.name) && frame.name !== 'begin')
      return false;
    this.follow(frame);
    return true;
  }

  private follow(frame: CheckedFrame): void {
    const { name, channel } = frame;
    if (name === 'open') {
      if (this.state !== 'new') throw new MalformedError('a second OPEN', 'amqp:not-allowed');
      this.state = 'open';
      this.maxClientChannel = (frame.fields[fieldOf.open.channelMax] as number | undefined) ?? 0xffff;
      return;
    }
    if (this.state !== 'open')
      throw new MalformedError(`${name} before OPEN or after CLOSE`, 'amqp:not-allowed');
    if (name === 'close') {
      this.state = 'closed';
      return;
    }
    if (name === 'begin') {
      this.begin(frame);
      return;
    }
    const open = this.channels.get(channel);
    if (!open) throw new MalformedError(`${name} on channel ${channel}, which has no session`);
    switch (name) {
      case 'attach':
        this.attach(open, frame);
        return;
      case 'detach':
        this.endDelivery(this.linkOf(open, frame.fields[fieldOf.detach.handle], name));
        open.links.delete(frame.fields[fieldOf.detach.handle] as number);
        return;
      case 'flow':
        if (frame.fields[fieldOf.flow.handle] !== undefined)
          this.linkOf(open, frame.fields[fieldOf.flow.handle], name);
        return;
      case 'transfer':
        this.transfer(open, frame);
        return;
      case 'disposition':
        return;
      case 'end':
        for (const link of open.links.values()) this.endDelivery(link);
        this.channels.delete(channel);
        this.ended.add(channel);
    }
  }

  private begin({ channel, fields }: CheckedFrame): void {
    if (channel > this.connection.maxChannel)
      throw new MalformedError(`channel ${channel} is above channel-max`, 'amqp:resource-limit-exceeded');
    if (this.channels.has(channel)) throw new MalformedError(`a second BEGIN on channel ${channel}`);
    if (fields[fieldOf.begin.remoteChannel] !== undefined) {
      throw new MalformedError('BEGIN answers a session that the hub did not begin');
    }
    // The hub answers with a session of its own, and each link with a link of its own.
    if (this.channels.size > this.maxClientChannel) {
      throw new MalformedError('more sessions than the channel-max of the client', 'amqp:not-allowed');
    }
    if (!this.connection.isAuthenticated()) this.checkBudget('sessions', this.channels.size + 1);
    const maxHandle = (fields[fieldOf.begin.handleMax] as number | undefined) ?? 0xffff_ffff;
    this.channels.set(channel, { maxHandle, links: new Map() });
    this.ended.delete(channel);
  }

  private attach({ maxHandle, links }: Channel, { fields }: CheckedFrame): void {
    const name = String(fields[fieldOf.attach.name]);
    const handle = fields[fieldOf.attach.handle] as number;
    const isReceiver = isTrue(fields[fieldOf.attach.role]);
    if (links.has(handle)) throw new MalformedError('a handle is in use', 'amqp:session:handle-in-use');
    if ([...links.values()].some((link) => link.name === name && link.isReceiver === isReceiver)) {
      throw new MalformedError('a link name is in use', 'amqp:not-allowed');
    }
    if (links.size > maxHandle) {
      throw new MalformedError('more links than the handle-max of the client', 'amqp:not-allowed');
    }
    if (!this.connection.isAuthenticated()) this.checkBudget('links', this.linkCount + 1);
    links.set(handle, { name, isReceiver });
  }

  private transfer(open: Channel, { channel, fields, payloadSize }: CheckedFrame): void {
    const handle = fields[fieldOf.transfer.handle] as number;
    const link = this.linkOf(open, handle, 'transfer');
    if (link.isReceiver) throw new MalformedError('a TRANSFER on a link that receives', 'amqp:not-allowed');
    const id = fields[fieldOf.transfer.deliveryId];
    if (!link.delivery) {
      if (id === undefined || fields[fieldOf.transfer.deliveryTag] === undefined) {
        throw new MalformedError('the first TRANSFER of a delivery lacks its ID or tag');
      }
      if (!(this.connection.creditOf(channel, handle) > 0)) {
        throw new MalformedError('a TRANSFER without credit', 'amqp:link:transfer-limit-exceeded');
      }
      link.delivery = { id: id as number, size: 0, frameCount: 0 };
    } else if (id !== undefined && id !== link.delivery.id) {
      throw new MalformedError('a TRANSFER of another delivery before the last was complete');
    }
    link.delivery.size += payloadSize;
    link.delivery.frameCount++;
    this.unfinishedBytes += payloadSize;
    if (link.delivery.frameCount > maxFramesPerMessage) {
      throw new MalformedError(
        `a message has more than ${maxFramesPerMessage} frames`,
        'amqp:resource-limit-exceeded',
      );
    }
    if (this.unfinishedBytes > maxUnfinishedBytes) {
      throw new MalformedError('too many unfinished messages', 'amqp:resource-limit-exceeded');
    }
    if (link.delivery.size > maxMessageSize) {
      throw new MalformedError(
        `a message exceeds the limit of ${maxMessageSize} bytes`,
        'amqp:link:message-size-exceeded',
      );
    }
    if (isTrue(fields[fieldOf.transfer.aborted])) {
      throw new MalformedError('aborted deliveries are not supported', 'amqp:not-implemented');
    }
    if (isTrue(fields[fieldOf.transfer.more])) return;
    if (link.delivery.size === 0) throw new MalformedError('a message is empty');
    this.endDelivery(link);
  }

  private endDelivery(link: Link): void {
    this.unfinishedBytes -= link.delivery?.size ?? 0;
    delete link.delivery;
  }

  private linkOf({ links }: Channel, handle: unknown, name: string): Link {
    const link = links.get(handle as number);
    if (!link) throw new MalformedError(`${name} on an unknown handle`, 'amqp:session:unattached-handle');
    return link;
  }

  private get linkCount(): number {
    return [...this.channels.values()].reduce((count, { links }) => count + links.size, 0);
  }

  private checkBudget(name: keyof UnauthenticatedBudget, used: number): void {
    if (used > this.budget[name]) {
      throw new MalformedError(
        `more than ${this.budget[name]} ${name} before a token was accepted`,
        'amqp:resource-limit-exceeded',
      );
    }
  }
}

/** These belong to the connection, whatever their channel is. */
const onConnection: ReadonlySet<CheckedFrame['name']> = new Set(['open', 'close']);

/** A boolean of one byte is a number in rhea. */
const isTrue = (value: unknown): boolean => value === true || value === 1;
