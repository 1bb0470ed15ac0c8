import { type Disposable } from '../base/disposable';
import { FieldSeries, type ChartedField, type FieldValues, type SeriesPoint } from './fieldSeries';
import { scanSlab } from './scanSlab';
import { type MessageHistory } from './messageHistory';

/** Bodies of a device that are checked to learn its fields. */
const bodiesToLearnFrom = 20;

/** The charted fields of a history: updated with new messages, and filled from buffered ones when they are added. */
export class HistorySeries implements Disposable {
  private readonly series = new FieldSeries();
  private readonly unfollow: () => void;
  private filling: Promise<void> = Promise.resolve();
  private waiting = 0;
  private looked = 0;
  private isDisposed = false;

  constructor(private readonly history: MessageHistory) {
    this.unfollow = history.follow({
      onAdded: (messages) => this.series.add(messages),
      // Values are kept when their message is discarded.
      onDropped: () => undefined,
      onCleared: () => this.series.restart(),
    });
  }

  /** 0 to 1: how much of the buffer has been scanned for new fields. */
  get progress(): number {
    return this.waiting === 0 ? 1 : this.looked;
  }

  /** Resolves when the buffer has been scanned for the new fields. Existing fields keep their values. */
  setCharted(fields: readonly ChartedField[]): Promise<void> {
    const fresh = this.series.setCharted(fields);
    if (fresh.length === 0) return Promise.resolve();
    const { end } = this.history;
    this.waiting++;
    // One at a time: two would block the event loop twice as long.
    const filled = this.filling.then(() => this.fill(fresh, end)).finally(() => this.waiting--);
    this.filling = filled.catch(() => undefined);
    return filled;
  }

  points(field: ChartedField, from: number, to: number, buckets: number): readonly SeriesPoint[] {
    return this.series.points(field, from, to, buckets);
  }

  /** Numeric paths; scans the buffer if no messages of the device have arrived yet. */
  async fieldsOf(deviceId: string): Promise<readonly string[]> {
    if (this.series.fieldsOf(deviceId).length > 0) return this.series.fieldsOf(deviceId);
    let left = bodiesToLearnFrom;
    await this.lookBack(
      () => left > 0,
      (message) => {
        if (message.deviceId !== deviceId) return;
        this.series.learnFrom(message);
        left--;
      },
    );
    return this.series.fieldsOf(deviceId);
  }

  dispose(): void {
    this.isDisposed = true;
    this.unfollow();
  }

  private async fill(fields: readonly FieldValues[], end: number): Promise<void> {
    this.looked = 0;
    const { first } = this.history;
    let seen = 0;
    await this.lookBack(
      () => fields.some((field) => this.series.isCharted(field)),
      (message, index) => {
        // Later messages were counted when they arrived.
        if (index >= end) return;
        this.looked = ++seen / Math.max(1, end - first);
        if (fields.some(({ deviceId }) => deviceId === message.deviceId)) this.series.addTo(fields, message);
      },
    );
  }

  /** Scans the slabs, newest first, while `isNeeded` returns true. */
  private async lookBack(
    isNeeded: () => boolean,
    look: (...args: Parameters<Parameters<typeof scanSlab>[1]>) => void,
  ): Promise<void> {
    const { history } = this;
    for (const piece of history.pieces()) {
      const reader = this.isDisposed || !isNeeded() ? undefined : await piece.open();
      if (!reader) return;
      await scanSlab(reader, (message, index) => {
        if (index >= history.first) look(message, index);
        return !this.isDisposed && isNeeded();
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
