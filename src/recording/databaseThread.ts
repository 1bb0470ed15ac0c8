import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { abortError } from '../core/base/abort';
import type { SqlEngine } from '../sqlite/openSqlite';
import type { RowPage } from './databaseRows';
import { notARecording, tooSlow } from './failures';

export type ReaderRequest = 'next' | 'close';

export type ReaderAnswer =
  | { readonly kind: 'page'; readonly page: RowPage }
  | { readonly kind: 'end' }
  | { readonly kind: 'noTable' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: unknown; readonly errcode: unknown };

/** Where the thread runs, and how long it may take for a page. */
export const readerThread = {
  /** The bundle of databaseWorker.ts. */
  file: path.join(__dirname, 'recordingWorker.js'),
  maxPageMs: 60_000,
};

/**
 * The rows of a database, read on a thread of its own: whatever is in the file, the extension host stays responsive, and
 * the signal or a page that takes too long ends the thread.
 */
export async function* readOnThread(
  file: string,
  engine: SqlEngine,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowPage> {
  const worker = new Worker(readerThread.file, { workerData: { file, engine } });
  // Its failures are those of the request that it does not answer.
  worker.on('error', () => undefined);
  const ask = (request: ReaderRequest) =>
    new Promise<ReaderAnswer>((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        worker.off('message', onAnswer).off('error', onError).off('exit', onExit);
        then();
      };
      const onAnswer = (answer: ReaderAnswer) => settle(() => resolve(answer));
      const onError = (error: Error) => settle(() => reject(error));
      const onExit = () => settle(() => reject(new Error('The reading thread ended.')));
      const onAbort = () => settle(() => reject(abortError()));
      const timer = setTimeout(() => settle(() => reject(tooSlow(file))), readerThread.maxPageMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('message', onAnswer).on('error', onError).on('exit', onExit);
      if (signal?.aborted) onAbort();
      else worker.postMessage(request);
    });
  let isOpen = true;
  try {
    for (;;) {
      const answer = await ask('next');
      if (answer.kind === 'page') {
        yield answer.page;
        continue;
      }
      isOpen = false;
      if (answer.kind === 'end') return;
      if (answer.kind === 'noTable') {
        throw notARecording(
          file,
          l10n.t('The database has no table "{0}" with the columns of a recording.', 'message'),
        );
      }
      const { message, code, errcode } = answer;
      throw Object.assign(new Error(message), { code, errcode });
    }
  } catch (error) {
    isOpen = false;
    throw error;
  } finally {
    // A reader that stops early closes the database, which otherwise may keep its write-ahead log.
    if (isOpen) await ask('close').catch(() => undefined);
    await worker.terminate();
  }
}
