import type { Duplex } from 'node:stream';
import { generate, type Packet } from 'mqtt-packet';
import type { ClientPacket } from './packets';
import { PacketStream } from './packetStream';

/** Packets of one connection that are handled before other connections have their turn. */
const maxPacketsPerTurn = 100;
/** Bytes of answers that the client has not read before reading from it pauses. */
const maxUnreadBytes = 256 * 1024;
/** How long a client may keep its socket open after the hub ended the connection. */
const closeTimeoutMs = 5_000;

export interface PacketSocketEvents {
  onPacket(packet: ClientPacket): void;
  /** The client sent something that is not MQTT, or the socket failed. */
  onFailure(reason: string): void;
  onClose(): void;
}

type PauseReason = 'messages' | 'answers' | 'turn';

/** Reads and writes MQTT 3.1.1 packets on a stream: a TLS socket, or a WebSocket as a stream. */
export class PacketSocket {
  private readonly input = new PacketStream();
  private readonly pauseReasons = new Set<PauseReason>();
  private output: Buffer[] = [];
  private isFlushScheduled = false;
  private ended = false;

  constructor(
    private readonly stream: Duplex,
    private readonly events: PacketSocketEvents,
  ) {
    stream.on('data', (chunk: Buffer) => {
      if (this.ended) return;
      this.input.append(chunk);
      this.read();
    });
    stream.on('drain', () => {
      this.unpause('answers');
    });
    stream.on('error', (error: Error) => {
      events.onFailure(`socket error: ${error.message}`);
    });
    stream.on('close', () => {
      this.finish();
    });
    // The stream of a WebSocket ends when its socket was closed or reset, but does not close by itself.
    stream.on('end', () => {
      this.finish();
    });
  }

  get isDestroyed(): boolean {
    return this.stream.destroyed;
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.pauseFor('messages');
  }

  resume(): void {
    this.unpause('messages');
  }

  /** Packets sent in one turn of the event loop go out in one write. */
  send(packet: Packet): void {
    if (this.ended) return;
    this.output.push(generate(packet));
    if (this.isFlushScheduled) return;
    this.isFlushScheduled = true;
    setImmediate(() => {
      this.isFlushScheduled = false;
      const buffers = this.output;
      this.output = [];
      if (this.stream.destroyed || buffers.length === 0) return;
      this.stream.write(Buffer.concat(buffers));
      if (this.stream.writableLength > maxUnreadBytes) this.pauseFor('answers');
    });
  }

  /** Neither reads nor sends packets from here on; what was queued in this turn is not sent. */
  stop(): void {
    this.ended = true;
    this.output = [];
  }

  /** @param lastBytes an encoded packet to send first */
  close(lastBytes?: Buffer): void {
    if (lastBytes) this.stream.end(lastBytes);
    else this.stream.end();
    // What still arrives is discarded.
    this.stream.resume();
    const timer = setTimeout(() => this.stream.destroy(), closeTimeoutMs);
    this.stream.once('close', () => {
      clearTimeout(timer);
    });
  }

  destroy(): void {
    this.stream.destroy();
  }

  private pauseFor(reason: PauseReason): void {
    this.pauseReasons.add(reason);
    this.stream.pause();
  }

  private unpause(reason: PauseReason): void {
    if (!this.pauseReasons.delete(reason) || this.pauseReasons.size > 0) return;
    this.read();
    if (this.pauseReasons.size === 0) this.stream.resume();
  }

  /** Handles the packets that are complete, until it is the turn of others or the connection has to wait. */
  private read(): void {
    if (this.pauseReasons.size > 0) return;
    let handled = 0;
    // A handler may end or pause the connection.
    while (this.pauseReasons.size === 0 && this.readPacket()) {
      if (++handled < maxPacketsPerTurn) continue;
      this.pauseFor('turn');
      setImmediate(() => {
        this.unpause('turn');
      });
    }
  }

  private readPacket(): boolean {
    if (this.ended) return false;
    try {
      const packet = this.input.next();
      if (packet) this.events.onPacket(packet);
      return packet !== undefined;
    } catch (error) {
      this.events.onFailure(`malformed packet: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  /** The client is gone; what it sent before counts. */
  private finish(): void {
    while (this.readPacket());
    this.events.onClose();
    this.stream.destroy();
  }
}
