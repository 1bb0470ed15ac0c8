import type { Duplex } from 'node:stream';
import { generate, parser, type Packet } from 'mqtt-packet';

export const maxMessageBytes = 256 * 1024;
/** A body, its topic (64 KB at most) and headers. */
const maxPacketBytes = maxMessageBytes + 70 * 1024;

export interface PacketSocketEvents {
  onPacket(packet: Packet): void;
  /** The client sent something that is not MQTT, or the socket failed. */
  onFailure(reason: string): void;
  onClose(): void;
}

/** Reads and writes MQTT 3.1.1 packets on a stream: a TLS socket, or a WebSocket as a stream. */
export class PacketSocket {
  private readonly parser = parser({ protocolVersion: 4 });
  private output: Buffer[] = [];
  private isFlushScheduled = false;
  private ended = false;

  constructor(
    private readonly stream: Duplex,
    private readonly events: PacketSocketEvents,
  ) {
    this.parser.on('packet', (packet: Packet) => {
      if (!this.ended) events.onPacket(packet);
    });
    this.parser.on('error', (error: Error) => {
      events.onFailure(`malformed packet: ${error.message}`);
    });
    stream.on('data', (chunk: Buffer) => {
      this.read(chunk);
    });
    stream.on('error', (error: Error) => {
      events.onFailure(`socket error: ${error.message}`);
    });
    stream.on('close', () => {
      events.onClose();
    });
  }

  get isDestroyed(): boolean {
    return this.stream.destroyed;
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    if (this.stream.isPaused()) this.stream.resume();
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
      if (!this.stream.destroyed && buffers.length > 0) this.stream.write(Buffer.concat(buffers));
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
  }

  destroy(): void {
    this.stream.destroy();
  }

  private read(chunk: Buffer): void {
    if (this.ended) return;
    try {
      this.parser.parse(chunk);
    } catch (error) {
      this.events.onFailure(`malformed packet: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    // The parser buffers an incomplete packet, whose length the client chose.
    const incomplete = (this.parser as unknown as { packet?: { length?: number } }).packet?.length ?? 0;
    if (incomplete > maxPacketBytes) {
      this.events.onFailure(`a packet of ${incomplete} bytes exceeds the limit of ${maxPacketBytes}`);
    }
  }
}
