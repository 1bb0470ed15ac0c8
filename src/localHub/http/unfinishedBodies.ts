import type { IncomingMessage } from 'node:http';

/** What the bodies of all unfinished requests may have together: a body is read before its sender is authenticated. */
const maxUnfinishedBytes = 64 * 1024 * 1024;

/** Bodies that are being read. Above the limit the oldest request ends: those of other clients take only moments. */
export class UnfinishedBodies {
  /** Bytes by request, the oldest first. */
  private readonly sizes = new Map<IncomingMessage, number>();
  private bytes = 0;

  constructor(private readonly maxBytes = maxUnfinishedBytes) {}

  add(message: IncomingMessage, count: number): void {
    this.sizes.set(message, (this.sizes.get(message) ?? 0) + count);
    this.bytes += count;
    for (const oldest of this.sizes.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.remove(oldest);
      oldest.destroy();
    }
  }

  remove(message: IncomingMessage): void {
    this.bytes -= this.sizes.get(message) ?? 0;
    this.sizes.delete(message);
  }
}

export const unfinishedBodies = new UnfinishedBodies();
