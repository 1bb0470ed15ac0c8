import fs from 'node:fs';
import path from 'node:path';
import { sqliteCode, sqliteCodes } from '../../sqlite/sqlError';
import { HubError } from '../errors';

/** What is wrong with the files of a hub. */
export type StorageFault = 'full' | 'unwritable' | 'busy' | 'damaged' | 'missing' | 'replaced' | 'failed';

/** Nothing can be stored now, or read; clients are refused in each protocol's format, as by a service that is unavailable. */
export class StorageError extends HubError {
  /** @param message one sentence, which names the file */
  constructor(
    readonly fault: StorageFault,
    message: string,
    cause?: unknown,
  ) {
    super('ServiceUnavailable', message);
    this.name = 'StorageError';
    this.cause = cause;
  }
}

const faultsBySqliteCode: Readonly<Record<number, StorageFault>> = {
  [sqliteCodes.busy]: 'busy',
  [sqliteCodes.locked]: 'busy',
  [sqliteCodes.readOnly]: 'unwritable',
  [sqliteCodes.corrupt]: 'damaged',
  [sqliteCodes.notADatabase]: 'damaged',
  [sqliteCodes.full]: 'full',
};

const faultsByFileError: Readonly<Record<string, StorageFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'unwritable',
  EPERM: 'unwritable',
  EROFS: 'unwritable',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'damaged',
};

const messages: Readonly<Record<StorageFault, (file: string, reason: string) => string>> = {
  full: (file) => `The disk with ${file} is full.`,
  unwritable: (file, reason) => `Cannot write ${file} (${reason}).`,
  busy: (file) => `The database ${file} is in use by another program. Close that program.`,
  damaged: (file, reason) => `The file ${file} is damaged (${reason}).`,
  missing: (file, reason) =>
    reason === '' ? `The file ${file} no longer exists.` : `Cannot write ${file} (${reason}).`,
  replaced: (file) => `The file ${file} was replaced by another program.`,
  failed: (file, reason) => `Cannot write ${file} (${reason}).`,
};

export const storageError = (
  fault: StorageFault,
  file: string,
  reason: string,
  cause?: unknown,
): StorageError => new StorageError(fault, messages[fault](file, reason), cause);

const reasonOf = (error: Error): string => error.message.replace(/, \w+( '.*')?$/, '');
const fileErrorCode = (error: Error): string | undefined =>
  'syscall' in error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/**
 * Explains an error of SQLite, of a file operation or of a stored JSON text.
 * @returns any other error as it is
 */
export function explainStorageError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const fileCode = fileErrorCode(error);
  if (fileCode !== undefined)
    return storageError(faultsByFileError[fileCode] ?? 'failed', file, reasonOf(error), error);
  if (error instanceof SyntaxError)
    return storageError('damaged', file, 'it contains text that is not valid JSON', error);
  const code = sqliteCode(error);
  if (code === undefined) return error;
  // The tables belong to the schema version that was found.
  const isIncomplete = /^no such (table|column)/.test(error.message);
  const fault = isIncomplete ? 'damaged' : faultsBySqliteCode[code];
  if (fault) return storageError(fault, file, error.message, error);
  // The rest are errors of the statement or its values.
  if (code === sqliteCodes.error || code >= sqliteCodes.tooBig) return error;
  return writeFailure(file) ?? storageError('failed', file, error.message, error);
}

/** SQLite reports an input or output error without its cause, so a test file finds it. */
function writeFailure(file: string): unknown {
  const test = path.join(path.dirname(file), `.write-test.${process.pid}`);
  try {
    try {
      fs.writeFileSync(test, Buffer.alloc(256 * 1024), { mode: 0o600 });
    } finally {
      fs.rmSync(test, { force: true });
    }
    return undefined;
  } catch (error) {
    return explainStorageError(error, file);
  }
}
