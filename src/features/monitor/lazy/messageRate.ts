const rateSeconds = 3;

/** Messages of the last few seconds. */
export class MessageRate {
  private readonly counts = new Map<number, number>();

  add(count: number): void {
    const second = Math.floor(Date.now() / 1_000);
    this.counts.set(second, (this.counts.get(second) ?? 0) + count);
    for (const key of this.counts.keys()) if (key < second - rateSeconds) this.counts.delete(key);
  }

  perSecond(): number {
    const second = Math.floor(Date.now() / 1_000);
    let sum = 0;
    for (const [key, count] of this.counts) if (key >= second - rateSeconds && key < second) sum += count;
    return sum / rateSeconds;
  }
}
