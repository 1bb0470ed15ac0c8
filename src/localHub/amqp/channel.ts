import type { Duplex } from 'node:stream';
import type { FrameGuard } from './frameGuard';
import { FrameStream } from './frameStream';
import { MalformedError } from './malformed';

const lingerMs = 1000;
const congestedBytes = 1_048_576;
/** Requests of a client that does not read their answers are no longer read. */
const maxUnreadBytes = 2 * congestedBytes;
/** Frames of one connection before the others have their turn; readers send far fewer. */
const maxFramesPerTurn = 64;
/** A server's answer to an unknown header, before it closes the connection (AMQP 2.2). */
const supportedHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);

export interface ChannelEvents {
  /** Called before the connection is closed. `isStarted`: the client has sent a valid protocol header. */
  onMalformed(error: MalformedError, isStarted: boolean): void;
  /** Called once, whatever ended the connection. */
  onClosed(): void;
}

/**
 * Takes the place of a socket for rhea. It passes only complete frames to rhea, sends what rhea writes in one turn of
 * the event loop in one piece, reports back pressure, and reports the end exactly once.
 */
export class Channel {
  private readonly frames: FrameStream;
  private readonly drainListeners = new Set<() => void>();
  private outgoing: Buffer[] = [];
  private paused = false;
  private isHeld = false;
  private ended = false;
  private closed = false;
  private started = false;
  private failure: Error | undefined;
  private onData: (bytes: Buffer) => void = () => undefined;
  private onEnd: () => void = () => undefined;
  private onError: (error: Error) => void = () => undefined;

  constructor(
    private readonly stream: Duplex,
    private readonly events: ChannelEvents,
    guard: FrameGuard,
  ) {
    this.frames = new FrameStream(guard);
    stream.on('error', (error) => (this.failure = error));
    stream.on('close', () => {
      this.finish();
    });
    stream.on('drain', () => {
      for (const listener of [...this.drainListeners]) listener();
      this.drainListeners.clear();
      this.readOn();
    });
    stream.on('end', () => {
      this.end();
    });
  }

  /** Starts reading; call it once rhea listens. */
  start(): void {
    if (this.stream.destroyed) {
      setImmediate(() => {
        this.finish();
      });
      return;
    }
    this.stream.on('data', (chunk: Buffer) => {
      if (this.ended) return;
      try {
        this.frames.push(chunk);
      } catch (error) {
        this.refuse(error);
        return;
      }
      if (!this.paused) this.deliver();
    });
  }

  // Called by rhea.

  on(event: string, handler: (value: never) => void): this {
    if (event === 'data') this.onData = handler as (bytes: Buffer) => void;
    if (event === 'end') this.onEnd = handler as () => void;
    if (event === 'error') this.onError = handler as (error: Error) => void;
    return this;
  }

  write(bytes: Buffer): void {
    if (this.outgoing.length === 0) {
      process.nextTick(() => {
        this.flush();
      });
    }
    this.outgoing.push(bytes);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.flush();
    this.stream.end();
    // What still arrives is discarded: closing a socket with unread data would lose what was just written.
    this.stream.resume();
    setTimeout(() => {
      this.destroy();
    }, lingerMs).unref();
  }

  destroy(): void {
    this.ended = true;
    this.stream.destroy();
  }

  get_id_string(): string {
    return 'amqp';
  }

  // Called by the hub.

  /** Whether the peer reads more slowly than the hub writes. */
  get isCongested(): boolean {
    return this.stream.writableLength > congestedBytes;
  }

  onDrained(listener: () => void): () => void {
    this.drainListeners.add(listener);
    return () => this.drainListeners.delete(listener);
  }

  /** What a client sends while it leaves this much unread waits in its socket. */
  private get isUnread(): boolean {
    return this.stream.writableLength > maxUnreadBytes;
  }

  private readOn(): void {
    if (!this.isHeld || this.isUnread) return;
    this.isHeld = false;
    if (this.paused) return;
    this.stream.resume();
    if (!this.ended) this.deliver();
  }

  /** Continues after the other connections had their turn. */
  private yieldTurn(): void {
    this.paused = true;
    this.stream.pause();
    setImmediate(() => {
      if (!this.ended) this.deliver();
      if (!this.paused && !this.isHeld) this.stream.resume();
    });
  }

  private deliver(): void {
    this.paused = false;
    try {
      for (let count = 0; ; count++) {
        if (count === maxFramesPerTurn) {
          this.yieldTurn();
          return;
        }
        if (this.isUnread) {
          this.isHeld = true;
          this.stream.pause();
          return;
        }
        const piece = this.frames.next();
        if (!piece || this.ended) return;
        this.started = true;
        this.onData(piece.bytes);
        if (piece.pause) {
          // rhea answers SASL in a promise; the peer may already have sent the next frames (AMQP 2.2, pipelining).
          this.paused = true;
          setImmediate(() => {
            if (!this.ended) this.deliver();
          });
          return;
        }
      }
    } catch (error) {
      this.refuse(error);
    }
  }

  private refuse(error: unknown): void {
    // An error of the hub itself ends only this connection, too.
    const reason =
      error instanceof MalformedError ? error : new MalformedError(String(error), 'amqp:internal-error');
    this.events.onMalformed(reason, this.started);
    if (!this.started) this.write(supportedHeader);
    this.end();
  }

  private flush(): void {
    const bytes = this.outgoing;
    if (bytes.length === 0) return;
    this.outgoing = [];
    if (!this.stream.writable) return;
    this.stream.write(bytes.length === 1 ? bytes[0] : Buffer.concat(bytes));
  }

  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.ended = true;
    this.drainListeners.clear();
    if (this.failure) this.onError(this.failure);
    else this.onEnd();
    this.events.onClosed();
  }
}
