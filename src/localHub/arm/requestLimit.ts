const windowMs = 60_000;

/** How many requests a minute are answered. */
export class RequestLimit {
  private readonly times: number[] = [];

  /** @param perMinute 0 is no limit */
  constructor(private readonly perMinute: number) {}

  /** Counts a request. @returns seconds to wait when it is one too many */
  take(): number | undefined {
    if (this.perMinute === 0) return undefined;
    const now = Date.now();
    while ((this.times[0] ?? now) <= now - windowMs) this.times.shift();
    if (this.times.length >= this.perMinute) {
      return Math.max(1, Math.ceil(((this.times[0] ?? now) + windowMs - now) / 1000));
    }
    this.times.push(now);
    return undefined;
  }

  get left(): number | undefined {
    return this.perMinute === 0 ? undefined : Math.max(0, this.perMinute - this.times.length);
  }
}
