import { type AzureHub } from '../../core/azure/resources';
import { delay } from '../../core/base/abort';
import { isHubServing } from './hubReadiness';
import { readFailure } from './readFailure';

/** Waits, and ends early with an abort error. Tests inject one that does not wait. */
export type Pause = (ms: number, signal?: AbortSignal) => Promise<void>;

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;
/** How long Azure may take until all of its servers know a new resource. */
const replicationMs = 120_000;

/**
 * Repeats a read of a new resource while it returns `undefined`: Azure Resource Manager replicates resources between regions,
 * so that a GET may answer 404 for a while after the creation has succeeded. The pauses add up to two minutes.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found
 * @returns `undefined` if it is still unknown after that
 */
export async function untilReplicated<T>(
  read: () => Promise<T | undefined>,
  signal?: AbortSignal,
  pause: Pause = delay,
): Promise<T | undefined> {
  let waitedMs = 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const found = await read();
    if (found !== undefined || waitedMs >= replicationMs) return found;
    const nextMs = Math.min(pauseMs, replicationMs - waitedMs);
    await pause(nextMs, signal);
    waitedMs += nextMs;
  }
}

/** How long a resource counts as new. */
const newMs = 10 * 60_000;

/** What waiting for new resources depends on. */
export interface ReplicationOptions {
  readonly pause?: Pause;
  readonly isServing?: (
    hub: Pick<AzureHub, 'hostName'>,
    caFile?: string,
    signal?: AbortSignal,
  ) => Promise<boolean>;
  readonly now?: () => number;
}

/** The resources that were created in this process a moment ago: for them, a 404 says that a server does not know them yet. */
export class Replication {
  readonly pause: Pause;
  readonly isServing: NonNullable<ReplicationOptions['isServing']>;
  private readonly now: () => number;
  private readonly createdAt = new Map<string, number>();

  constructor({ pause = delay, isServing = isHubServing, now = Date.now }: ReplicationOptions = {}) {
    this.pause = pause;
    this.isServing = isServing;
    this.now = now;
  }

  add(path: string): void {
    this.createdAt.set(path.toLowerCase(), this.now());
  }

  delete(path: string): void {
    this.createdAt.delete(path.toLowerCase());
  }

  /** Repeats a call about a new resource while it fails with 404; that of another resource fails at once. */
  async retry<T>(path: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    let failure: unknown;
    const answer = await untilReplicated(
      async () => {
        try {
          return { value: await call() };
        } catch (error) {
          if (!this.isNew(path) || readFailure(error).status !== 404) throw error;
          failure = error;
          return undefined;
        }
      },
      signal,
      this.pause,
    );
    if (!answer) throw failure;
    return answer.value;
  }

  private isNew(path: string): boolean {
    const createdAt = this.createdAt.get(path.toLowerCase());
    return createdAt !== undefined && this.now() - createdAt < newMs;
  }
}
