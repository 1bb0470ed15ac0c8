import { type Disposable } from '../base/disposable';
import { FieldSeries, type ChartedField, type FieldValues, type SeriesPoint } from './fieldSeries';
import { lookThrough } from './lookThrough';
import { type MessageHistory } from './messageHistory';

/** Bodies of a device that are looked at to learn its fields. */
const bodiesToLearnFrom = 20;

/** The charted fields of a history: they go on with what comes, and new ones are looked for in what is held. */
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
      // What was counted stays when its message leaves.
      onDropped: () => undefined,
      onCleared: () => this.series.restart(),
    });
  }

  /** 0 to 1: how much of what is held has been looked through for new fields. */
  get progress(): number {
    return this.waiting === 0 ? 1 : this.looked;
  }

  /** Resolves when what is held has been looked through for the fields that are new; the others go on. */
  setCharted(fields: readonly ChartedField[]): Promise<void> {
    const fresh = this.series.setCharted(fields);
    if (fresh.length === 0) return Promise.resolve();
    const { end } = this.history;
    this.waiting++;
    // One after the other: two would block the event loop for twice as long.
    const filled = this.filling.then(() => this.fill(fresh, end)).finally(() => this.waiting--);
    this.filling = filled.catch(() => undefined);
    return filled;
  }

  points(field: ChartedField, from: number, to: number, buckets: number): readonly SeriesPoint[] {
    return this.series.points(field, from, to, buckets);
  }

  /** Paths with numbers; looks back for messages of the device when none came yet. */
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
        // What came later was counted when it came.
        if (index >= end) return;
        this.looked = ++seen / Math.max(1, end - first);
        if (fields.some(({ deviceId }) => deviceId === message.deviceId)) this.series.addTo(fields, message);
      },
    );
  }

  /** From the newest slab on, as long as it goes on. */
  private async lookBack(
    goesOn: () => boolean,
    look: (...args: Parameters<Parameters<typeof lookThrough>[1]>) => void,
  ): Promise<void> {
    const { history } = this;
    for (const piece of history.pieces()) {
      const reader = this.isDisposed || !goesOn() ? undefined : await piece.open();
      if (!reader) return;
      await lookThrough(reader, (message, index) => {
        if (index >= history.first) look(message, index);
        return !this.isDisposed && goesOn();
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
