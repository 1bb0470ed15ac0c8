import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { IotError, isIotError, plainMessage } from '../core/errors';

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** The error for a file that cannot be written. */
export function writeFailure(error: unknown, file: string): IotError {
  if (isIotError(error)) return error;
  return new IotError(isMissing(error) ? 'notFound' : 'refused', writeProblem(error, file), {
    cause: error,
    detail: file,
  });
}

function writeProblem(error: unknown, file: string): string {
  const name = path.basename(file);
  if (isFull(error)) return l10n.t('The recording {0} cannot be written: the disk is full.', name);
  if (isMissing(error)) {
    return l10n.t(
      'The recording {0} cannot be written: the folder {1} does not exist.',
      name,
      path.dirname(file),
    );
  }
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return l10n.t('The recording {0} cannot be written: permission denied.', name);
    case 'EROFS':
      return l10n.t('The recording {0} cannot be written: the disk is read-only.', name);
    case 'EISDIR':
      return l10n.t('The recording {0} cannot be written: a folder with this name exists.', name);
    case 'EBUSY':
      return l10n.t('The recording {0} cannot be written: the file is in use by another program.', name);
    default:
      return l10n.t('The recording {0} cannot be written: {1}', name, plainMessage(error));
  }
}

/** SQLite reports a full disk only by its message. */
function isFull(error: unknown): boolean {
  return (
    ['ENOSPC', 'EDQUOT'].includes(codeOf(error)) || /database or disk is full/i.test(plainMessage(error))
  );
}

/** The error for a file that cannot be read. */
export function readFailure(error: unknown, file: string): IotError {
  if (isIotError(error)) return error;
  return new IotError(isMissing(error) ? 'notFound' : 'refused', readProblem(error, file), {
    cause: error,
    detail: file,
  });
}

function readProblem(error: unknown, file: string): string {
  const name = path.basename(file);
  if (isMissing(error)) {
    return l10n.t(
      'The recording {0} cannot be read: the file does not exist in {1}.',
      name,
      path.dirname(file),
    );
  }
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return l10n.t('The recording {0} cannot be read: permission denied.', name);
    case 'EISDIR':
      return l10n.t('The recording {0} cannot be read: it is a folder.', name);
    default:
      return l10n.t('The recording {0} cannot be read: {1}', name, plainMessage(error));
  }
}

/** The error for a database whose rows take too long to read. */
export function tooSlow(file: string): IotError {
  return new IotError(
    'refused',
    l10n.t('The recording {0} cannot be read: it takes too long.', path.basename(file)),
    { detail: file },
  );
}

/** The error for a file that is not a recording. @param reason a sentence */
export function notARecording(file: string, reason: string): IotError {
  return new IotError(
    'invalidInput',
    l10n.t('{0} is not a message recording. {1}', path.basename(file), reason),
    { detail: file },
  );
}
