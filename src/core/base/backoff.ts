/** Milliseconds to wait before the next try: doubled each time, at most `most`, with half of it left to chance. */
export function backoffMs(
  attempt: number,
  {
    first = 500,
    most = 30_000,
    random = Math.random,
  }: { first?: number; most?: number; random?: () => number } = {},
): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2);
}
