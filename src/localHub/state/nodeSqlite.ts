import type { DatabaseSync as NodeDatabase } from 'node:sqlite';
import type { Sql } from './sql';

interface NodeSqlite {
  readonly DatabaseSync: typeof NodeDatabase;
}

/** Node's own SQLite (Node 22.13 and later, and VS Code with it), or undefined where it is missing. */
export function loadNodeSqlite(): NodeSqlite | undefined {
  const builtin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  if (!builtin) return undefined;
  const emitWarning = process.emitWarning;
  try {
    // It works, but Node calls it experimental on stderr at each start.
    process.emitWarning = () => undefined;
    return builtin('node:sqlite') as NodeSqlite | undefined;
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

export function openNodeSqlite(sqlite: NodeSqlite, file: string): Sql {
  const database = new sqlite.DatabaseSync(file);
  return {
    engine: 'node:sqlite',
    exec: (text) => {
      database.exec(text);
    },
    prepare: (text) => {
      const statement = database.prepare(text);
      return {
        run: (...values) => {
          statement.run(...values);
        },
        all: (...values) => statement.all(...values) as ReturnType<ReturnType<Sql['prepare']>['all']>,
      };
    },
    close: () => {
      database.close();
    },
  };
}
