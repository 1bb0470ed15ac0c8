/** One hour. */
export const keptSeconds = 3600;

/** Counts per second for the hour before the newest message; 14 KB. */
export class SecondCounts {
  private readonly counts = new Uint32Array(keptSeconds);
  private newest = -1;

  /** Ignores messages more than an hour older than the newest. @param at ms */
  add(at: number): void {
    const second = Math.floor(at / 1000);
    if (!(second >= 0) || second <= this.newest - keptSeconds) return;
    if (second > this.newest) this.advance(second);
    const slot = second % keptSeconds;
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
  }

  /**
   * A second is counted in the bucket where it starts, so the sum includes every second that overlaps the range.
   * @param from ms
   * @param to ms
   */
  rates(from: number, to: number, buckets: number): readonly number[] {
    const sums = new Array<number>(Math.max(0, Math.floor(buckets))).fill(0);
    const width = (to - from) / sums.length;
    if (!(width > 0)) return sums;
    const last = Math.min(this.newest, Math.ceil(to / 1000) - 1);
    const first = Math.max(Math.floor(from / 1000), this.newest - keptSeconds + 1, 0);
    for (let second = first; second <= last; second++) {
      const bucket = Math.max(0, Math.min(sums.length - 1, Math.floor((second * 1000 - from) / width)));
      sums[bucket] = (sums[bucket] ?? 0) + (this.counts[second % keptSeconds] ?? 0);
    }
    return sums;
  }

  clear(): void {
    this.counts.fill(0);
    this.newest = -1;
  }

  private advance(second: number): void {
    if (second - this.newest >= keptSeconds) this.counts.fill(0);
    else for (let next = this.newest + 1; next <= second; next++) this.counts[next % keptSeconds] = 0;
    this.newest = second;
  }
}
