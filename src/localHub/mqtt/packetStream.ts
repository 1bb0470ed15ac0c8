import { maxMessageBytes } from '../telemetry';
import { checkHead, decodePacket, MalformedPacketError, type ClientPacket } from './packets';

/** A body, its topic (64 KB at most) and headers. */
const maxPacketBytes = maxMessageBytes + 70 * 1024;

/** Divides the bytes of a client into packets. */
export class PacketStream {
  private chunks: Buffer[] = [];
  private byteCount = 0;
  /** Bytes that the packet which is incomplete has at least. */
  private neededBytes = 2;

  append(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.byteCount += chunk.length;
  }

  /**
   * The next packet; undefined until it is complete.
   * @throws MalformedPacketError
   */
  next(): ClientPacket | undefined {
    const head = this.chunks[0]?.[0];
    if (head !== undefined) checkHead(head);
    if (this.byteCount < this.neededBytes) return undefined;
    const bytes = this.joined();
    let length = 0;
    let headBytes = 1;
    for (let shift = 0; ; shift += 7) {
      if (shift > 21) throw new MalformedPacketError('the remaining length has more than four bytes');
      const digit = bytes[headBytes];
      if (digit === undefined) {
        this.neededBytes = headBytes + 1;
        return undefined;
      }
      headBytes++;
      length |= (digit & 0x7f) << shift;
      if ((digit & 0x80) === 0) break;
    }
    if (length > maxPacketBytes)
      throw new MalformedPacketError(`a packet of ${length} bytes exceeds the limit of ${maxPacketBytes}`);
    this.neededBytes = headBytes + length;
    if (bytes.length < this.neededBytes) return undefined;
    const packet = decodePacket(bytes[0] ?? 0, bytes.subarray(headBytes, this.neededBytes));
    const rest = bytes.subarray(this.neededBytes);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.byteCount = rest.length;
    this.neededBytes = 2;
    return packet;
  }

  private joined(): Buffer {
    const [first, ...others] = this.chunks;
    if (first && others.length === 0) return first;
    const bytes = Buffer.concat(this.chunks);
    this.chunks = [bytes];
    return bytes;
  }
}
