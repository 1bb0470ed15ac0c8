import { type MessageFilter } from '../message/messageFilter';
import { type ReceivedMessage } from '../message/receivedMessage';
import { DeviceCounts } from './deviceCounts';
import { FilteredSelection } from './filteredSelection';
import { type DeviceSeen, type HistoryLimits, type HistorySelection, type Row } from './historyTypes';
import { SecondCounts } from './secondCounts';
import { type HistoryFollower, type SelectedHistory } from './selectedHistory';
import { Slab } from './slab';
import { joined } from './slabFormat';
import { SlabReader } from './slabReader';
import { SlabWriter } from './slabWriter';
import { WholeSelection } from './wholeSelection';

export type { DeviceSeen, HistoryLimits, HistorySelection, Row } from './historyTypes';

const slabBytes = 1024 * 1024;
/** Slabs that are kept open, since readers often read adjacent messages next. */
const openSlabs = 4;

/**
 * The message buffer of a monitor, limited by bytes and count: packed, and compressed in the thread pool. Oldest
 * messages are discarded first; counts per second and per device include discarded messages.
 */
export class MessageHistory implements SelectedHistory {
  private slabs: Slab[] = [];
  private writer: SlabWriter | undefined;
  private firstKept = 0;
  private nextIndex = 0;
  private droppedCount = 0;
  private sealedBytes = 0;
  private compressing: Promise<void> = Promise.resolve();
  private opened = new Map<Slab, SlabReader>();
  private openWriter: { readonly count: number; readonly reader: SlabReader } | undefined;
  private isDisposed = false;
  private readonly seconds = new SecondCounts();
  private readonly seen = new DeviceCounts();
  private readonly followers = new Set<HistoryFollower>();

  constructor(private limits: HistoryLimits) {}

  add(messages: readonly ReceivedMessage[]): void {
    if (this.isDisposed || messages.length === 0) return;
    const firstIndex = this.nextIndex;
    for (const message of messages) {
      this.pack(message);
      this.seconds.add(message.enqueuedAt);
      this.seen.add(message);
    }
    for (const follower of this.followers) follower.onAdded(messages, firstIndex);
    this.enforce();
  }

  /** Index of the oldest retained message. */
  get first(): number {
    return this.firstKept;
  }

  /** Index after the newest message. */
  get end(): number {
    return this.nextIndex;
  }

  /** Memory used by the messages. */
  get bytes(): number {
    return this.sealedBytes + (this.writer?.bytes ?? 0);
  }

  /** Messages discarded because of the limits. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Resolves when all full slabs are compressed. */
  compressed(): Promise<void> {
    return this.compressing;
  }

  setLimits(limits: HistoryLimits): void {
    this.limits = limits;
    this.enforce();
  }

