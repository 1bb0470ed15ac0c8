import path from 'node:path';
import { IotError, isIotError, plainMessage } from '../core/errors';

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** Why a file cannot be written, in one sentence. */
export function writeFailure(error: unknown, file: string): IotError {
  if (isIotError(error)) return error;
  const name = path.basename(file);
  const fail = (code: 'refused' | 'notFound', why: string) =>
    new IotError(code, `The recording ${name} cannot be written: ${why}.`, { cause: error, detail: file });
  if (isFull(error)) return fail('refused', 'the disk is full');
  if (isMissing(error)) return fail('notFound', `the folder ${path.dirname(file)} is not there`);
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return fail('refused', 'you have no right to write there');
    case 'EROFS':
      return fail('refused', 'the disk is read-only');
    case 'EISDIR':
      return fail('refused', 'there is a folder of that name');
    case 'EBUSY':
      return fail('refused', 'another program holds it');
    default:
      return fail('refused', plainMessage(error).replace(/\.$/, ''));
  }
}

/** SQLite tells by text alone. */
function isFull(error: unknown): boolean {
  return (
    ['ENOSPC', 'EDQUOT'].includes(codeOf(error)) || /database or disk is full/i.test(plainMessage(error))
  );
}

/** Why a file cannot be read, in one sentence. */
export function readFailure(error: unknown, file: string): IotError {
  if (isIotError(error)) return error;
  const name = path.basename(file);
  const fail = (code: 'refused' | 'notFound', why: string) =>
    new IotError(code, `The recording ${name} cannot be read: ${why}.`, { cause: error, detail: file });
  if (isMissing(error)) return fail('notFound', `there is no such file in ${path.dirname(file)}`);
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return fail('refused', 'you have no right to read it');
    case 'EISDIR':
      return fail('refused', 'it is a folder');
    default:
      return fail('refused', plainMessage(error).replace(/\.$/, ''));
  }
}

export function notARecording(file: string, why: string): IotError {
  return new IotError('invalidInput', `${path.basename(file)} is no recording of messages: ${why}.`, {
    detail: file,
  });
}
