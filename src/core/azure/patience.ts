import { delay } from '../base/abort';
import { isIotError } from '../errors';

export interface Patience {
  /** Told before each wait. */
  readonly onWait?: (seconds: number) => void;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Registries allow so many changes a minute, so a long list takes its time. */
  readonly mostTries?: number;
}

const firstMs = 5_000;
const mostMs = 60_000;

/** Tries again after a while when the service asks to slow down; other failures are told at once. */
export async function patiently<T>(
  run: () => Promise<T>,
  signal: AbortSignal | undefined,
  { onWait, wait = delay, mostTries = 12 }: Patience = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!isIotError(error) || error.code !== 'throttled' || attempt + 1 >= mostTries) throw error;
      const ms = Math.min(mostMs, firstMs * 2 ** attempt);
      onWait?.(ms / 1_000);
      await wait(ms, signal);
    }
  }
}
