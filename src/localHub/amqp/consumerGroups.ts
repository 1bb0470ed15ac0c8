/** The consumer groups of the event endpoint. `$Default` is always one of them. */
export class ConsumerGroups {
  private readonly names = new Map<string, string>();

  constructor(names: Iterable<string> = []) {
    for (const name of ['$Default', ...names]) this.names.set(name.toLowerCase(), name);
  }

  /** Without regard to case, as the service compares them. */
  has(name: string): boolean {
    return this.names.has(name.toLowerCase());
  }
}
