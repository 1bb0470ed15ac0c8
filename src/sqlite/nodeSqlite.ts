import type { Sql, SqlRow, SqlValue } from './sql';

/** The part of `node:sqlite` in use here; the types of Node 20, our floor, do not know the module. */
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
    // It works, but Node calls it experimental on stderr at each start.
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
