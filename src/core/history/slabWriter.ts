import { Buffer } from 'node:buffer';
import { type ReceivedMessage } from '../message/receivedMessage';
import { propertiesToText } from './propertyText';
import { definition, definitionHeadBytes, field, type Columns } from './slabFormat';

/** Maximum size of a head and 6 definitions, without their texts. */
const maxFixedBytes = 256;
const firstColumnBytes = 4_096;

/** A buffer that grows at its end. */
class Column {
  private buffer = Buffer.allocUnsafeSlow(firstColumnBytes);
  at = 0;

  /** The content so far. More may be appended, but it does not change. */
  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** The buffer, with room for this many more bytes. */
  roomFor(bytes: number): Buffer {
    if (this.at + bytes > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.at + bytes, this.buffer.length * 2));
      larger.set(this.written());
      this.buffer = larger;
    }
    return this.buffer;
  }

  /** @returns the number of bytes */
  addText(text: string): number {
    if (text === '') return 0;
    // At most 3 bytes for each UTF-16 unit.
    const length = this.roomFor(text.length * 3).write(text, this.at);
    this.at += length;
    return length;
  }

  addBytes(bytes: Uint8Array): void {
    this.roomFor(bytes.length).set(bytes, this.at);
    this.at += bytes.length;
  }
}

/** Packs messages one after the other. */
export class SlabWriter {
  private readonly heads = new Column();
  private readonly system = new Column();
  private readonly application = new Column();
  private readonly bodies = new Column();
  /** Buffer of {@link heads}, with room for the head that is being written. */
  private head: Buffer = Buffer.alloc(0);
  private lastTime = 0;
  private readonly lastSequence = new Map<string, number>();
  private readonly strings = new Map<string, number>();
  count = 0;

  /** @param firstIndex number of the first message in the history; @param size in bytes */
  constructor(
    readonly firstIndex: number,
    private readonly size: number,
  ) {}

  get bytes(): number {
    return this.heads.at + this.system.at + this.application.at + this.bodies.at;
  }

  /** The messages packed so far. More may be appended, but they do not change. */
  columns(): Columns {
    return {
      heads: this.heads.written(),
      system: this.system.written(),
      application: this.application.written(),
      bodies: this.bodies.written(),
    };
  }

  /** `false` if there is no room; an empty slab accepts any message. */
  add(message: ReceivedMessage): boolean {
    const system = propertiesToText(message.systemProperties);
    const application = propertiesToText(message.applicationProperties);
    const headBytes = maxHeadBytes(message);
    const whole = headBytes + 3 * (system.length + application.length) + message.body.length;
    if (this.count > 0 && this.bytes + whole > this.size) return false;
    this.head = this.heads.roomFor(headBytes);
    this.write(message, system, application);
    this.count++;
    return true;
  }

  private write(message: ReceivedMessage, system: string, application: string): void {
    const { partitionId, sequenceNumber, enqueuedAt } = message;
    // Definitions are separate heads, so they have to be written before the head that uses them.
    const partition = this.stringOf(partitionId);
    const device = this.stringOf(message.deviceId);
    const module = this.stringOf(message.moduleId);
    const source = this.stringOf(message.source);
    const type = this.stringOf(message.contentType);
    const encoding = this.stringOf(message.contentEncoding);
    const start = this.heads.at++;
    this.writeVarint(this.system.addText(system));
    this.writeVarint(this.application.addText(application));
    this.writeVarint(message.body.length);
    this.bodies.addBytes(message.body);
    const restAt = this.heads.at++;
    let flags = 0;
    this.writeVarint(partition);
    if (!this.writeDelta(sequenceNumber, this.lastSequence.get(partitionId) ?? 0))
      flags |= field.sequenceAsDouble;
    else this.lastSequence.set(partitionId, sequenceNumber);
    if (!this.writeDelta(enqueuedAt, this.lastTime)) flags |= field.timeAsDouble;
    else this.lastTime = enqueuedAt;
    if (this.writeReference(device)) flags |= field.device;
    if (this.writeReference(module)) flags |= field.module;
    if (this.writeReference(source)) flags |= field.source;
    if (this.writeReference(type)) flags |= field.contentType;
    if (this.writeReference(encoding)) flags |= field.contentEncoding;
    this.head[start] = flags;
    this.head[restAt] = this.heads.at - restAt - 1;
  }

  /** Writes the difference of integers, otherwise a double. @returns whether the difference was written */
  private writeDelta(value: number, base: number): boolean {
    const delta = value - base;
    if (!Number.isSafeInteger(value) || Object.is(value, -0) || Math.abs(delta) > 2 ** 50) {
      this.heads.at = this.head.writeDoubleLE(value, this.heads.at);
      return false;
    }
    this.writeVarint(delta < 0 ? -2 * delta - 1 : 2 * delta);
    return true;
  }

  private writeReference(number: number): boolean {
    if (number < 0) return false;
    this.writeVarint(number);
    return true;
  }

  private writeVarint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.head[this.heads.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.head[this.heads.at++] = rest;
  }

  /** -1 for none. */
  private stringOf(text: string | undefined): number {
    if (text === undefined) return -1;
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    const number = this.strings.size;
    this.strings.set(text, number);
    this.define(text);
    return number;
  }

  /** As JSON, which preserves lone surrogates. */
  private define(text: string): void {
    const { at } = this.heads;
    const length = this.head.write(JSON.stringify(text), at + definitionHeadBytes);
    this.head[at] = definition;
    this.head.writeUInt32LE(length + definitionHeadBytes, at + 1);
    this.heads.at += length + definitionHeadBytes;
  }
}

/** A UTF-16 unit of a name takes at most 6 bytes in JSON. */
function maxHeadBytes(message: ReceivedMessage): number {
  const { partitionId, deviceId, moduleId, source, contentType, contentEncoding } = message;
  const nameLength =
    partitionId.length +
    (deviceId?.length ?? 0) +
    (moduleId?.length ?? 0) +
    (source?.length ?? 0) +
    (contentType?.length ?? 0) +
    (contentEncoding?.length ?? 0);
  return maxFixedBytes + 6 * nameLength;
}
