import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { isAbort } from '../core/base/abort';
import { formatMegabytes } from '../core/base/numbers';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import { bestEngine, type SqlEngine } from '../sqlite/openSqlite';
import type { SqlRow } from '../sqlite/sql';
import fs from 'node:fs';
import { readFailure } from './failures';
import { maxRowBytes } from './databaseRows';
import { readOnThread } from './databaseThread';
import { messageOfRow } from './messageTable';
import type { ReadItem } from './readItem';
import { isLocked } from './recorderLock';
import { recoverUnlessRecording } from './snapshots';

/** The rows of a database, in the order in which they were written; also during recording. */
export async function* readDatabase(
  file: string,
  engine: SqlEngine = bestEngine(),
  signal?: AbortSignal,
): AsyncGenerator<ReadItem> {
  await recoverUnlessRecording(file);
  if (engine === 'wasm' && isLocked(file) && fs.existsSync(`${file}-wal`)) throw inUse(file);
  const name = path.basename(file);
  try {
    for await (const { rows, last } of readOnThread(file, engine, signal))
      for (const row of rows) yield itemOf(row, name, Number(row['id']) / last);
  } catch (error) {
    throw isAbort(error) ? error : readFailure(error, file);
  }
}

function itemOf(row: SqlRow, name: string, progress: number): ReadItem {
  try {
    if (row['is_long'] !== 0)
      throw new Error(l10n.t('The record exceeds {0}.', formatMegabytes(maxRowBytes)));
    const message: ReceivedMessage = messageOfRow(row);
    return { kind: 'message', message, progress: Math.min(1, progress) };
  } catch (error) {
    return {
      kind: 'bad',
      location: l10n.t('{0}, row {1}', name, String(row['id'])),
      reason: error instanceof Error ? error.message : '',
    };
  }
}

function inUse(file: string): IotError {
  return new IotError(
    'refused',
    l10n.t(
      '{0} cannot be read while another process is recording to it. Stop the recording first.',
      path.basename(file),
    ),
    { detail: file },
  );
}