  /** The retained rows starting at an index, in order. */
  async read(from: number, count: number): Promise<readonly Row[]> {
    const start = Math.max(from, this.first);
    const end = Math.min(from + count, this.end);
    return this.readAll(Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset));
  }

  /** The retained rows of these ascending indexes. */
  async readAll(indexes: readonly number[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    let reader: SlabReader | undefined;
    for (const index of indexes) {
      if (!reader || index >= reader.firstIndex + reader.count) reader = await this.readerOf(index);
      if (reader && index >= this.first) rows.push({ index, message: reader.message(index) });
    }
    return rows;
  }

  /** `undefined` if it was discarded. */
  async get(index: number): Promise<ReceivedMessage | undefined> {
    return (await this.readAll([index]))[0]?.message;
  }

  get deviceCount(): number {
    return this.seen.size;
  }

  devices(): readonly DeviceSeen[] {
    return this.seen.all();
  }

  /** Message counts over time. @param from ms @param to ms */
  rates(from: number, to: number, buckets: number): readonly number[] {
    return this.seconds.rates(from, to, buckets);
  }

  openSelection(filter: MessageFilter | undefined, from = this.first): HistorySelection {
    return filter ? new FilteredSelection(this, filter, from) : new WholeSelection(this, from);
  }

  clear(): void {
    for (const slab of this.slabs) slab.discard();
    this.slabs = [];
    this.writer = undefined;
    this.opened.clear();
    this.openWriter = undefined;
    this.sealedBytes = 0;
    this.droppedCount = 0;
    this.seconds.clear();
    this.seen.clear();
    this.setFirst(this.nextIndex);
    for (const follower of this.followers) follower.onCleared();
  }

  dispose(): void {
    this.clear();
    this.isDisposed = true;
    this.followers.clear();
  }

  // --- For selections ----------------------------------------------------------------------------

  follow(follower: HistoryFollower): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** The retained slabs, newest first. Each opens to its messages, or to `undefined` if it was discarded. */
  pieces(): readonly { readonly open: () => Promise<SlabReader | undefined> }[] {
    const { writer } = this;
    const packed =
      writer && writer.count > 0
        ? new SlabReader(writer.columns(), writer.firstIndex, writer.count)
        : undefined;
    return [
      ...(packed ? [{ open: async () => packed }] : []),
      ...this.slabs.toReversed().map((slab) => ({ open: () => slab.open() })),
    ];
  }

  // --- Slabs -------------------------------------------------------------------------------------

  private pack(message: ReceivedMessage): void {
    this.writer ??= this.newWriter();
    if (!this.writer.add(message)) {
      this.seal(this.writer);
      this.writer = this.newWriter();
      this.writer.add(message);
    }
    this.nextIndex++;
  }

  private newWriter(): SlabWriter {
    return new SlabWriter(this.nextIndex, Math.max(4_096, Math.min(slabBytes, this.limits.maxBytes / 16)));
  }

  private seal(writer: SlabWriter): void {
    const slab = new Slab(joined(writer.columns()), writer.firstIndex, writer.count);
    this.slabs.push(slab);
    this.sealedBytes += slab.bytes;
    // One at a time, since the thread pool is shared.
    this.compressing = this.compressing.then(async () => {
      const before = slab.bytes;
      await slab.compress();
      if (this.slabs.includes(slab)) this.sealedBytes += slab.bytes - before;
    });
  }

  private enforce(): void {
    const { maxBytes, maxMessages } = this.limits;
    let first = Math.max(this.firstKept, this.nextIndex - maxMessages);
    let discarded = 0;
    for (const slab of this.slabs) {
      if (slab.end > first && this.bytes <= maxBytes) break;
      first = Math.max(first, slab.end);
      this.sealedBytes -= slab.bytes;
      this.opened.delete(slab);
      slab.discard();
      discarded++;
    }
    if (discarded > 0) this.slabs = this.slabs.slice(discarded);
    this.droppedCount += first - this.firstKept;
    this.setFirst(first);
  }

  private setFirst(first: number): void {
    if (first === this.firstKept) return;
    this.firstKept = first;
    for (const follower of this.followers) follower.onDropped(first);
  }

  private async readerOf(index: number): Promise<SlabReader | undefined> {
    if (index < this.first || index >= this.end) return undefined;
    const { writer } = this;
    if (writer && index >= writer.firstIndex) return this.readerOfWriter(writer);
    const slab = this.slabs[this.positionOfSlab(index)];
    if (!slab) return undefined;
    const reader = this.opened.get(slab) ?? (await slab.open());
    if (!reader || !this.slabs.includes(slab)) return reader;
    this.opened.delete(slab);
    this.opened.set(slab, reader);
    const [oldest] = this.opened.keys();
    if (this.opened.size > openSlabs && oldest) this.opened.delete(oldest);
    return reader;
  }

  private readerOfWriter(writer: SlabWriter): SlabReader {
    const known = this.openWriter;
    if (known?.count === writer.count && known.reader.firstIndex === writer.firstIndex) return known.reader;
    const reader = new SlabReader(writer.columns(), writer.firstIndex, writer.count);
    this.openWriter = { count: writer.count, reader };
    return reader;
  }

  /** Position of the slab that contains this index. */
  private positionOfSlab(index: number): number {
    let low = 0;
    let high = this.slabs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.slabs[middle]?.end ?? Infinity) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
