import type { FrameGuard } from './frameGuard';
import { MalformedError } from './malformed';

export const maxFrameSize = 65_536;
const headerSize = 8;
const amqpProtocol = 0;
const saslProtocol = 3;

export interface Piece {
  readonly bytes: Buffer;
  /** A SASL frame: the next one may be read only after it was answered. */
  readonly pause: boolean;
}

/**
 * Splits incoming bytes into protocol headers and complete, checked frames (AMQP 2.2, 2.3), within limits that rhea does
 * not enforce: it would buffer a frame of up to four gigabytes.
 */
export class FrameStream {
  private rest: Buffer = Buffer.alloc(0);
  private atHeader = true;
  private layer = amqpProtocol;

  constructor(private readonly guard: Pick<FrameGuard, 'check' | 'checkSasl' | 'countBytes'>) {}

  /** @throws MalformedError */
  push(chunk: Buffer): void {
    this.guard.countBytes(chunk.length);
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
  }

  /** @throws MalformedError */
  next(): Piece | undefined {
    if (!this.atHeader && this.layer === saslProtocol && this.rest.toString('latin1', 0, 4) === 'AMQP') {
      this.atHeader = true;
    }
    if (this.atHeader) return this.header();
    if (this.layer === saslProtocol) {
      const frame = this.frame();
      if (!frame) return undefined;
      this.guard.checkSasl(frame);
      return { bytes: frame, pause: true };
    }
    for (let frame = this.frame(); frame; frame = this.frame()) {
      if (this.guard.check(frame)) return { bytes: frame, pause: false };
    }
    return undefined;
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

  private frame(): Buffer | undefined {
    if (this.rest.length < 4) return undefined;
    const size = this.rest.readUInt32BE(0);
    if (size < headerSize || size > maxFrameSize)
      throw new MalformedError(`a frame of ${size} bytes is not valid`);
    return size > this.rest.length ? undefined : this.take(size);
  }

  private take(size: number): Buffer {
    const bytes = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    return bytes;
  }
}
