import fs from 'node:fs';
import * as l10n from '@vscode/l10n';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import { type Sql, type SqlRow, type SqlValue } from '../sqlite/sql';
import { notARecording } from './failures';
import { isoOf, messageOf, propertiesFromJson, propertiesToJson, textOf } from './values';

/**
 * `body` is text if it is UTF-8, otherwise a blob. The view contains only telemetry, with the body as `json` if it is
 * JSON, so that `json_extract` does not fail for other bodies.
 */
const schema = `
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY,
  enqueued_at TEXT,
  enqueued_ms INTEGER,
  device_id TEXT,
  module_id TEXT,
  partition TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  source TEXT,
  content_type TEXT,
  content_encoding TEXT,
  body BLOB NOT NULL,
  properties TEXT NOT NULL,
  system_properties TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS message_device ON message (device_id, enqueued_ms);
CREATE INDEX IF NOT EXISTS message_time ON message (enqueued_ms);
-- For example: SELECT device_id, avg(json_extract(json, '$.temperature')) FROM telemetry GROUP BY device_id;
CREATE VIEW IF NOT EXISTS telemetry AS
  SELECT id, enqueued_at, enqueued_ms, device_id, module_id,
    CASE
      WHEN typeof(body) = 'text' AND json_valid(body) THEN body
      -- JSON before NUL bytes, as programs in C send it.
      WHEN instr(body, x'00') > 1 AND json_valid(CAST(substr(body, 1, instr(body, x'00') - 1) AS TEXT))
        THEN CAST(substr(body, 1, instr(body, x'00') - 1) AS TEXT)
    END AS json,
    body, properties
  FROM message
  WHERE source IS NULL OR source = 'Telemetry';
`;

export const columns = [
  'enqueued_at',
  'enqueued_ms',
  'device_id',
  'module_id',
  'partition',
  'sequence_number',
  'source',
  'content_type',
  'content_encoding',
  'body',
  'properties',
  'system_properties',
];
const columnList = columns.join(', ');

/** Accepts an empty file or a SQLite database. Other files are not opened or changed. */
export function checkDatabaseFile(file: string): void {
  const head = Buffer.alloc(16);
  const handle = fs.openSync(file, 'r');
  try {
    if (!fs.fstatSync(handle).isFile()) throw notARecording(file, l10n.t('It is not a file.'));
    const length = fs.readSync(handle, head, 0, 16, 0);
    if (length > 0 && head.toString('latin1') !== 'SQLite format 3\0') {
      throw notARecording(file, l10n.t('It is not a SQLite database.'));
    }
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Creates the table in an empty database.
 * @throws IotError if another database has no such table, or if it would run something with each insertion
 */
export function prepareTable(sql: Sql, file: string): void {
  sql.exec('PRAGMA trusted_schema=OFF');
  const [row] = sql
    .prepare(
      "SELECT count(*) AS parts, count(CASE WHEN type = 'trigger' THEN 1 END) AS triggers FROM sqlite_master",
    )
    .all();
  if (row?.['parts'] !== 0 && (row?.['triggers'] !== 0 || !isRecordingTable(sql))) {
    throw notARecording(
      file,
      l10n.t('The database has no table "{0}" with the columns of a recording.', 'message'),
    );
  }
  sql.exec(schema);
}

/** Whether `message` is a table with the columns of a recording: not a view or a virtual table, which run queries or code. */
export function isRecordingTable(sql: Sql): boolean {
  const [table, another] = sql
    .prepare("SELECT type, rootpage FROM sqlite_master WHERE lower(name) = 'message'")
    .all();
  if (table?.['type'] !== 'table' || !(Number(table['rootpage']) > 0) || another) return false;
  // Generated columns are hidden.
  const found = sql
    .prepare('PRAGMA table_xinfo(message)')
    .all()
    .filter(({ hidden }) => hidden === 0);
  const keys = found.filter(({ pk }) => pk !== 0);
  const names = new Set(found.map(({ name }) => name));
  return (
    keys.length === 1 &&
    keys.every(({ name, type }) => name === 'id' && String(type).toUpperCase() === 'INTEGER') &&
    columns.every((name) => names.has(name))
  );
}

export function prepareInsert(sql: Sql): (message: ReceivedMessage) => void {
  const parameters = columns.map(() => '?').join(', ');
  const statement = sql.prepare(`INSERT INTO message (${columnList}) VALUES (${parameters})`);
  return (message) => statement.run(...valuesOf(message));
}

function valuesOf(message: ReceivedMessage): SqlValue[] {
  const iso = isoOf(message.enqueuedAt);
  return [
    iso,
    iso === null ? null : message.enqueuedAt,
    message.deviceId ?? null,
    message.moduleId ?? null,
    message.partitionId,
    message.sequenceNumber,
    message.source ?? null,
    message.contentType ?? null,
    message.contentEncoding ?? null,
    bodyValue(message.body),
    propertiesToJson(message.applicationProperties),
    propertiesToJson(message.systemProperties),
  ];
}

/** SQLite ends text at a null character, and the WebAssembly build drops a byte order mark: such bodies stay blobs. */
function bodyValue(body: Uint8Array): SqlValue {
  const text = textOf(body);
  return text === undefined || text.includes('\0') || text.startsWith('\uFEFF') ? body : text;
}

export function messageOfRow(row: SqlRow): ReceivedMessage {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  const body = row['body'] ?? '';
  const ms = row['enqueued_ms'];
  return messageOf({
    partitionId: text('partition') ?? '',
    sequenceNumber: Number(row['sequence_number']),
    enqueuedAt: ms === null || ms === undefined ? NaN : Number(ms),
    deviceId: text('device_id'),
    moduleId: text('module_id'),
    source: text('source'),
    contentType: text('content_type'),
    contentEncoding: text('content_encoding'),
    body: body instanceof Uint8Array ? body : Buffer.from(String(body)),
    applicationProperties: jsonOf(row, 'properties'),
    systemProperties: jsonOf(row, 'system_properties'),
  });
}

function jsonOf(row: SqlRow, name: string): Record<string, unknown> {
  try {
    return propertiesFromJson(String(row[name]));
  } catch {
    throw new Error(l10n.t('Column "{0}" is not valid JSON.', name));
  }
}
