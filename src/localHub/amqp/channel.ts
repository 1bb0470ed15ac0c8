import type { Duplex } from 'node:stream';
import { FrameStream, MalformedError } from './frameStream';

const lingerMs = 1000;
const congestedBytes = 1_048_576;
/** What a server answers to a header it does not know, before it hangs up (AMQP 2.2). */
const supportedHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);

export interface ChannelEvents {
  onMalformed(reason: string): void;
  /** Called once, whatever ended the connection. */
  onClosed(): void;
}

/**
 * Stands where rhea expects a socket. It hands rhea whole frames only, sends what rhea writes in one turn as
 * one piece, tells of back pressure, and reports each kind of end exactly once.
 */
export class Channel {
  private readonly frames = new FrameStream();
  private readonly drainListeners = new Set<() => void>();
  private outgoing: Buffer[] = [];
  private paused = false;
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
  ) {
    stream.on('error', (error) => (this.failure = error));
    stream.on('close', () => {
      this.finish();
    });
    stream.on('drain', () => {
      for (const listener of [...this.drainListeners]) listener();
      this.drainListeners.clear();
    });
    stream.on('end', () => {
      this.end();
    });
  }

  /** Begins to read; call it once rhea listens. */
  start(): void {
    if (this.stream.destroyed) {
      setImmediate(() => {
        this.finish();
      });
      return;
    }
    this.stream.on('data', (chunk: Buffer) => {
      if (this.ended) return;
      this.frames.push(chunk);
      if (!this.paused) this.deliver();
    });
  }

  // What rhea calls.

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

  // What the hub calls.

  /** The peer reads more slowly than the hub writes. */
  get congested(): boolean {
    return this.stream.writableLength > congestedBytes;
  }

  onDrained(listener: () => void): () => void {
    this.drainListeners.add(listener);
    return () => this.drainListeners.delete(listener);
  }

  messageDone(): void {
    this.frames.messageDone();
  }

  private deliver(): void {
    this.paused = false;
    try {
      for (let piece = this.frames.next(); piece && !this.ended; piece = this.frames.next()) {
        this.started = true;
        this.onData(piece.bytes);
        if (piece.pause) {
          // rhea answers SASL in a promise; a peer may already have sent what comes after (AMQP 2.2, pipelining).
          this.paused = true;
          setImmediate(() => {
            if (!this.ended) this.deliver();
          });
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.events.onMalformed(error.message);
      if (!this.started) this.write(supportedHeader);
      this.end();
    }
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
