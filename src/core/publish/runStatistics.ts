/** The state of a run at one point in time. */
export interface RunPoint {
  /** Seconds since the run started. */
  readonly second: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly arrived: number;
  readonly inFlight: number;
  readonly connected: number;
  readonly devices: number;
  /** Since the previous point. */
  readonly sentPerSecond: number;
  readonly acknowledgedPerSecond: number;
  readonly failedPerSecond: number;
  /** Latencies of the acknowledgements since the previous point, in milliseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Messages that were skipped because the hub or the connection could not keep up. */
  readonly skipped: number;
}

/** Counts the messages of a run, in constant memory. */
export class RunStatistics {
  sent = 0;
  acknowledged = 0;
  failed = 0;
  arrived = 0;
  skipped = 0;
  connected = 0;
  private latencies: number[] = [];
  private last = { at: 0, sent: 0, acknowledged: 0, failed: 0 };

  constructor(
    private readonly startedAt: number,
    private readonly devices: number,
  ) {
    this.last.at = startedAt;
  }

  acknowledge(ms: number): void {
    this.acknowledged++;
    this.latencies.push(ms);
  }

  /** Rates are relative to the last call. @param now milliseconds, of the same clock as `startedAt` */
  takePoint(now: number): RunPoint {
    const seconds = Math.max(0.001, (now - this.last.at) / 1_000);
    const sorted = this.latencies.sort((a, b) => a - b);
    const { sent, acknowledged, failed } = this;
    const point: RunPoint = {
      second: Math.round((now - this.startedAt) / 100) / 10,
      sent,
      acknowledged,
      failed,
      arrived: this.arrived,
      inFlight: Math.max(0, sent - acknowledged - failed),
      connected: this.connected,
      devices: this.devices,
      sentPerSecond: rate(sent - this.last.sent, seconds),
      acknowledgedPerSecond: rate(acknowledged - this.last.acknowledged, seconds),
      failedPerSecond: rate(failed - this.last.failed, seconds),
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      skipped: this.skipped,
    };
    this.latencies = [];
    this.last = { at: now, sent, acknowledged, failed };
    return point;
  }
}

const rate = (count: number, seconds: number) => Math.round((count / seconds) * 10) / 10;

/** Nearest rank. */
export function percentile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
