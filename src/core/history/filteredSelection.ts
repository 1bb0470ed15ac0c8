import { type Event } from '../base/event';
import { type MessageFilter } from '../message/messageFilter';
import { type ReceivedMessage } from '../message/receivedMessage';
import { type HistorySelection, type Row } from './historyTypes';
import { IndexList } from './indexList';
import { scanSlab } from './scanSlab';
import { CoalescedEvent } from './coalescedEvent';
import { SecondCounts } from './secondCounts';
import { type SelectedHistory } from './selectedHistory';
import { type SlabReader } from './slabReader';

/** The messages that match a filter: new ones as they arrive, existing ones starting with the newest. */
export class FilteredSelection implements HistorySelection {
  private readonly fresh = new IndexList();
  /** Matching existing messages, a list for each slab, oldest first. */
  private older: IndexList[] = [];
  private olderLength = 0;
  private looked = 0;
  private isDone = false;
  private isDisposed = false;
  private readonly seconds = new SecondCounts();
  private readonly change = new CoalescedEvent();
  private readonly unfollow: () => void;
  readonly onDidChange: Event<void> = this.change.event;

  constructor(
    private readonly history: SelectedHistory,
    readonly filter: MessageFilter,
    private readonly from: number,
  ) {
    this.unfollow = history.follow({
      onAdded: (messages, firstIndex) => this.take(messages, firstIndex),
      onDropped: (first) => this.drop(first),
      onCleared: () => this.seconds.clear(),
    });
    void this.scan();
  }

  get length(): number {
    return this.olderLength + this.fresh.length;
  }

  get scanned(): number {
    const kept = this.history.end - Math.max(this.history.first, this.from);
    return this.isDone ? kept : Math.min(kept, this.looked);
  }

  get isComplete(): boolean {
    return this.isDone;
  }

  async read(position: number, count: number): Promise<readonly Row[]> {
    const indexes: number[] = [];
    let before = 0;
    for (const list of [...this.older, this.fresh]) {
      for (
        let at = Math.max(0, position + indexes.length - before);
        at < list.length && indexes.length < count;
        at++
      )
        indexes.push(list.at(at));
      before += list.length;
      if (indexes.length >= count) break;
    }
    return this.history.readAll(indexes);
  }

  positionOf(index: number): number {
    let before = 0;
    for (const list of [...this.older, this.fresh]) {
      const position = list.positionOf(index);
      if (position < list.length) return before + position;
      before += list.length;
    }
    return before;
  }

  rates(from: number, to: number, buckets: number): readonly number[] {
    return this.seconds.rates(from, to, buckets);
  }

  dispose(): void {
    this.isDisposed = true;
    this.unfollow();
    this.change.dispose();
  }

  private take(messages: readonly ReceivedMessage[], firstIndex: number): void {
    messages.forEach((message, offset) => {
      if (!this.filter.isShown(message)) return;
      this.fresh.push(firstIndex + offset);
      this.seconds.add(message.enqueuedAt);
    });
    this.looked += messages.length;
    this.change.soon();
  }

  private drop(first: number): void {
    this.fresh.dropBefore(first);
    let discarded = 0;
    for (const list of this.older) {
      this.olderLength -= list.length;
      list.dropBefore(first);
      this.olderLength += list.length;
      if (list.length > 0) break;
      discarded++;
    }
    if (discarded > 0) this.older = this.older.slice(discarded);
    this.change.soon();
  }

  private async scan(): Promise<void> {
    for (const piece of this.history.pieces()) {
      await new Promise((resolve) => setImmediate(resolve));
      const reader = this.isDisposed ? undefined : await piece.open();
      // Older slabs were discarded too.
      if (!reader || reader.firstIndex + reader.count <= this.from) break;
      await this.look(reader);
      this.change.soon();
    }
    this.isDone = true;
    if (!this.isDisposed) this.change.soon();
  }

  private async look(reader: SlabReader): Promise<void> {
    const found = new IndexList();
    await scanSlab(reader, (message, index) => {
      if (index < this.from) return true;
      this.looked++;
      if (this.filter.isShown(message)) {
        found.push(index);
        this.seconds.add(message.enqueuedAt);
      }
      return !this.isDisposed;
    });
    // Some may have been discarded in the meantime.
    found.dropBefore(this.history.first);
    if (found.length === 0) return;
    this.older.unshift(found);
    this.olderLength += found.length;
  }
}
