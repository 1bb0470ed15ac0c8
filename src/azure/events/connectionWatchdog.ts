import { timeLimit } from '../../core/base/abort';
import { type WatchdogOptions } from '../../core/message/eventSource';

interface Watched extends WatchdogOptions {
  /** Sends a small request, and checks that all partitions make progress. */
  ping(): Promise<void>;
  /** Once. */
  onSilent(why: 'noAnswer' | 'clockJump'): void;
}

const tickMs = 5_000;

/**
 * Detects failures that raise no error: a connection whose other end disappeared, and a computer that was asleep,
 * whose connections are dead although they look alive.
 */
export class ConnectionWatchdog {
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly now: () => number;
  private lastAsked: number;
  private lastTick: number;
  private isAsking = false;
  private isOver = false;

  constructor(private readonly watched: Watched) {
    this.now = watched.now ?? Date.now;
    this.lastAsked = this.lastTick = this.now();
    this.timer = setInterval(() => this.tick(), watched.tickMs ?? tickMs);
  }

  dispose(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }

  private tick(): void {
    const { quietMs = 30_000, jumpMs = 30_000 } = this.watched;
    const now = this.now();
    const passed = now - this.lastTick;
    this.lastTick = now;
    if (passed > jumpMs || passed < -jumpMs) return this.end('clockJump');
    if (now - this.lastAsked >= quietMs && !this.isAsking) void this.ask();
  }

  private async ask(): Promise<void> {
    const { answerMs = 10_000 } = this.watched;
    this.isAsking = true;
    this.lastAsked = this.now();
    try {
      await timeLimit(this.watched.ping(), answerMs, () => new Error('No answer.'));
    } catch {
      this.end('noAnswer');
    } finally {
      this.isAsking = false;
    }
  }

  private end(why: 'noAnswer' | 'clockJump'): void {
    if (this.isOver) return;
    this.dispose();
    this.watched.onSilent(why);
  }
}
