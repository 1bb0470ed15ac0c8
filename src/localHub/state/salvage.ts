import { transaction, type SqlEngine } from '../../sqlite/openSqlite';
import type { Sql, SqlRow, SqlValue } from '../../sqlite/sql';
import { connect } from './connect';

/** What was copied from a damaged database. */
export interface Salvaged {
  readonly devices: number;
  readonly messages: number;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns with JSON text. */
  readonly json: readonly string[];
}

const tables = {
  meta: { name: 'meta', columns: ['key', 'value'], json: ['value'] },
  device: { name: 'device', columns: ['id', 'json'], json: ['json'] },
  certificate: { name: 'certificate', columns: ['id', 'json'], json: ['json'] },
  partition: { name: 'partition', columns: ['id', 'lastSequenceNumber', 'lastEnqueuedTime'], json: [] },
  event: { name: 'event', columns: ['id', 'enqueuedTime', 'head', 'body'], json: ['head'] },
} as const satisfies Readonly<Record<string, Table>>;

const batchRows = 200;
/** After this many damaged places in a row nothing more is expected. */
const maxSkips = 52;

export const describeSalvaged = ({ devices, messages }: Salvaged): string =>
  `which contains ${devices} devices and ${messages} messages of the old one`;

/** Creates a database with every row that is still readable; an empty one without a source. */
export async function salvageTo(
  file: string,
  source: Sql | undefined,
  options: { readonly engine?: SqlEngine },
): Promise<Salvaged> {
  const target = await connect(file, options);
  try {
    return source ? salvage(source, target) : { devices: 0, messages: 0 };
  } finally {
    target.close();
  }
}

/** Copies every row that is still readable to an empty database of the same schema. */
function salvage(from: Sql, to: Sql): Salvaged {
  transaction(to, () => {
    copyByKey(from, to, tables.meta);
    copyByKey(from, to, tables.certificate);
    copyByKey(from, to, tables.partition);
  });
  const devices = transaction(to, () => copyByKey(from, to, tables.device));
  const messages = copyEvents(from, to);
  return { devices, messages };
}

/** From both ends, because a damaged page in the middle stops a scan. */
function copyByKey(from: Sql, to: Sql, table: Table): number {
  const key = table.columns[0] ?? '';
  const insertRow = inserterOf(to, table);
  const seen = new Set<SqlValue | undefined>();
  const insert = (row: SqlRow): boolean => {
    if (seen.has(row[key]) || !insertRow(row)) return false;
    seen.add(row[key]);
    return true;
  };
  let count = 0;
  for (const [comparison, order] of [
    ['>', 'ASC'],
    ['<', 'DESC'],
  ] as const) {
    const select = `SELECT ${table.columns.join(', ')} FROM "${table.name}"`;
    let last: SqlValue | undefined;
    for (;;) {
      const where = last === undefined ? '' : ` WHERE ${key} ${comparison} ?`;
      const rows = tryBatch(from, `${select}${where} ORDER BY ${key} ${order} LIMIT ?`, last);
      if (rows.length === 0) break;
      const inserted = rows.filter(insert).length;
      count += inserted;
      last = rows.at(-1)?.[key] ?? null;
      // The second scan has met the first.
      if (order === 'DESC' && inserted === 0) break;
    }
  }
  return count;
}

/** A batch, or what can be read of it. */
function tryBatch(from: Sql, text: string, last: SqlValue | undefined): SqlRow[] {
  const values = last === undefined ? [] : [last];
  return tryRead(from, text, [...values, batchRows]) ?? tryRead(from, text, [...values, 1]) ?? [];
}

/** Ids of events are numbers, so a scan can continue after a damaged place. */
function copyEvents(from: Sql, to: Sql): number {
  const insert = inserterOf(to, tables.event);
  const select = `SELECT ${tables.event.columns.join(', ')} FROM event WHERE id >= ? ORDER BY id LIMIT ?`;
  let next = 0;
  let count = 0;
  let skips = 0;
  while (skips < maxSkips) {
    const rows = tryRead(from, select, [next, batchRows]) ?? tryRead(from, select, [next, 1]);
    if (rows) {
      if (rows.length === 0) break;
      count += transaction(to, () => rows.filter(insert).length);
      next = Number(rows.at(-1)?.id) + 1;
      skips = 0;
    } else {
      next += 2 ** skips;
      skips++;
    }
  }
  return count;
}

function tryRead(from: Sql, text: string, values: readonly SqlValue[]): SqlRow[] | undefined {
  try {
    return from.prepare(text).all(...values);
  } catch {
    return undefined;
  }
}

/** @returns a function that inserts a row unless its JSON is damaged, and returns whether it did */
function inserterOf(to: Sql, { name, columns, json }: Table): (row: SqlRow) => boolean {
  const statement = to.prepare(
    `INSERT OR IGNORE INTO "${name}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (row) => {
    if (!json.every((column) => isJson(row[column]))) return false;
    statement.run(...columns.map((column) => row[column] ?? null));
    return true;
  };
}

function isJson(value: SqlValue | undefined): boolean {
  try {
    JSON.parse(String(value));
    return true;
  } catch {
    return false;
  }
}
