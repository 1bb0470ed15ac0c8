import fs from 'node:fs';
import path from 'node:path';
import { openSqlite, type SqlEngine } from '../../sqlite/openSqlite';
import type { Sql } from '../../sqlite/sql';

export { transaction, type SqlEngine } from '../../sqlite/openSqlite';

const schema = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificate (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partition (id INTEGER PRIMARY KEY, lastSequenceNumber INTEGER NOT NULL, lastEnqueuedTime INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, enqueuedTime INTEGER NOT NULL, head TEXT NOT NULL, body BLOB NOT NULL);
`;

/**
 * Opens (and makes) the hub's database in a data folder. Exclusive locking lets the write-ahead log work
 * without shared memory, which the WebAssembly build lacks; `synchronous=NORMAL` survives the death of the
 * process at any point, and a power cut without damage (but perhaps without the last second).
 * @see https://www.sqlite.org/wal.html#noshm
 */
export async function openDatabase(dataFolder: string, engine?: SqlEngine): Promise<Sql> {
  const file = path.join(dataFolder, 'hub.db');
  // Identities hold keys: create the file with its mode before SQLite does.
  fs.closeSync(fs.openSync(file, 'a', 0o600));
  const sql = await openSqlite(file, engine);
  for (const pragma of [
    // First, because without shared memory nothing of a file with a write-ahead log can be read before it.
    'locking_mode=EXCLUSIVE',
    'auto_vacuum=INCREMENTAL',
    'journal_mode=WAL',
    'synchronous=NORMAL',
    'journal_size_limit=8388608',
  ]) {
    sql.prepare(`PRAGMA ${pragma}`).all();
  }
  sql.exec(schema);
  return sql;
}
