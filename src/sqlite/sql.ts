/** The part of SQLite in use, the same for Node's own build and the WebAssembly one. */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

export interface SqlStatement {
  run(...values: SqlValue[]): void;
  all(...values: SqlValue[]): SqlRow[];
}

export interface Sql {
  /** The build in use: `node:sqlite` or `wasm`. */
  readonly engine: string;
  exec(text: string): void;
  prepare(text: string): SqlStatement;
  close(): void;
}
