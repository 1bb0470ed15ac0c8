import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readerThread } from '../../../../src/recording/databaseThread';
import { bundleProgram } from '../../../support/bundleProgram.mjs';

const root = path.resolve(__dirname, '../../../..');

/** Worker threads run JavaScript, so the program is built as for the extension. @returns removes it */
export function buildReaderWorker(): () => void {
  const cache = path.join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  // Below the folder with node_modules, from which it loads SQLite's WebAssembly build.
  const folder = mkdtempSync(path.join(cache, 'reader-'));
  const before = readerThread.file;
  readerThread.file = path.join(folder, 'recordingWorker.js');
  bundleProgram(path.join(root, 'src/recording/databaseWorker.ts'), readerThread.file, {
    external: ['node-sqlite3-wasm'],
  });
  return () => {
    readerThread.file = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
