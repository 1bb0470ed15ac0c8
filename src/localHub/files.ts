import fs from 'node:fs';
import path from 'node:path';
import { explainStorageError } from './state/storageError';

/** @throws StorageError */
export function createDataFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainStorageError(error, folder);
  }
}

/**
 * Writes a file atomically, also in a power failure: readers see the old content or the new.
 * @throws StorageError
 */
export function writeSecretFile(file: string, text: string, mode = 0o600): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    try {
      fs.rmSync(temporary, { force: true });
      writeSynchronized(temporary, text, mode);
      fs.renameSync(temporary, file);
    } finally {
      fs.rmSync(temporary, { force: true });
    }
    syncFolder(path.dirname(file));
  } catch (error) {
    throw explainStorageError(error, file);
  }
}

function writeSynchronized(file: string, text: string, mode: number): void {
  const handle = fs.openSync(file, 'wx', mode);
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** Without it, the new name may not survive a power failure. */
function syncFolder(folder: string): void {
  // Windows does not open folders.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
