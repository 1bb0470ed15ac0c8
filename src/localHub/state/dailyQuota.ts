const dayMs = 24 * 60 * 60 * 1000;

/**
 * How many messages a hub takes until the next midnight, UTC. It counts from the start of the hub.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export class DailyQuota {
  private day = 0;
  private used = 0;

  /** @param limit messages a day; 0 is no limit. `meterBytes`: how many bytes count as one message. */
  constructor(
    private limit: number,
    private readonly meterBytes: number,
    private readonly now: () => number,
  ) {}

  /** What was used stays used. */
  setLimit(messagesPerDay: number): void {
    this.limit = messagesPerDay;
  }

  /** Of today, in messages as the hub meters them. */
  get usedToday(): number {
    this.turnDay();
    return this.used;
  }

  get messagesPerDay(): number {
    return this.limit;
  }

  get isUsedUp(): boolean {
    this.turnDay();
    return this.limit > 0 && this.used >= this.limit;
  }

  /** Counts a message. @returns false when it is over the quota. */
  take(bytes: number): boolean {
    if (this.isUsedUp) return false;
    this.used += Math.max(1, Math.ceil(bytes / this.meterBytes));
    return true;
  }

  private turnDay(): void {
    const today = Math.floor(this.now() / dayMs);
    if (today === this.day) return;
    this.day = today;
    this.used = 0;
  }
}
