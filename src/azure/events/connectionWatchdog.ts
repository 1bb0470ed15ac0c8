import { timeLimit } from '../../core/base/abort';
import { type WatchdogOptions } from '../../core/message/eventSource';

interface Watched extends WatchdogOptions {
  /** Asks the other side something small, and looks whether everything goes on. */
  ping(): Promise<void>;
  /** Once. */
  onSilent(why: string): void;
}

const tickMs = 5_000;

/**
 * Notices what no error tells: a line whose other end is gone without a word, and a computer that slept, whose
 * connections are dead although they look alive.
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
    if (passed > jumpMs || passed < -jumpMs) return this.end('This computer slept, or its clock was set');
    if (now - this.lastAsked >= quietMs && !this.isAsking) void this.ask();
  }

  private async ask(): Promise<void> {
    const { answerMs = 10_000 } = this.watched;
    this.isAsking = true;
    this.lastAsked = this.now();
    try {
      await timeLimit(this.watched.ping(), answerMs, () => new Error('No answer.'));
    } catch {
      this.end('The event endpoint did not answer');
    } finally {
      this.isAsking = false;
    }
  }

  private end(why: string): void {
    if (this.isOver) return;
    this.dispose();
    this.watched.onSilent(why);
  }
}
