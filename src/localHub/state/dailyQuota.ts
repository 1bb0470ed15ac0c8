const dayMs = 24 * 60 * 60 * 1000;

/**
 * The messages that a hub accepts until the next midnight UTC. Messages before the start of the hub are not counted.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export class DailyQuota {
  private day = 0;
  private used = 0;

  /** @param limit messages per day; 0 for no limit. @param meterBytes bytes that count as one message. */
  constructor(
    private limit: number,
    private readonly meterBytes: number,
    private readonly now: () => number,
  ) {}

  /** Messages already counted today stay counted. */
  setLimit(messagesPerDay: number): void {
    this.limit = messagesPerDay;
  }

  /** Messages counted today. */
  get usedToday(): number {
    this.resetAtMidnight();
    return this.used;
  }

  get messagesPerDay(): number {
    return this.limit;
  }

  get isUsedUp(): boolean {
    this.resetAtMidnight();
    return this.limit > 0 && this.used >= this.limit;
  }

  /** Counts a message. @returns false if it exceeds the quota. */
  take(bytes: number): boolean {
    if (this.isUsedUp) return false;
    this.used += Math.max(1, Math.ceil(bytes / this.meterBytes));
    return true;
  }

  private resetAtMidnight(): void {
    const today = Math.floor(this.now() / dayMs);
    if (today === this.day) return;
    this.day = today;
    this.used = 0;
  }
}
