/** Logs each problem once: which file of a folder is missed first differs from time to time. */
export class OnceLog {
  private readonly reported = new Set<string>();

  constructor(private readonly write: ((text: string) => void) | undefined) {}

  /** @param about what the problem concerns: a later text about it is not logged */
  warn(about: string, text: string): void {
    if (this.reported.has(about)) return;
    this.reported.add(about);
    this.write?.(text);
  }

  reset(about: string): void {
    this.reported.delete(about);
  }
}
