import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { delay } from '../core/base/abort';
import { IotError } from '../core/errors';

/** Windows knows no such modes; there the folder's own access rules count. */
const fileMode = 0o600;
const folderMode = 0o700;

/** What a crash may leave behind; it may hold a key. */
export const isTemporary = (name: string): boolean => /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);

const temporaryFor = (file: string) =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);

/**
 * Writes a file that was not there, whole or not at all.
 * @returns false when there is a file with the name: it stays as it is.
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

/** For disks without hard links, such as exFAT: the name is claimed by an empty file of our own first. */
async function claimAndRename(temporary: string, file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx', fileMode)).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('written', file, error);
  }
  await renameOver(temporary, file);
  return true;
}

/** Replaces a file, so that a reader finds the old or the new one. */
export async function writeOver(file: string, content: string): Promise<void> {
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
      // On Windows a virus scanner or another window may have it open for a moment.
      if (attempt === 5 || !['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error))) {
        throw fileError('written', file, error);
      }
      await delay(20 * attempt);
    }
  }
}

async function writeTemporary(file: string, content: string): Promise<string> {
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
    throw fileError('written', file, error);
  }
}

/** Only folders that were not there get our mode. */
export async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: folderMode });
  } catch (error) {
    throw fileError('made', folder, error);
  }
}

/** @returns false when it is there already. */
export async function claimFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: folderMode });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('made', folder, error);
  }
}

/** @throws IotError `notFound` when it is gone. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isNotFound(error)) {
      throw new IotError('notFound', `The file ${file} is gone. Put it back, or refresh.`, { cause: error });
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
    if (!isNotFound(error)) throw fileError('deleted', file, error);
  }
}

/** Leaves it when there is something of others in it. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isNotFound(error) && !['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) {
      throw fileError('deleted', folder, error);
    }
  }
}

const staleLockMs = 10_000;

/** Lets no other window do the same at the same time. A lock that a crash left behind is taken over. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  for (let attempt = 1; ; attempt++) {
    try {
      await (await open(lock, 'wx', fileMode)).close();
      break;
    } catch (error) {
      // Windows answers so for a moment after another window has deleted it.
      const isGoing = process.platform === 'win32' && errorCode(error) === 'EPERM' && attempt < 50;
      if (errorCode(error) !== 'EEXIST' && !isGoing) throw fileError('written', lock, error);
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

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission',
  EPERM: 'you have no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENAMETOOLONG: 'the path is too long',
};

export function fileError(
  what: 'written' | 'read' | 'made' | 'deleted',
  file: string,
  cause: unknown,
): IotError {
  const code = errorCode(cause);
  const reason = reasons[code] ?? (code || 'unknown reason');
  return new IotError('refused', `${file} cannot be ${what}: ${reason}.`, { cause });
}
