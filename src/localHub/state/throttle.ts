/** How far messages may be ahead of their rate. */
const burstMs = 1_000;

/**
 * Delays messages that exceed the rate of the hub, as traffic shaping does in Azure.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#traffic-shaping
 */
export class Throttle {
  private next = 0;

  /** @param perSecond messages per second; 0 for no limit */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {}

  /** Counts a message. @returns milliseconds to delay it */
  take(): number {
    if (this.perSecond === 0) return 0;
    const now = this.now();
    this.next = Math.max(this.next, now - burstMs) + 1_000 / this.perSecond;
    return Math.max(0, Math.ceil(this.next - now));
  }
}
