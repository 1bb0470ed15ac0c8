import fs from 'node:fs';
import { Database } from 'node-sqlite3-wasm';
import type { Sql, SqlRow } from '../sql';

/**
 * SQLite as WebAssembly, for runtimes without `node:sqlite`. Its lock is a folder beside the file, which outlives a
 * killed process; the caller has its own lock, so an existing folder is stale.
 */
export function openSqliteWasm(file: string): Sql {
  fs.rmSync(`${file}.lock`, { recursive: true, force: true });
  const database = new Database(file);
  const statements: { finalize(): void }[] = [];
  return {
    engine: 'wasm',
    exec: (text) => {
      database.exec(text);
    },
    prepare: (text) => {
      const statement = database.prepare(text);
      statements.push(statement);
      return {
        run: (...values) => {
          statement.run(values);
        },
        all: (...values) => statement.all(values) as SqlRow[],
      };
    },
    close: () => {
      for (const statement of statements) statement.finalize();
      database.close();
    },
  };
}
