import os from 'node:os';
import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { abortError } from '../../core/base/abort';
import { type Disposable } from '../../core/base/disposable';
import { IotError } from '../../core/errors';
import { type Answer, type Call, type WorkerSettings } from './protocol';

export interface PoolOptions extends WorkerSettings {
  readonly workers?: number;
  readonly idleMs?: number;
}

interface Task {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  task?: Task;
  idle?: NodeJS.Timeout;
}

const idleMs = 30_000;
const maxWorkers = 4;

/** Threads that handle one call each, in the order of the calls. */
export class WorkerPool implements Disposable {
  readonly size: number;
  private readonly threads = new Set<Thread>();
  private readonly waiting: Task[] = [];
  private isDisposed = false;

  constructor(
    private readonly file: string,
    private readonly options: PoolOptions,
  ) {
    this.size = options.workers ?? Math.max(1, Math.min(os.availableParallelism(), maxWorkers));
  }

  /** @throws what the call throws; AbortError immediately when the signal fires, which ends the thread */
  run(call: Call, signal?: AbortSignal): Promise<unknown> {
    if (this.isDisposed || signal?.aborted) return Promise.reject(abortError());
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.drop(task);
        task.reject(abortError());
      };
      const done = () => signal?.removeEventListener('abort', onAbort);
      const task: Task = {
        call,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(task);
      this.next();
    });
  }

  dispose(): void {
    this.isDisposed = true;
    const tasks = this.waiting.splice(0);
    for (const thread of [...this.threads]) {
      if (thread.task) tasks.push(thread.task);
      this.end(thread);
    }
    for (const task of tasks) task.reject(abortError());
  }

  private next(): void {
    if (this.isDisposed) return;
    while (this.waiting.length > 0) {
      const thread = [...this.threads].find(({ task }) => !task) ?? this.start();
      const task = thread && this.waiting.shift();
      if (!thread || !task) return;
      clearTimeout(thread.idle);
      thread.task = task;
      thread.worker.ref();
      try {
        thread.worker.postMessage(task.call);
      } catch (error) {
        this.release(thread);
        task.reject(workFailed(error));
      }
    }
  }

  private start(): Thread | undefined {
    if (this.threads.size >= this.size) return undefined;
    const { rounds, translations, locale } = this.options;
    const settings: WorkerSettings = { rounds, translations, locale };
    // Without the flags of the host, whose debugger would stop here too.
    const thread: Thread = { worker: new Worker(this.file, { workerData: settings, execArgv: [] }) };
    thread.worker
      .on('message', (answer: Answer) => this.onAnswer(thread, answer))
      .on('messageerror', (error) => this.onEnd(thread, error))
      .on('error', (error) => this.onEnd(thread, error))
      .on('exit', (code) => this.onEnd(thread, new Error(`The worker ended with code ${code}.`)));
    this.threads.add(thread);
    return thread;
  }

  private onAnswer(thread: Thread, answer: Answer): void {
    const { task } = thread;
    this.release(thread);
    switch (answer.kind) {
      case 'done':
        task?.resolve(answer.value);
        break;
      case 'failed':
        task?.reject(new IotError(answer.code, answer.message, { detail: answer.detail }));
        break;
      case 'broke':
        task?.reject(workFailed(Object.assign(new Error(answer.message), { stack: answer.stack })));
        break;
    }
    this.next();
  }

  private release(thread: Thread): void {
    delete thread.task;
    // An idle thread does not keep the process alive.
    thread.worker.unref();
    thread.idle = setTimeout(() => this.end(thread), this.options.idleMs ?? idleMs);
    thread.idle.unref();
  }

  /** The thread ended unexpectedly; its task gets no result. */
  private onEnd(thread: Thread, error: unknown): void {
    if (!this.threads.has(thread)) return;
    const { task } = thread;
    this.end(thread);
    const isMissing = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    task?.reject(isMissing ? fileMissing(this.file, error) : workFailed(error));
    this.next();
  }

  private drop(task: Task): void {
    const at = this.waiting.indexOf(task);
    if (at >= 0) this.waiting.splice(at, 1);
    for (const thread of [...this.threads]) if (thread.task === task) this.end(thread);
    this.next();
  }

  private end(thread: Thread): void {
    this.threads.delete(thread);
    clearTimeout(thread.idle);
    delete thread.task;
    // Native key generation finishes before the thread ends; this does not wait for it.
    thread.worker.unref();
    void thread.worker.terminate();
  }
}

const workFailed = (cause: unknown) =>
  new IotError(
    'serviceFailed',
    l10n.t('The certificate operation failed for an unknown reason. Try again.'),
    {
      cause,
    },
  );
const fileMissing = (file: string, cause: unknown) =>
  new IotError(
    'setupMissing',
    l10n.t('A file of the extension is missing: {0}. Reinstall the extension.', file),
    {
      cause,
    },
  );
