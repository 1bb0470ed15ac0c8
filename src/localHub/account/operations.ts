import { randomUUID } from 'node:crypto';
import { HubError } from '../errors';

export interface OperationFailure {
  readonly code: string;
  readonly message: string;
}

/** A long-running operation, which continues after its request was answered. */
export interface Operation {
  readonly id: string;
  readonly kind: 'create' | 'delete' | 'deleteGroup';
  /** The hub of the operation. */
  readonly hubName?: string;
  readonly startedAtMs: number;
  status: 'Running' | 'Succeeded' | 'Failed';
  endedAtMs?: number;
  failure?: OperationFailure;
}

/** Fails an operation with an error code and a message for the client. */
export class OperationError extends Error implements OperationFailure {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'OperationError';
  }
}

const maxOperations = 1_000;

/** The long-running operations of this process; the oldest are discarded first. */
export class Operations {
  private readonly all = new Map<string, Operation>();
  private readonly running = new Set<Promise<void>>();
  private readonly endings = new Set<() => void>();
  private closed = false;

  constructor(private readonly onFailed: (operation: Operation, error: unknown) => void) {}

  find(id: string): Operation | undefined {
    return this.all.get(id);
  }

  start(kind: Operation['kind'], work: () => Promise<void>, hubName?: string): Operation {
    const operation: Operation = {
      id: randomUUID(),
      kind,
      ...(hubName === undefined ? {} : { hubName }),
      startedAtMs: Date.now(),
      status: 'Running',
    };
    this.all.set(operation.id, operation);
    for (const id of this.all.keys()) if (this.all.size > maxOperations) this.all.delete(id);
    const end = (status: 'Succeeded' | 'Failed'): void => {
      operation.status = status;
      operation.endedAtMs = Date.now();
    };
    const run = work().then(
      () => {
        end('Succeeded');
      },
      (error: unknown) => {
        operation.failure =
          error instanceof OperationError
            ? { code: error.code, message: error.message }
            : error instanceof HubError
              ? { code: error.errorName, message: error.message }
              : {
                  code: 'InternalServerError',
                  message: 'Internal error in the local hub. See its log for details.',
                };
        end('Failed');
        this.onFailed(operation, error);
      },
    );
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
    return operation;
  }

  /** Keeps an operation in a state that clients can observe; ends at once when the process stops. */
  async pause(milliseconds: number): Promise<void> {
    // Still one turn of the event loop: a caller that polls must let other work run.
    if (this.closed) return new Promise<void>((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.endings.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.endings.add(done);
    });
  }

  /** Resolves once all operations have ended. */
  async close(): Promise<void> {
    this.closed = true;
    for (const end of [...this.endings]) end();
    await Promise.all([...this.running]);
  }
}
