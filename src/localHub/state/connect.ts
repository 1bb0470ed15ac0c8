import fs from 'node:fs';
import { checkSchemaVersion, migrate, schemaVersion } from '../../sqlite/migrate';
import { openSqlite, type SqlEngine } from '../../sqlite/openSqlite';
import type { Sql } from '../../sqlite/sql';
import { hubMigrations } from './migrations';

/**
 * `normal` survives the death of the process at any point, and a power failure without corruption but perhaps without the
 * last second; `full` loses nothing that was acknowledged in a power failure either, and waits for the disk.
 */
export type Durability = 'normal' | 'full';

/**
 * Opens a database and brings it to the newest schema. Exclusive locking lets the write-ahead log work without shared
 * memory, which the WebAssembly build lacks.
 * @see https://www.sqlite.org/wal.html#noshm
 * @throws NewerDatabaseError
 */
export async function connect(
  file: string,
  { engine, durability = 'normal' }: { readonly engine?: SqlEngine; readonly durability?: Durability },
): Promise<Sql> {
  // Identities hold keys: create the file with its mode before SQLite does.
  fs.closeSync(fs.openSync(file, 'a', 0o600));
  const sql = await openSqlite(file, engine);
  try {
    // First, because without shared memory a file with a write-ahead log cannot be read before it is set.
    setPragma(sql, 'locking_mode=EXCLUSIVE');
    checkSchemaVersion(sql, file, hubMigrations);
    // It counts for the first table only, and writes to the file each time.
    if (schemaVersion(sql) === 0) setPragma(sql, 'auto_vacuum=INCREMENTAL');
    setPragma(sql, 'journal_mode=WAL');
    setPragma(sql, `synchronous=${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    // Only macOS has a stronger way to flush the cache of a disk than to synchronize the file.
    if (durability === 'full') {
      setPragma(sql, 'fullfsync=ON');
      setPragma(sql, 'checkpoint_fullfsync=ON');
    }
    setPragma(sql, 'journal_size_limit=8388608');
    migrate(sql, hubMigrations);
  } catch (error) {
    sql.close();
    throw error;
  }
  return sql;
}

function setPragma(sql: Sql, pragma: string): void {
  sql.prepare(`PRAGMA ${pragma}`).all();
}

/** Closes a connection that may be damaged. */
export function closeQuietly(connection: Sql | undefined): void {
  try {
    connection?.close();
  } catch {
    // It reports the fault again; the write-ahead log keeps what was committed.
  }
}
