/** The result of sending one message. */
export interface SendResult {
  readonly id: number;
  readonly deviceId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly bytes: number;
  readonly state: 'waiting' | 'sent' | 'acknowledged' | 'failed' | 'canceled';
  readonly acknowledgedMs?: number;
  /** How often it was sent; more than once after a lost connection. */
  readonly sends?: number;
  readonly arrived?: Arrival;
  /** Whether its arrival at the hub is still being tracked. */
  readonly isAwaited?: boolean;
  /** Why it failed or is waiting. */
  readonly reason?: string;
}

export interface Arrival {
  readonly partition: string;
  /** Time from sending the message to reading it from the hub, by the local clock. */
  readonly ms: number;
}

/** The newest results by id, and which of them have changed. */
export class SendResultList {
  private readonly results = new Map<number, SendResult>();
  private changed = new Set<number>();
  private isCleared = true;
  private lastId = 0;

  constructor(private readonly maxResults: number) {}

  nextId(): number {
    return ++this.lastId;
  }

  get(id: number): SendResult | undefined {
    return this.results.get(id);
  }

  put(result: SendResult): void {
    this.results.set(result.id, result);
    this.changed.add(result.id);
    if (this.results.size <= this.maxResults) return;
    const [oldest] = this.results.keys();
    if (oldest === undefined) return;
    this.results.delete(oldest);
    this.changed.delete(oldest);
  }

  /** Changes a result, unless it was discarded. */
  change(id: number, change: Partial<SendResult>): void {
    const result = this.results.get(id);
    if (result) this.put({ ...result, ...change });
  }

  clear(): void {
    this.results.clear();
    this.changed.clear();
    this.isCleared = true;
  }

  all(): readonly SendResult[] {
    return [...this.results.values()];
  }

  /** `undefined` when nothing changed. */
  takeChanges(): { readonly results: readonly SendResult[]; readonly isReset: boolean } | undefined {
    if (this.changed.size === 0 && !this.isCleared) return undefined;
    const results = [...this.changed]
      .map((id) => this.results.get(id))
      .filter((result) => result !== undefined);
    const isReset = this.isCleared;
    this.changed = new Set();
    this.isCleared = false;
    return { results: results.sort((a, b) => a.id - b.id), isReset };
  }
}
