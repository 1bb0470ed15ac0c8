import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import { bestEngine, openSqlite, type SqlEngine } from '../sqlite/openSqlite';
import type { SqlRow, SqlStatement } from '../sqlite/sql';
import fs from 'node:fs';
import { readFailure } from './failures';
import { checkTable, messageOfRow, prepareSelect } from './messageTable';
import type { ReadItem } from './readItem';
import { isLocked } from './recorderLock';
import { recoverUnlessRecording } from './snapshots';

const maxRows = 500;
const pageBytes = 8 * 1024 * 1024;

/** The rows of a database, in the order in which they were written; also during recording. */
export async function* readDatabase(
  file: string,
  engine: SqlEngine = bestEngine(),
): AsyncGenerator<ReadItem> {
  await recoverUnlessRecording(file);
  if (engine === 'wasm' && isLocked(file) && fs.existsSync(`${file}-wal`)) throw inUse(file);
  const sql = await openSqlite(file, engine);
  try {
    // WebAssembly has no shared memory and can read a write-ahead log only in this mode.
    if (engine === 'wasm') sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
    else sql.exec('PRAGMA busy_timeout=1000');
    checkTable(sql, file);
    const [range] = sql.prepare('SELECT max(id) AS last FROM message').all();
    yield* rowsUntil(path.basename(file), Number(range?.['last'] ?? 0), prepareSelect(sql));
  } catch (error) {
    throw readFailure(error, file);
  } finally {
    sql.close();
  }
}

function* rowsUntil(name: string, last: number, select: SqlStatement): Generator<ReadItem> {
  let maxRowsNext = 50;
  for (let id = 0; id < last;) {
    const rows = select.all(id, maxRowsNext);
    if (rows.length === 0) return;
    let bytes = 0;
    for (const row of rows) {
      id = Number(row['id']);
      const item = itemOf(row, name, id / last);
      if (item.kind === 'message') bytes += item.message.body.length;
      yield item;
    }
    maxRowsNext = rowsFor(bytes / rows.length);
  }
}

/** How many rows of an average size are read at once. */
const rowsFor = (bytes: number) => Math.max(1, Math.min(maxRows, Math.floor(pageBytes / (bytes + 1))));

function itemOf(row: SqlRow, name: string, progress: number): ReadItem {
  try {
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
