import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { readerThread } from '../../../src/recording/databaseThread';
import { openRecorder, openRecording } from '../../../src/recording/index';
import { bestEngine, openSqlite, type SqlEngine } from '../../../src/sqlite/openSqlite';
import { type Sql } from '../../../src/sqlite/sql';
import { buildReaderWorker } from './support/readerWorker';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iot-hub-hostile-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
beforeAll(() => buildReaderWorker());
let number = 0;
const newFile = (extension: string) => path.join(folder, `recording-${number++}.${extension}`);
const engines = [...new Set<SqlEngine>(['wasm', bestEngine()])];

const columns = `enqueued_at, enqueued_ms, device_id, module_id, partition, sequence_number, source, content_type,
  content_encoding, body, properties, system_properties`;
const table = `CREATE TABLE message (id INTEGER PRIMARY KEY, ${columns});`;
const insert = (id: string, { ms = '0', sequence = '1', body = "'{}'", properties = "'{}'" } = {}) =>
  `INSERT INTO message VALUES (${id}, '', ${ms}, 'd', NULL, '0', ${sequence}, 'Telemetry', NULL, NULL, ${body}, ${properties}, '{}');`;

async function database(...statements: readonly string[]): Promise<string> {
  const file = newFile('sqlite');
  const sql: Sql = await openSqlite(file);
  sql.exec(`BEGIN; ${statements.join('\n')} COMMIT;`);
  sql.close();
  return file;
}

async function read(file: string, engine?: SqlEngine, signal?: AbortSignal) {
  const problems: string[] = [];
  const messages: ReceivedMessage[] = [];
  const recording = openRecording(
    file,
    { onProblem: ({ message }) => problems.push(message), ...(signal ? { signal } : {}) },
    engine,
  );
  for await (const batch of recording) messages.push(...batch);
  return { messages, problems };
}

const endless = `WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
  SELECT id, '' AS enqueued_at, 0 AS enqueued_ms, 'd' AS device_id, NULL AS module_id, '0' AS partition,
    1 AS sequence_number, '' AS source, '' AS content_type, '' AS content_encoding, x'' AS body,
    '{}' AS properties, '{}' AS system_properties FROM n`;
const slow = `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)`;

