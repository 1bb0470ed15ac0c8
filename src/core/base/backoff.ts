export interface Backoff {
  /** Milliseconds before the second try. */
  readonly first?: number;
  /** Milliseconds at most. */
  readonly most?: number;
  /** Share of the wait that is random, so that clients do not return all at once: 0 to 1. */
  readonly jitter?: number;
  readonly random?: () => number;
}

/** Milliseconds to wait before the next try: doubled each time up to `most`, then shortened by the jitter. */
export function backoffMs(
  attempt: number,
  { first = 500, most = 30_000, jitter = 0.5, random = Math.random }: Backoff = {},
): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (1 - jitter + random() * jitter);
}
