import fs from 'node:fs';
import { Database, type Statement } from 'node-sqlite3-wasm';
import type { Sql, SqlRow } from '../sql';

/**
 * SQLite as WebAssembly, for runtimes without `node:sqlite`. Its lock is a folder beside the file, which outlives a
 * killed process; the caller has its own lock, so an existing folder is stale.
 */
export function openSqliteWasm(file: string): Sql {
  fs.rmSync(`${file}.lock`, { recursive: true, force: true });
  const database = new Database(file);
  const statements = new Set<Statement>();
  const finalize = (statement: Statement): void => {
    statements.delete(statement);
    try {
      statement.finalize();
    } catch {
      // It reports the error of its last step again.
    }
  };
  return {
    engine: 'wasm',
    exec: (text) => {
      database.exec(text);
    },
    prepare: (text) => {
      let prepared: Statement | undefined;
      const use = <T>(work: (statement: Statement) => T): T => {
        if (!prepared) statements.add((prepared = database.prepare(text)));
        try {
          return work(prepared);
        } catch (error) {
          // A statement that failed cannot be reset, so the next use prepares it again.
          finalize(prepared);
          prepared = undefined;
          throw error;
        }
      };
      use(() => undefined);
      return {
        run: (...values) => {
          use((statement) => statement.run(values));
        },
        all: (...values) => use((statement) => statement.all(values) as SqlRow[]),
      };
    },
    close: () => {
      for (const statement of [...statements]) finalize(statement);
      database.close();
    },
  };
}
