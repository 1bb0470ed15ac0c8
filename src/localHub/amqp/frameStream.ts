/** The peer sent bytes that are not valid AMQP 1.0. */
export class MalformedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MalformedError';
  }
}

export const maxFrameSize = 65_536;
const headerSize = 8;
const amqpProtocol = 0;
const saslProtocol = 3;
/** A message may span frames; service clients stay far below this. */
const maxMessageSize = 1_048_576;
const transferCode = 0x14;

export interface Piece {
  readonly bytes: Buffer;
  /** A SASL frame: the next one may be read only after it was answered. */
  readonly pause: boolean;
}

/**
 * Splits incoming bytes into protocol headers and complete frames (AMQP 2.2, 2.3), within limits that rhea does not
 * enforce: it would buffer a frame of up to four gigabytes.
 */
export class FrameStream {
  private rest: Buffer = Buffer.alloc(0);
  private atHeader = true;
  private layer = amqpProtocol;
  private unfinished = 0;

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
  }

  /** Call it when a message is complete. */
  messageDone(): void {
    this.unfinished = 0;
  }

  /** @throws MalformedError */
  next(): Piece | undefined {
    if (!this.atHeader && this.layer === saslProtocol && this.rest.toString('latin1', 0, 4) === 'AMQP') {
      this.atHeader = true;
    }
    if (this.atHeader) return this.header();
    if (this.layer === saslProtocol) {
      const size = this.frameSize(0);
      return size === undefined || size > this.rest.length
        ? undefined
        : { bytes: this.take(size), pause: true };
    }
    let end = 0;
    for (;;) {
      const size = this.frameSize(end);
      if (size === undefined || end + size > this.rest.length) break;
      this.countTransfer(end, size);
      end += size;
    }
    return end === 0 ? undefined : { bytes: this.take(end), pause: false };
  }

  private header(): Piece | undefined {
    const start = this.rest.subarray(0, 4);
    if (start.compare(Buffer.from('AMQP').subarray(0, start.length)) !== 0) {
      throw new MalformedError('the protocol is not AMQP');
    }
    if (this.rest.length < headerSize) return undefined;
    const [layer, ...version] = this.rest.subarray(4, headerSize);
    if ((layer !== amqpProtocol && layer !== saslProtocol) || version.join('.') !== '1.0.0') {
      throw new MalformedError(`protocol ${layer ?? ''}, version ${version.join('.')} is not supported`);
    }
    if (this.layer === saslProtocol && layer === saslProtocol)
      throw new MalformedError('a second SASL layer');
    this.layer = layer;
    this.atHeader = false;
    return { bytes: this.take(headerSize), pause: false };
  }

  private frameSize(at: number): number | undefined {
    if (this.rest.length < at + 4) return undefined;
    const size = this.rest.readUInt32BE(at);
    if (size < 8 || size > maxFrameSize) throw new MalformedError(`a frame of ${size} bytes is not valid`);
    return size;
  }

  private countTransfer(at: number, size: number): void {
    const performative = at + (this.rest[at + 4] ?? 0) * 4;
    if (this.rest[performative + 2] !== transferCode) return;
    this.unfinished += size;
    if (this.unfinished > maxMessageSize)
      throw new MalformedError(`a message exceeds the limit of ${maxMessageSize} bytes`);
  }

  private take(size: number): Buffer {
    const bytes = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    return bytes;
  }
}
