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
  private readonly lines = new Map<number, SendResult>();
  private changed = new Set<number>();
  private isCleared = true;
  private lastId = 0;

  constructor(private readonly maxResults: number) {}

  nextId(): number {
    return ++this.lastId;
  }

  get(id: number): SendResult | undefined {
    return this.lines.get(id);
  }

  put(line: SendResult): void {
    this.lines.set(line.id, line);
    this.changed.add(line.id);
    if (this.lines.size <= this.maxResults) return;
    const [oldest] = this.lines.keys();
    if (oldest === undefined) return;
    this.lines.delete(oldest);
    this.changed.delete(oldest);
  }

  /** Changes a result, unless it was discarded. */
  change(id: number, change: Partial<SendResult>): void {
    const line = this.lines.get(id);
    if (line) this.put({ ...line, ...change });
  }

  clear(): void {
    this.lines.clear();
    this.changed.clear();
    this.isCleared = true;
  }

  all(): readonly SendResult[] {
    return [...this.lines.values()];
  }

  /** `undefined` when nothing changed. */
  takeChanges(): { readonly lines: readonly SendResult[]; readonly isReset: boolean } | undefined {
    if (this.changed.size === 0 && !this.isCleared) return undefined;
    const lines = [...this.changed].map((id) => this.lines.get(id)).filter((line) => line !== undefined);
    const isReset = this.isCleared;
    this.changed = new Set();
    this.isCleared = false;
    return { lines: lines.sort((a, b) => a.id - b.id), isReset };
  }
}
