import { openSqlite, type SqlEngine } from '../sqlite/openSqlite';
import type { Sql, SqlRow } from '../sqlite/sql';
import { columns, isRecordingTable } from './messageTable';

const maxRows = 500;
const firstRows = 20;
const pageBytes = 8 * 1024 * 1024;
/** Of a row. A message of IoT Hub has at most 256 KB. */
export const maxRowBytes = 4 * 1024 * 1024;

/** Rows of the table of a recording. A row that is too long has `is_long` and no other values. */
export interface RowPage {
  readonly rows: readonly SqlRow[];
  /** The id of the last row that will be read. */
  readonly last: number;
}

/** The database is not a recording. */
export class NoRecordingTable extends Error {}

/**
 * Reads the rows of a database that anyone may have made: only of a real table, which runs nothing, with limits on the
 * size of a row and of a page.
 */
export async function* readRowPages(file: string, engine: SqlEngine): AsyncGenerator<RowPage> {
  const sql = await openSqlite(file, engine);
  try {
    // WebAssembly has no shared memory and can read a write-ahead log only in this mode.
    if (engine === 'wasm') sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
    else sql.exec('PRAGMA busy_timeout=1000');
    sql.exec(
      'PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;',
    );
    if (!isRecordingTable(sql)) throw new NoRecordingTable();
    yield* pagesOf(sql);
  } finally {
    sql.close();
  }
}

function* pagesOf(sql: Sql): Generator<RowPage> {
  const [range] = sql
    .prepare(`SELECT CAST(min(max(id), ${Number.MAX_SAFE_INTEGER}) AS TEXT) AS last FROM message`)
    .all();
  const last = Number(range?.['last'] ?? 0);
  const select = sql.prepare(selectText);
  let count = firstRows;
  for (let id = 0; id < last;) {
    const rows = select.all(id, last, count);
    if (rows.length === 0) return;
    let bytes = 0;
    for (const row of rows) {
      const next = Number(row['id']);
      // In a damaged file the rows may form a circle.
      if (!(next > id)) throw new Error('database disk image is malformed');
      id = next;
      bytes += Number(row['bytes']);
    }
    yield { rows, last };
    count = Math.max(1, Math.min(maxRows, Math.floor(pageBytes / (bytes / rows.length + 1))));
  }
}

const bytes = columns.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ');
/** Integers that JavaScript cannot represent would end the reading. */
const asText = new Set(['enqueued_ms', 'sequence_number']);
const values = columns.map((name) => {
  const value = asText.has(name) ? `CAST(${name} AS TEXT)` : name;
  return `iif(bytes > ${maxRowBytes}, NULL, ${value}) AS ${name}`;
});
const selectText = `SELECT id, bytes > ${maxRowBytes} AS is_long, min(bytes, ${maxRowBytes}) AS bytes, ${values.join(', ')}
  FROM (SELECT *, ${bytes} AS bytes FROM message NOT INDEXED WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)`;
