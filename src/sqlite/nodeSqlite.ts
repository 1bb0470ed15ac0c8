import type { Sql, SqlRow, SqlValue } from './sql';

/** The part of `node:sqlite` in use; the types of Node 20, the minimum version, do not include the module. */
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => {
    exec(text: string): void;
    prepare(text: string): { run(...values: SqlValue[]): unknown; all(...values: SqlValue[]): unknown[] };
    close(): void;
  };
}

/** Node's own SQLite (Node 22.13 and later, and VS Code with it), or undefined where it is missing. */
export function loadNodeSqlite(): NodeSqlite | undefined {
  const emitWarning = process.emitWarning.bind(process);
  try {
    // Node warns on stderr at each start that the module is experimental.
    process.emitWarning = () => undefined;
    // Absent in Node 20 before 20.16.
    const { getBuiltinModule } = process as { getBuiltinModule?: (this: void, id: string) => unknown };
    return getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
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
        all: (...values) => statement.all(...values) as SqlRow[],
      };
    },
    close: () => {
      database.close();
    },
  };
}
