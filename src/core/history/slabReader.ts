import { type Buffer } from 'node:buffer';
import { type ReceivedMessage } from '../message/receivedMessage';
import { propertiesOfText } from './propertyText';
import { definition, definitionHeadBytes, field, type Columns } from './slabFormat';

/** Reads the messages of a slab, in any order. */
export class SlabReader {
  readonly strings: string[] = [];
  readonly sequenceNumbers: Float64Array;
  readonly times: Float64Array;
  /** Start of each message in each column, and the end of the last one. */
  private readonly starts: Readonly<Record<keyof Columns, Uint32Array>>;

  /**
   * @param firstIndex number of the first message in the history
   * @param count how many messages there are
   */
  constructor(
    private readonly columns: Columns,
    readonly firstIndex: number,
    readonly count: number,
  ) {
    this.sequenceNumbers = new Float64Array(count);
    this.times = new Float64Array(count);
    const none = () => new Uint32Array(count + 1);
    this.starts = { heads: none(), system: none(), application: none(), bodies: none() };
    this.walk();
  }

  /** A copy of a message that does not reference the slab. @param index number in the history */
  message(index: number): ReceivedMessage {
    return this.glimpse(index).whole();
  }

  /** A message that is decoded on access; for immediate use, since it keeps the whole slab in memory. */
  glimpse(index: number): PackedMessage {
    const offset = index - this.firstIndex;
    return new PackedMessage(this, offset, this.columns.heads, this.starts.heads[offset] ?? 0);
  }

  /** The bytes of a message in a column. */
  part(column: keyof Columns, offset: number): Buffer {
    const starts = this.starts[column];
    return this.columns[column].subarray(starts[offset] ?? 0, starts[offset + 1] ?? 0);
  }

  private walk(): void {
    const { heads: bytes } = this.columns;
    const { heads, system, application, bodies } = this.starts;
    const cursor = new Cursor(bytes, 0);
    const lastSequence: number[] = [];
    let lastTime = 0;
    for (let found = 0; cursor.at < bytes.length;) {
      const start = cursor.at++;
      const flags = bytes[start] ?? 0;
      if (flags === definition) {
        cursor.at = start + bytes.readUInt32LE(start + 1);
        const text = bytes.toString('utf8', start + definitionHeadBytes, cursor.at);
        this.strings.push(JSON.parse(text) as string);
        continue;
      }
      heads[found] = start;
      system[found + 1] = (system[found] ?? 0) + cursor.varint();
      application[found + 1] = (application[found] ?? 0) + cursor.varint();
      bodies[found + 1] = (bodies[found] ?? 0) + cursor.varint();
      const end = cursor.at + 1 + (bytes[cursor.at] ?? 0);
      cursor.at++;
      const partition = cursor.varint();
      const sequence = cursor.number(flags & field.sequenceAsDouble, lastSequence[partition] ?? 0);
      if (!(flags & field.sequenceAsDouble)) lastSequence[partition] = sequence;
      const time = cursor.number(flags & field.timeAsDouble, lastTime);
      if (!(flags & field.timeAsDouble)) lastTime = time;
      this.sequenceNumbers[found] = sequence;
      this.times[found] = time;
      cursor.at = end;
      found++;
    }
  }
}

class Cursor {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  number(isDouble: number, base: number): number {
    if (isDouble) {
      this.at += 8;
      return this.bytes.readDoubleLE(this.at - 8);
    }
    const zigzag = this.varint();
    return base + (zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2);
  }
}

/** A message whose head is decoded immediately, and whose body and properties on access. */
class PackedMessage implements ReceivedMessage {
  readonly partitionId: string;
  readonly sequenceNumber: number;
  readonly enqueuedAt: number;
  readonly deviceId?: string;
  readonly moduleId?: string;
  readonly source?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;

  constructor(
    private readonly slab: SlabReader,
    private readonly offset: number,
    heads: Buffer,
    start: number,
  ) {
    const flags = heads[start] ?? 0;
    const cursor = new Cursor(heads, start + 1);
    // Skips three lengths and the number of the remaining bytes.
    for (let length = 0; length < 4; length++) cursor.varint();
    this.partitionId = slab.strings[cursor.varint()] ?? '';
    // Skips the differences from other messages, which are already decoded.
    cursor.number(flags & field.sequenceAsDouble, 0);
    cursor.number(flags & field.timeAsDouble, 0);
    this.sequenceNumber = slab.sequenceNumbers[offset] ?? 0;
    this.enqueuedAt = slab.times[offset] ?? 0;
    const string = (isThere: number) => (isThere ? slab.strings[cursor.varint()] : undefined);
    this.deviceId = string(flags & field.device);
    this.moduleId = string(flags & field.module);
    this.source = string(flags & field.source);
    this.contentType = string(flags & field.contentType);
    this.contentEncoding = string(flags & field.contentEncoding);
  }

  get systemProperties(): Readonly<Record<string, unknown>> {
    return propertiesOfText(this.slab.part('system', this.offset).toString());
  }

  get applicationProperties(): Readonly<Record<string, unknown>> {
    return propertiesOfText(this.slab.part('application', this.offset).toString());
  }

  get body(): Uint8Array {
    return this.slab.part('bodies', this.offset);
  }

  /** A copy with only the fields of the message. */
  whole(): ReceivedMessage {
    const { partitionId, sequenceNumber, enqueuedAt, systemProperties, applicationProperties } = this;
    const { deviceId, moduleId, source, contentType, contentEncoding } = this;
    return {
      partitionId,
      sequenceNumber,
      enqueuedAt,
      ...(deviceId !== undefined && { deviceId }),
      ...(moduleId !== undefined && { moduleId }),
      ...(source !== undefined && { source }),
      body: new Uint8Array(this.body),
      ...(contentType !== undefined && { contentType }),
      ...(contentEncoding !== undefined && { contentEncoding }),
      systemProperties,
      applicationProperties,
    };
  }
}
