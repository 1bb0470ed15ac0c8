import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, open, readFile, rename, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { delay } from '../core/base/abort';
import { IotError } from '../core/errors';

/** Windows has no such modes; the access rules of the folder apply there. */
const fileMode = 0o600;
const folderMode = 0o700;

/** Whether a crash may have left the file behind. It may contain a key. */
export const isTemporary = (name: string): boolean => /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);

const temporaryFor = (file: string) =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);

/**
 * Writes a new file, completely or not at all.
 * @returns false if a file with the name exists; it is not changed
 */
export async function writeNew(file: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(file, content);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    return await claimAndRename(temporary, file);
  } finally {
    await removeIfExists(temporary);
  }
}

/** For disks without hard links, such as exFAT: an empty file claims the name first. */
async function claimAndRename(temporary: string, file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', fileMode)).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('write', file, error);
  }
  await renameOver(temporary, file);
  return true;
}

/** Replaces a file atomically: a reader finds the old or the new one. */
export async function writeOver(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = await writeTemporary(file, content);
  try {
    await renameOver(temporary, file);
  } finally {
    await removeIfExists(temporary);
  }
}

async function renameOver(temporary: string, file: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(temporary, file);
    } catch (error) {
      // On Windows, a virus scanner or another window may briefly have it open.
      if (attempt === 5 || !['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error))) {
        throw fileError('write', file, error);
      }
      await delay(20 * attempt);
    }
  }
}

async function writeTemporary(file: string, content: string | Uint8Array): Promise<string> {
  const temporary = temporaryFor(file);
  try {
    const handle = await open(temporary, 'wx', fileMode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    await removeIfExists(temporary);
    throw fileError('write', file, error);
  }
}

/** Creates missing folders. */
export async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: folderMode });
  } catch (error) {
    throw fileError('create', folder, error);
  }
}

/** @returns false if it already exists */
export async function claimFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: folderMode });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('create', folder, error);
  }
}

/**
 * Takes the access of other users away from a file or folder of this store, which it may have got when it was copied.
 * @returns the mode that it had; `undefined` if others had no access, and on Windows
 */
export async function restrictAccess(
  file: string,
): Promise<{ readonly mode: string; readonly isRemoved: boolean } | undefined> {
  if (process.platform === 'win32') return undefined;
  const before = await openMode(file);
  if (before === undefined) return undefined;
  await chmod(file, before.isFolder ? folderMode : fileMode).catch(() => undefined);
  return { mode: before.mode, isRemoved: (await openMode(file)) === undefined };
}

/** The mode of a file or folder that other users have access to. */
async function openMode(file: string) {
  const stats = await lstat(file).catch(() => undefined);
  const isOpen = stats && (stats.isFile() || stats.isDirectory()) && (stats.mode & 0o077) !== 0;
  return isOpen ? { mode: (stats.mode & 0o777).toString(8), isFolder: stats.isDirectory() } : undefined;
}

/** @throws IotError `notFound` if it does not exist */
export const readText = async (file: string): Promise<string> => (await readBytes(file)).toString('utf8');

/** @throws IotError `notFound` if it does not exist */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isNotFound(error)) {
      throw new IotError(
        'notFound',
        l10n.t('The file {0} no longer exists. Restore it, or refresh the view.', file),
        { cause: error },
      );
    }
    throw fileError('read', file, error);
  }
}

export async function fileExists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

export async function removeIfExists(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (!isNotFound(error)) throw fileError('delete', file, error);
  }
}

/** Keeps the folder if it is not empty. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isNotFound(error) && !['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) {
      throw fileError('delete', folder, error);
    }
  }
}

const staleLockMs = 10_000;

/** Runs the action while no other window does. A lock that a crash left behind is removed. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  for (let attempt = 1; ; attempt++) {
    try {
      await (await open(lock, 'wx', fileMode)).close();
      break;
    } catch (error) {
      // Windows briefly reports this after another window has deleted it.
      const isBeingDeleted = process.platform === 'win32' && errorCode(error) === 'EPERM' && attempt < 50;
      if (errorCode(error) !== 'EEXIST' && !isBeingDeleted) throw fileError('write', lock, error);
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > staleLockMs) await removeIfExists(lock);
    else await delay(20);
  }
  try {
    return await action();
  } finally {
    await removeIfExists(lock);
  }
}

export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

export const isNotFound = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error));

/** An error that names the file and the reason. */
export function fileError(
  operation: 'write' | 'read' | 'create' | 'delete',
  file: string,
  cause: unknown,
): IotError {
  return new IotError('refused', `${failureText(operation, file)} ${reasonText(errorCode(cause))}`, {
    cause,
  });
}

function failureText(operation: Parameters<typeof fileError>[0], file: string): string {
  switch (operation) {
    case 'write':
      return l10n.t('{0} cannot be written.', file);
    case 'read':
      return l10n.t('{0} cannot be read.', file);
    case 'create':
      return l10n.t('{0} cannot be created.', file);
    case 'delete':
      return l10n.t('{0} cannot be deleted.', file);
  }
}

function reasonText(code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return l10n.t('You do not have permission.');
    case 'EROFS':
      return l10n.t('The disk is read-only.');
    case 'ENOSPC':
      return l10n.t('The disk is full.');
    case 'ENOTDIR':
      return l10n.t('Part of the path is not a folder.');
    case 'ENAMETOOLONG':
      return l10n.t('The path is too long.');
    case '':
      return l10n.t('The reason is unknown.');
    default:
      return l10n.t('Error code: {0}.', code);
  }
}
