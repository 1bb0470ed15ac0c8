import { delay } from '../base/abort';
import { backoffMs } from '../base/backoff';
import { isIotError } from '../errors';

export interface RetryOptions {
  /** Told before each wait. */
  readonly onWait?: (seconds: number) => void;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Registries allow so many changes a minute, so a long list takes its time. */
  readonly maxAttempts?: number;
}

const firstMs = 5_000;
const maxMs = 60_000;

/** Tries again after a while when the service asks to slow down; other failures are told at once. */
export async function retryWhenThrottled<T>(
  run: () => Promise<T>,
  signal: AbortSignal | undefined,
  { onWait, wait = delay, maxAttempts = 12 }: RetryOptions = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!isIotError(error) || error.code !== 'throttled' || attempt + 1 >= maxAttempts) throw error;
      const ms = backoffMs(attempt, { first: firstMs, most: maxMs, jitter: 0 });
      onWait?.(ms / 1_000);
      await wait(ms, signal);
    }
  }
}