describe.each(engines)('a SQLite database that is not a recording (%s)', (engine) => {
  it.each<[string, readonly string[]]>([
    ['a view over a query without end', [`CREATE VIEW message AS ${endless};`]],
    ['a view of another name beside it', [`CREATE VIEW other AS ${endless};`]],
    ['a virtual table', [`CREATE VIRTUAL TABLE message USING fts5(id, ${columns});`]],
    [
      'a generated column',
      [
        table
          .replace('properties,', 'properties AS (zeroblob(1000000000)),')
          .replace('id INTEGER PRIMARY KEY', 'id INTEGER PRIMARY KEY'),
      ],
    ],
    ['an id that is no key', [table.replace('id INTEGER PRIMARY KEY', 'id TEXT')]],
    [
      'a key of several columns',
      [`CREATE TABLE message (id INTEGER, ${columns}, PRIMARY KEY (id, partition)) WITHOUT ROWID;`],
    ],
    ['a missing column', [table.replace('body,', '')]],
  ])('is refused: %s', async (_, statements) => {
    const file = await database(...statements);
    await expect(read(file, engine)).rejects.toThrow(
      /has no table "message" with the columns of a recording/,
    );
  });

  it('runs nothing that is in the database', async () => {
    const file = await database(
      table,
      'CREATE TABLE log (text);',
      insert('1'),
      `CREATE VIEW other AS ${endless};`,
      `CREATE TRIGGER t AFTER INSERT ON message BEGIN INSERT INTO log SELECT ${slow}; END;`,
      'CREATE INDEX i ON message (length(body));',
    );
    const before = fs.readFileSync(file);
    expect((await read(file, engine)).messages).toHaveLength(1);
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it('is read with limits and numbers of any size', async () => {
    const file = await database(
      table,
      insert('1'),
      insert('2', { body: 'zeroblob(50000000)' }),
      insert('3', { properties: `'${'['.repeat(100_000)}'` }),
      insert('4', { ms: '9223372036854775807', sequence: '9223372036854775807' }),
      insert('5', { ms: '1e300', sequence: "'many'" }),
      insert('6', { ms: "'x'", sequence: '6' }),
      insert('9007199254740993'),
    );
    const { messages, problems } = await read(file, engine);
    expect(messages.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2 ** 63, 6]);
    expect(problems).toEqual([
      expect.stringMatching(/row 2 was skipped: The record exceeds 4 MB/),
      expect.stringMatching(/row 3 was skipped: Column "properties" is not valid JSON/),
      expect.stringMatching(/row 5 was skipped: The sequence number is not a number/),
    ]);
  });

  it('is refused if it is damaged', async () => {
    const file = await database(
      table,
      ...Array.from({ length: 200 }, (_, at) => insert(String(at + 1), { body: 'zeroblob(3000)' })),
    );
    const bytes = fs.readFileSync(file);
    bytes.fill(0xff, 4096);
    fs.writeFileSync(file, bytes);
    await expect(read(file, engine)).rejects.toThrow(/cannot be read: .*malformed/);
  });

  it('is read although its schema is large', async () => {
    const views = Array.from({ length: 5_000 }, (_, at) => `CREATE VIEW v${at} AS SELECT ${at};`).join('');
    const file = await database(table, insert('1'), views);
    expect((await read(file, engine)).messages).toHaveLength(1);
  });
});

describe('the thread that reads a database', () => {
  const hang = () => {
    const before = { ...readerThread };
    readerThread.file = path.join(folder, 'hang.cjs');
    fs.writeFileSync(
      readerThread.file,
      "require('node:worker_threads').parentPort.on('message', () => { for (;;); });",
    );
    onTestFinished(() => void Object.assign(readerThread, before));
  };

  it('ends when the reading is canceled', async () => {
    const file = await database(table, insert('1'));
    hang();
    const controller = new AbortController();
    const reading = read(file, undefined, controller.signal);
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toThrow('Canceled.');
  });

  it('ends when a page takes too long', async () => {
    const file = await database(table, insert('1'));
    hang();
    readerThread.maxPageMs = 1;
    await expect(read(file)).rejects.toThrow(/cannot be read: it takes too long/);
  });

  it('leaves the extension host responsive', async () => {
    const file = await database(table, ...Array.from({ length: 3_000 }, (_, at) => insert(String(at + 1))));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await read(file);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('a recorder', () => {
  it('does not add to a database that runs something with each message', async () => {
    const file = await database(
      table.replace('system_properties', 'system_properties'),
      `CREATE TRIGGER t AFTER INSERT ON message BEGIN SELECT ${slow}; END;`,
    );
    await expect(openRecorder({ file, format: 'sqlite' })).rejects.toThrow(/has no table "message"/);
  });
});

const header =
  'enqueuedTime,deviceId,moduleId,partition,sequenceNumber,source,contentType,contentEncoding,body,properties,systemProperties\r\n';
const row = (n: number) => `2026-11-24T08:00:00.000Z,d,,0,${n},Telemetry,,,{},{},{}\r\n`;
const line = (n: number) => `{"enqueuedTime":null,"partition":"0","sequenceNumber":${n},"body":{}}\n`;

describe('a text file that is hostile', () => {
  it.each<[string, string, string, RegExp]>([
    ['a line without end', 'jsonl', `${line(1)}${'{"a":1,'.repeat(3_000_000)}\n${line(2)}`, /exceeds 16 MB/],
    [
      'millions of cells',
      'csv',
      `${header}${row(1)}${','.repeat(8_000_000)}\r\n${row(2)}`,
      /has 8,000,001 cells; expected 11/,
    ],
    [
      'a quotation mark that is not closed',
      'csv',
      `${header}${row(1)}"${row(3).repeat(20_000)}${row(2)}`,
      /./,
    ],
    [
      'values nested deeply',
      'jsonl',
      `${line(1)}{"partition":"0","sequenceNumber":3,"body":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n${line(2)}`,
      /nested too deeply/,
    ],
    [
      'properties nested deeply',
      'jsonl',
      `${line(1)}{"partition":"0","sequenceNumber":3,"body":1,"properties":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}\n${line(2)}`,
      /nested too deeply/,
    ],
    [
      'a number out of range',
      'jsonl',
      `${line(1)}{"partition":"0","sequenceNumber":1e999,"body":1}\n${line(2)}`,
      /not a number/,
    ],
    [
      'a time out of range',
      'csv',
      `${header}${row(1)}+999999-01-01T00:00:00.000Z,d,,0,3,Telemetry,,,{},{},{}\r\n${row(2)}`,
      /not a valid ISO 8601 time/,
    ],
    [
      'NUL bytes without end',
      'jsonl',
      `${line(1)}{"partition":"0","sequenceNumber":3,"body":1,"bodyPadding":1e12}\n${line(2)}`,
      /"bodyPadding" is not valid/,
    ],
    [
      'a name of an object',
      'jsonl',
      `${line(1)}{"__proto__":{"partition":"1"},"sequenceNumber":3}\n${line(2)}`,
      /has no body/,
    ],
  ])('is read around %s', async (_, extension, content, problem) => {
    const file = newFile(extension);
    fs.writeFileSync(file, content);
    const { messages, problems } = await read(file);
    expect(messages.at(0)?.sequenceNumber).toBe(1);
    expect(messages.at(-1)?.sequenceNumber).toBe(2);
    expect(problems[0]).toMatch(problem);
  });

  it.skipIf(process.platform === 'win32')('is not read if it is no file', async () => {
    const pipe = newFile('jsonl');
    execFileSync('mkfifo', [pipe]);
    const link = newFile('jsonl');
    fs.symlinkSync('/dev/zero', link);
    const first = newFile('csv');
    fs.writeFileSync(first, header + row(1));
    fs.symlinkSync(pipe, first.replace('.csv', '.2.csv'));
    for (const file of [pipe, link, first, folder])
      await expect(read(file)).rejects.toThrow(/It is not a file/);
  });
});
