import { isWithin } from './addresses';

interface Grant {
  readonly scope: readonly string[];
  readonly expiresAtMs: number;
}

const maxTimerMs = 2 ** 31 - 1;

/**
 * What a connection is authorized for, and until when. Each accepted token adds a grant for its scope; a newer token for
 * the same scope replaces it, as in the service's claims-based security.
 */
export class Grants {
  private readonly grants = new Map<string, Grant>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly now: () => number,
    /** Called after grants expired. */
    private readonly onExpired: () => void,
  ) {}

  /** Whether any token is valid. */
  get hasAny(): boolean {
    const now = this.now();
    return [...this.grants.values()].some((grant) => grant.expiresAtMs > now);
  }

  add(scope: readonly string[], expiresAtMs: number): void {
    this.grants.set(scope.join('/'), { scope, expiresAtMs });
    this.schedule();
  }

  covers(path: readonly string[]): boolean {
    const now = this.now();
    for (const grant of this.grants.values()) {
      if (grant.expiresAtMs > now && isWithin(path, grant.scope)) return true;
    }
    return false;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.grants.clear();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const next = Math.min(...[...this.grants.values()].map((grant) => grant.expiresAtMs));
    if (!Number.isFinite(next)) return;
    const delay = Math.min(Math.max(0, next - this.now()) + 1, maxTimerMs);
    this.timer = setTimeout(() => {
      const now = this.now();
      let expired = false;
      for (const [key, grant] of this.grants) {
        if (grant.expiresAtMs <= now) expired = this.grants.delete(key);
      }
      this.schedule();
      if (expired) this.onExpired();
    }, delay);
    this.timer.unref();
  }
}
