import { describe, expect, it } from 'vitest';
import { type HubError } from '../../../src/localHub/errors';
import { errorAnswer } from '../../../src/localHub/http/router';
import { explainStorageError, StorageError } from '../../../src/localHub/state/storageError';

const file = '/nonexistent/hub.db';
const fileError = (code: string): Error =>
  Object.assign(new Error(`${code}: some reason, open '${file}'`), { code, syscall: 'open' });
const nodeError = (errcode: number): Error =>
  Object.assign(new Error('some text'), { code: 'ERR_SQLITE_ERROR', errcode });

describe('an error of the storage', () => {
  it.each<[string, Error, string | undefined]>([
    ['a full disk', fileError('ENOSPC'), 'full'],
    ['a quota', fileError('EDQUOT'), 'full'],
    ['no permission', fileError('EACCES'), 'unwritable'],
    ['a read-only file system', fileError('EROFS'), 'unwritable'],
    ['a missing folder', fileError('ENOENT'), 'missing'],
    ['a broken disk', fileError('EIO'), 'failed'],
    ['SQLITE_FULL', nodeError(13), 'full'],
    ['SQLITE_BUSY_RECOVERY', nodeError(261), 'busy'],
    ['SQLITE_READONLY_DBMOVED', nodeError(1032), 'unwritable'],
    ['SQLITE_CORRUPT_VTAB', nodeError(267), 'damaged'],
    ['SQLITE_NOTADB', nodeError(26), 'damaged'],
    ['SQLITE_IOERR in a folder that is missing', nodeError(778), 'missing'],
    ['SQLITE_CONSTRAINT', nodeError(19), undefined],
    ['SQLITE_ERROR', nodeError(1), undefined],
    ['full, of the WebAssembly build', new Error('database or disk is full'), 'full'],
    ['locked, of the WebAssembly build', new Error('database is locked'), 'busy'],
    ['damaged, of the WebAssembly build', new Error('database disk image is malformed'), 'damaged'],
    ['a stored text that is no JSON', new SyntaxError('Unexpected token'), 'damaged'],
    ['another error', new TypeError('x is not a function'), undefined],
  ])('is recognized: %s', (_, error, fault) => {
    const explained = explainStorageError(error, file);
    if (fault === undefined) expect(explained).toBe(error);
    else expect(explained).toMatchObject({ fault, errorName: 'ServiceUnavailable' });
  });

  it('is an answer of the service that is unavailable', () => {
    const error = explainStorageError(fileError('ENOSPC'), file);
    expect(error).toBeInstanceOf(StorageError);
    expect(errorAnswer(error as HubError, 0)).toMatchObject({
      status: 503,
      body: { Message: `ErrorCode:ServiceUnavailable;The disk with ${file} is full.` },
    });
  });
});
