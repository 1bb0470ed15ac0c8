const minuteMs = 60_000;

/**
 * Limits the rate of requests with a token bucket.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export class RequestLimit {
  private tokens: number;
  private filledAt = Date.now();

  /** @param perMinute size of the bucket, and tokens added per minute; 0 for no limit */
  constructor(private readonly perMinute: number) {
    this.tokens = perMinute;
  }

  /** Counts a request. @returns seconds to wait if it exceeds the limit */
  take(): number | undefined {
    if (this.perMinute === 0) return undefined;
    const now = Date.now();
    // A clock that was set back must not remove tokens.
    const back = (Math.max(0, now - this.filledAt) * this.perMinute) / minuteMs;
    this.tokens = Math.min(this.perMinute, this.tokens + back);
    this.filledAt = now;
    if (this.tokens >= 1) {
      this.tokens--;
      return undefined;
    }
    return Math.max(1, Math.ceil(((1 - this.tokens) * minuteMs) / this.perMinute / 1000));
  }

  get left(): number | undefined {
    return this.perMinute === 0 ? undefined : Math.floor(this.tokens);
  }
}
