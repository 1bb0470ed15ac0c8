/** Runs the event loop until the condition holds. Unlike `vi.waitFor`, does not advance fake timers. */
export async function turnUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
