import { delay } from '../base/abort';
import { backoffMs } from '../base/backoff';
import { isIotError } from '../errors';

export interface RetryOptions {
  /** Called before each wait. */
  readonly onWait?: (seconds: number) => void;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Registries limit changes per minute, so a long list can take a while. */
  readonly maxAttempts?: number;
}

const firstMs = 5_000;
const maxMs = 60_000;

/** Retries after a pause when the service throttles requests; other failures are thrown at once. */
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
