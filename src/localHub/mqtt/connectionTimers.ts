/** Longer delays overflow Node's timers. */
const maxTimerMs = 2 ** 31 - 1;

/** Ends a connection that stays silent. */
export class IdleTimer {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private timeoutMs: number,
    private readonly onIdle: () => void,
  ) {
    this.restart();
  }

  setTimeout(timeoutMs: number): void {
    this.timeoutMs = timeoutMs;
    this.restart();
  }

  /** Call it for each packet. */
  restart(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onIdle, this.timeoutMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Ends a connection when its token or certificate expires, which may be years ahead. */
export class ExpiryTimer {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly expiresAtMs: number,
    private readonly now: () => number,
    private readonly onExpired: () => void,
  ) {
    this.schedule();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(): void {
    const remainingMs = this.expiresAtMs - this.now();
    this.timer = setTimeout(
      () => {
        if (remainingMs > maxTimerMs) this.schedule();
        else this.onExpired();
      },
      Math.max(0, Math.min(remainingMs, maxTimerMs)),
    );
  }
}
