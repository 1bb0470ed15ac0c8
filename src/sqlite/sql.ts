/** The few calls in use of SQLite, the same over Node's own build and the WebAssembly one. */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

export interface SqlStatement {
  run(...values: SqlValue[]): void;
  all(...values: SqlValue[]): SqlRow[];
}

export interface Sql {
  /** Which build answers: `node:sqlite` or `wasm`. */
  readonly engine: string;
  exec(text: string): void;
  prepare(text: string): SqlStatement;
  close(): void;
}
