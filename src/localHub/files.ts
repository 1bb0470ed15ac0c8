import fs from 'node:fs';
import path from 'node:path';
import { explainStorageError, storageError } from './state/storageError';

function createFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** @throws StorageError */
export function createDataFolder(folder: string): void {
  try {
    const missing: string[] = [];
    for (let at = folder; !fs.existsSync(at) && path.dirname(at) !== at; at = path.dirname(at))
      missing.unshift(at);
    // Node's own way to create all of them tries forever in a folder of the system such as /proc.
    for (const one of missing) createFolder(one);
    if (!fs.statSync(folder).isDirectory()) throw storageError('unwritable', folder, 'it is a file');
  } catch (error) {
    throw explainStorageError(error, folder);
  }
}

/**
 * Takes the access of other users away from the hub's files in a data folder, and from the folder unless it contains
 * files of others. Windows has no such modes.
 * @returns what to log
 */
export function restrictDataFolder(folder: string, isOwnFile: (name: string) => boolean): string[] {
  if (process.platform === 'win32') return [];
  const names = fs.readdirSync(folder);
  const isOwn = (name: string): boolean => isOwnFile(name) || ownEntries.test(name);
  // Certificates are public.
  const secret = names.filter((name) => isOwn(name) && !name.endsWith('.pem') && name !== 'control.sock');
  const texts = secret.map((name) => restrict(path.join(folder, name)));
  const mode = openModeOf(folder);
  if (mode !== undefined && !names.every(isOwn)) {
    texts.push(
      `Other users have access to the data folder ${folder} (mode ${mode}). It also contains other files, so its mode was not changed: choose a separate folder.`,
    );
  } else texts.push(restrict(folder));
  return texts.filter((text) => text !== undefined);
}

const ownEntries = /^(hubs|control\.sock)$/;

function restrict(file: string): string | undefined {
  const mode = openModeOf(file);
  if (mode === undefined) return undefined;
  try {
    fs.chmodSync(file, fs.lstatSync(file).isDirectory() ? 0o700 : 0o600);
  } catch {
    // It belongs to another user.
  }
  return openModeOf(file) === undefined
    ? `Other users had access to ${file} (mode ${mode}). It was removed.`
    : `Other users have access to ${file} (mode ${mode}), which cannot be changed.`;
}

/** The mode of a file or folder that other users have access to. */
function openModeOf(file: string): string | undefined {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  const isOpen = stats && (stats.isFile() || stats.isDirectory()) && (stats.mode & 0o077) !== 0;
  return isOpen ? (stats.mode & 0o777).toString(8) : undefined;
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
