import { parentPort, workerData } from 'node:worker_threads';
import type { SqlEngine } from '../sqlite/openSqlite';
import { NoRecordingTable, readRowPages } from './databaseRows';
import type { ReaderAnswer, ReaderRequest } from './databaseThread';

// Entry point of a worker thread, dist/recordingWorker.js: reads one page of rows for each message that it receives.
const { file, engine } = workerData as { readonly file: string; readonly engine: SqlEngine };
const pages = readRowPages(file, engine);

parentPort?.on('message', (request: ReaderRequest) => {
  void answer(request).then((result) => parentPort?.postMessage(result));
});

async function answer(request: ReaderRequest): Promise<ReaderAnswer> {
  try {
    if (request === 'close') {
      await pages.return(undefined);
      return { kind: 'end' };
    }
    const next = await pages.next();
    return next.done ? { kind: 'end' } : { kind: 'page', page: next.value };
  } catch (error) {
    if (error instanceof NoRecordingTable) return { kind: 'noTable' };
    const { message, code, errcode } = error as { message?: string; code?: unknown; errcode?: unknown };
    return { kind: 'failed', message: message ?? String(error), code, errcode };
  }
}
