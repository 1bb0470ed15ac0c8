/** Messages may come this much ahead of their rate. */
const burstMs = 1_000;

/**
 * Slows down what comes faster than the hub takes it, as traffic shaping does on Azure.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#traffic-shaping
 */
export class Throttle {
  private next = 0;

  /** @param perSecond messages a second; 0 is no limit */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {}

  /** Counts a message. @returns milliseconds that it has to wait */
  take(): number {
    if (this.perSecond === 0) return 0;
    const now = this.now();
    this.next = Math.max(this.next, now - burstMs) + 1_000 / this.perSecond;
    return Math.max(0, Math.ceil(this.next - now));
  }
}
