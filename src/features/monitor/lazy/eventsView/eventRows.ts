import { type Disposable } from '../../../../core/base/disposable';
import { plainMessage } from '../../../../core/errors';
import { type HistorySelection, type MessageHistory } from '../../../../core/history/messageHistory';
import { parseMessageFilter, type MessageFilter } from '../../../../core/message/messageFilter';
import { type MessageRow } from '../../../../webview/events/api';
import { rowOf } from './rowText';

interface RowHandlers {
  /** Rows were added or discarded, or the search progressed. */
  onChange(): void;
  /** The whole history was searched. */
  onComplete(): void;
}

/** The rows of a history that match a search. Each keeps its ordinal while older rows are discarded. */
export class EventRows implements Disposable {
  filter: MessageFilter | undefined;
  /** Why the last search cannot be used. */
  problem: string | null = null;
  /** Increases with each search, to tell the rows of different searches apart. */
  generation = 1;
  selection: HistorySelection;
  private changes: Disposable | undefined;
  /** Ordinal after the newest row, and the end of the history that it counts up to. */
  private endOrdinal = 0;
  private countedTo = 0;

  constructor(
    private readonly history: MessageHistory,
    private readonly handlers: RowHandlers,
  ) {
    this.selection = this.openSelection();
  }

  /** Whether the history has messages that the rows do not count yet. */
  get isBehind(): boolean {
    return this.history.end !== this.countedTo || !this.selection.isComplete;
  }

  /** 0 to 1: how much of the history was searched. */
  get searched(): number {
    const { history, selection } = this;
    return selection.isComplete ? 1 : selection.scanned / Math.max(1, history.end - history.first);
  }

  /** @returns whether the search can be used; the rows stay as they are when it cannot */
  search(text: string): boolean {
    try {
      this.filter = text === '' ? undefined : parseMessageFilter(text);
      this.problem = null;
    } catch (error) {
      this.problem = plainMessage(error);
      return false;
    }
    this.dispose();
    this.generation++;
    this.selection = this.openSelection();
    return true;
  }

  /** New rows follow the existing ones, whatever is added or discarded before them. */
  range(): { readonly from: number; readonly to: number } {
    const { selection } = this;
    this.endOrdinal += selection.length - Math.min(selection.length, selection.positionOf(this.countedTo));
    this.countedTo = this.history.end;
    return { from: this.endOrdinal - selection.length, to: this.endOrdinal };
  }

  /** `undefined` when the rows are those of an older search. */
  async read({
    generation,
    from,
    count,
  }: {
    readonly generation: number;
    readonly from: number;
    readonly count: number;
  }): Promise<MessageRow[] | undefined> {
    if (generation !== this.generation) return undefined;
    const range = this.range();
    const first = Math.max(from, range.from);
    const rows = await this.selection.read(first - range.from, Math.max(0, from + count - first));
    if (generation !== this.generation) return undefined;
    // Rows are discarded from the front only: the last row that was read keeps its ordinal.
    const missing = Math.max(0, Math.min(from + count, range.to) - first - rows.length);
    return rows.map(({ index, message }, offset) => rowOf(first + missing + offset, index, message));
  }

  /** Ordinal of the first row at or after a time. */
  async find(at: number): Promise<number> {
    const range = this.range();
    let low = 0;
    let high = range.to - range.from;
    // Enqueued times increase, apart from small differences between partitions.
    while (low < high) {
      const middle = (low + high) >> 1;
      const [row] = await this.selection.read(middle, 1);
      if (row && row.message.enqueuedAt < at) low = middle + 1;
      else high = middle;
    }
    return range.from + low;
  }

  dispose(): void {
    this.changes?.dispose();
    this.selection.dispose();
  }

  private openSelection(): HistorySelection {
    const { history, handlers } = this;
    const selection = history.openSelection(this.filter);
    this.endOrdinal = this.countedTo = history.end;
    let wasComplete = selection.isComplete;
    this.changes = selection.onDidChange(() => {
      handlers.onChange();
      if (wasComplete || !selection.isComplete) return;
      wasComplete = true;
      handlers.onComplete();
    });
    return selection;
  }
}
