import { loadNodeSqlite, openNodeSqlite } from './nodeSqlite';
import type { Sql } from './sql';

export type SqlEngine = 'node' | 'wasm';

/** Node's own engine, or WebAssembly where that is missing. */
export function bestEngine(): SqlEngine {
  return loadNodeSqlite() ? 'node' : 'wasm';
}

/**
 * Opens a database file, or creates it. The WebAssembly build has neither shared memory nor locks that other programs
 * respect: the caller must make sure that no other process has the file open.
 */
export async function openSqlite(file: string, engine: SqlEngine = bestEngine()): Promise<Sql> {
  if (engine === 'wasm') return (await import('./wasm/index')).openSqliteWasm(file);
  const sqlite = loadNodeSqlite();
  if (!sqlite) throw new Error(`Node ${process.version} does not include node:sqlite.`);
  return openNodeSqlite(sqlite, file);
}

/** Runs `work` in one transaction, which is rolled back if it throws. */
export function transaction<T>(sql: Sql, work: () => T): T {
  sql.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sql.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      sql.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back, as it does when the disk is full; the first error is the one to report.
    }
    throw error;
  }
}
