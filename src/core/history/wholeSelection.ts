import { type Event } from '../base/event';
import { type HistorySelection, type Row } from './historyTypes';
import { CoalescedEvent } from './coalescedEvent';
import { type SelectedHistory } from './selectedHistory';

/** All messages starting at an index. */
export class WholeSelection implements HistorySelection {
  readonly filter = undefined;
  readonly isComplete = true;
  private readonly change = new CoalescedEvent();
  private readonly unfollow: () => void;
  readonly onDidChange: Event<void> = this.change.event;

  constructor(
    private readonly history: SelectedHistory,
    private readonly from: number,
  ) {
    this.unfollow = history.follow({
      onAdded: () => this.change.soon(),
      onDropped: () => this.change.soon(),
      onCleared: () => this.change.soon(),
    });
  }

  get length(): number {
    return this.history.end - this.first;
  }

  get scanned(): number {
    return this.length;
  }

  read(position: number, count: number): Promise<readonly Row[]> {
    return this.history.read(this.first + position, count);
  }

  positionOf(index: number): number {
    return Math.min(this.length, Math.max(0, index - this.first));
  }

  rates(from: number, to: number, buckets: number): readonly number[] {
    return this.history.rates(from, to, buckets);
  }

  dispose(): void {
    this.unfollow();
    this.change.dispose();
  }

  private get first(): number {
    return Math.max(this.history.first, this.from);
  }
}
