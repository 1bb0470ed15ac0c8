import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { formatCount } from '../core/base/numbers';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { SqlEngine } from '../sqlite/openSqlite';
import { csv } from './csv';
import { writeFailure } from './failures';
import { jsonl } from './jsonl';
import type { Sink } from './sink';
import { openSqliteSink } from './sqliteSink';
import { openTextSink } from './textSink';
import type { Recorder, RecorderOptions } from './types';

const writeEvery = 200;
const retryEvery = 1_000;
const reportLossEvery = 30_000;
const maxWaitingBytes = 64 * 1024 * 1024;
/** Limits of one append or transaction, which blocks for about 20 ms. */
const maxBatchMessages = 2_000;
const maxBatchBytes = 4 * 1024 * 1024;

/** Files that this process is recording to. */
const open = new Set<string>();

/**
 * Opens or creates the file, with mode 0600.
 * @param engine overrides the SQLite engine
 * @throws IotError when it cannot be written, is not a recording of this format, or is already being recorded to
 */
export async function openRecorder(options: RecorderOptions, engine?: SqlEngine): Promise<Recorder> {
  const file = path.resolve(options.file);
  if (open.has(file)) {
    throw new IotError('refused', l10n.t('A recording to {0} is already running.', path.basename(file)), {
      detail: file,
    });
  }
  open.add(file);
  try {
    const sink = await openSink({ ...options, file }, engine);
    return new QueuedRecorder(file, sink, options.onProblem ?? (() => undefined));
  } catch (error) {
    open.delete(file);
    throw writeFailure(error, file);
  }
}

function openSink({ file, format, rotateBytes }: RecorderOptions, engine?: SqlEngine): Promise<Sink> {
  switch (format) {
    case 'jsonl':
      return openTextSink(file, jsonl, rotateBytes);
    case 'csv':
      return openTextSink(file, csv, rotateBytes);
    case 'sqlite':
      return openSqliteSink(file, engine);
  }
}

class QueuedRecorder implements Recorder {
  written = 0;
  lost = 0;
  private queue: ReceivedMessage[] = [];
  private queuedBytes = 0;
  private unreportedLoss = 0;
  private reportLossAfter = 0;
  private isFailing = false;
  private timer: NodeJS.Timeout | undefined;
  /** The last of the consecutive writes; never rejects. */
  private lastWrite: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly file: string,
    private readonly sink: Sink,
    private readonly onProblem: (error: IotError) => void,
  ) {}

  get bytes(): number {
    return this.sink.bytes;
  }

  get files(): readonly string[] {
    return this.sink.files;
  }

  get waiting(): number {
    return this.queue.length;
  }

  add(messages: readonly ReceivedMessage[]): void {
    if (this.closing || messages.length === 0) return;
    for (const message of messages) this.enqueue(message);
    this.schedule(writeEvery);
  }

  async flush(): Promise<void> {
    await this.inTurn(async () => {
      await this.writeQueue();
      await this.sink.publish();
    });
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private enqueue(message: ReceivedMessage): void {
    const size = sizeInMemory(message);
    if (this.queuedBytes + size > maxWaitingBytes) {
      this.lose(1);
      return;
    }
    this.queue.push(message);
    this.queuedBytes += size;
  }

  private lose(count: number): void {
    this.lost += count;
    this.unreportedLoss += count;
  }

  private schedule(ms: number): void {
    if (this.timer || this.closing) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.tick();
    }, ms);
  }

  private async tick(): Promise<void> {
    // The failure was reported, and the write is retried.
    await this.inTurn(() => this.writeQueue()).catch(() => undefined);
    if (Date.now() >= this.reportLossAfter) this.reportLoss();
    if (this.queue.length > 0) this.schedule(this.isFailing ? retryEvery : writeEvery);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.lastWrite.then(work);
    this.lastWrite = result.catch(() => undefined);
    return result;
  }

  /** Writes the messages that are queued now. @throws IotError, which is also reported the first time */
  private async writeQueue(): Promise<void> {
    let left = this.queue.length;
    try {
      while (left > 0) {
        const count = await this.sink.write(this.nextBatch(left));
        this.dequeue(count);
        this.isFailing = false;
        left -= count;
        await nextTurn();
      }
    } catch (error) {
      throw this.failed(error);
    }
  }

  private nextBatch(maxMessages: number): ReceivedMessage[] {
    let size = 0;
    const batch = this.queue.slice(0, Math.min(maxMessages, maxBatchMessages));
    const end = batch.findIndex((message) => (size += sizeInMemory(message)) > maxBatchBytes);
    return end < 0 ? batch : batch.slice(0, Math.max(1, end));
  }

  private dequeue(count: number): void {
    const done = this.queue.splice(0, count);
    for (const message of done) this.queuedBytes -= sizeInMemory(message);
    this.written += count;
  }

  private failed(error: unknown): IotError {
    const failure = writeFailure(error, this.file);
    if (!this.isFailing) this.onProblem(failure);
    this.isFailing = true;
    return failure;
  }

  private reportLoss(): void {
    if (this.unreportedLoss === 0) return;
    const lost = this.unreportedLoss;
    const name = path.basename(this.file);
    this.unreportedLoss = 0;
    this.reportLossAfter = Date.now() + reportLossEvery;
    this.onProblem(
      new IotError(
        'refused',
        lost === 1
          ? l10n.t('1 message is missing in {0} because it could not be written.', name)
          : l10n.t(
              '{0} messages are missing in {1} because they could not be written.',
              formatCount(lost),
              name,
            ),
      ),
    );
  }

  private async finish(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.inTurn(() => this.writeQueue()).catch(() => undefined);
    this.lose(this.queue.length);
    this.queue = [];
    this.queuedBytes = 0;
    this.reportLoss();
    try {
      await this.sink.close();
    } catch (error) {
      this.onProblem(writeFailure(error, this.file));
    } finally {
      open.delete(this.file);
    }
  }
}

/** Approximate size in bytes. */
function sizeInMemory({ body, systemProperties, applicationProperties }: ReceivedMessage): number {
  const properties = [...Object.values(systemProperties), ...Object.values(applicationProperties)];
  const values = properties.reduce<number>(
    (sum, value) => sum + 64 + (typeof value === 'string' ? 2 * value.length : 32),
    0,
  );
  return 512 + body.length + values;
}
