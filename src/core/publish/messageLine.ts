/** What became of one message. */
export interface MessageLine {
  readonly id: number;
  readonly deviceId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly bytes: number;
  readonly state: 'waiting' | 'sent' | 'acknowledged' | 'failed' | 'cancelled';
  readonly acknowledgedMs?: number;
  /** More than once after a broken connection. */
  readonly sends?: number;
  readonly arrived?: Arrival;
  /** Whether it is still looked for at the hub. */
  readonly isAwaited?: boolean;
  /** Why it failed, or why it waits. */
  readonly reason?: string;
}

export interface Arrival {
  readonly partition: string;
  /** From handing the message over to reading it from the hub, by this computer's clock. */
  readonly ms: number;
}

/** The newest lines, by id, and which of them changed since they were last asked for. */
export class MessageLines {
  private readonly lines = new Map<number, MessageLine>();
  private changed = new Set<number>();
  private isCleared = true;
  private lastId = 0;

  constructor(private readonly most: number) {}

  nextId(): number {
    return ++this.lastId;
  }

  get(id: number): MessageLine | undefined {
    return this.lines.get(id);
  }

  put(line: MessageLine): void {
    this.lines.set(line.id, line);
    this.changed.add(line.id);
    if (this.lines.size <= this.most) return;
    const [oldest] = this.lines.keys();
    if (oldest === undefined) return;
    this.lines.delete(oldest);
    this.changed.delete(oldest);
  }

  /** Changes a line that is still there. */
  change(id: number, change: Partial<MessageLine>): void {
    const line = this.lines.get(id);
    if (line) this.put({ ...line, ...change });
  }

  clear(): void {
    this.lines.clear();
    this.changed.clear();
    this.isCleared = true;
  }

  all(): readonly MessageLine[] {
    return [...this.lines.values()];
  }

  /** `undefined` when nothing changed. */
  takeChanges(): { readonly lines: readonly MessageLine[]; readonly isReset: boolean } | undefined {
    if (this.changed.size === 0 && !this.isCleared) return undefined;
    const lines = [...this.changed].map((id) => this.lines.get(id)).filter((line) => line !== undefined);
    const isReset = this.isCleared;
    this.changed = new Set();
    this.isCleared = false;
    return { lines: lines.sort((a, b) => a.id - b.id), isReset };
  }
}
