/** Lets the event loop turn until it holds. Unlike `vi.waitFor` it does not advance faked timers. */
export async function turnUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
