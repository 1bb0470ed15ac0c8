import { loadNodeSqlite, openNodeSqlite } from './nodeSqlite';
import type { Sql } from './sql';

export type SqlEngine = 'node' | 'wasm';

/** The engine there is: Node's own, and WebAssembly where that is missing. */
export function bestEngine(): SqlEngine {
  return loadNodeSqlite() ? 'node' : 'wasm';
}

/**
 * Opens (and makes) a database file. WebAssembly knows neither shared memory nor locks that other programs
 * respect: with it the caller makes sure that nobody else has the file open.
 */
export async function openSqlite(file: string, engine: SqlEngine = bestEngine()): Promise<Sql> {
  if (engine === 'wasm') return (await import('./wasm/index')).openSqliteWasm(file);
  const sqlite = loadNodeSqlite();
  if (!sqlite) throw new Error(`node:sqlite is not in Node ${process.version}.`);
  return openNodeSqlite(sqlite, file);
}

/** Runs `work` as one transaction: all of it is on disk when this returns, or nothing is. */
export function transaction<T>(sql: Sql, work: () => T): T {
  sql.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sql.exec('COMMIT');
    return result;
  } catch (error) {
    sql.exec('ROLLBACK');
    throw error;
  }
}
