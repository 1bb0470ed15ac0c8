/** Records what nothing in this process catches, until `stop`. */
export function recordUncaught(): { readonly errors: readonly unknown[]; stop(): void } {
  const errors: unknown[] = [];
  const note = (error: unknown): void => {
    errors.push(error);
  };
  const events = ['uncaughtException', 'unhandledRejection'];
  for (const event of events) process.on(event, note);
  return {
    errors,
    stop: () => {
      for (const event of events) process.off(event, note);
    },
  };
}
