import { execFileSync, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Papa from 'papaparse';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { describeRecording, openRecorder, openRecording } from '../../../src/recording/index';
import { buildReaderWorker } from './support/readerWorker';
import { bestEngine, type SqlEngine } from '../../../src/sqlite/openSqlite';

beforeAll(() => buildReaderWorker());

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iot-hub-recording-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
let number = 0;
const newFile = (extension: string) => path.join(folder, `recording-${number++}.${extension}`);
const formats = ['jsonl', 'csv', 'sqlite'] as const;

const message = (n: number, body: string | Uint8Array = JSON.stringify({ n })): ReceivedMessage => ({
  partitionId: String(n % 4),
  sequenceNumber: n,
  enqueuedAt: Date.UTC(2026, 10, 24, 8) + n * 100,
  deviceId: `boiler-${n % 3}`,
  source: 'Telemetry',
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  body: typeof body === 'string' ? new Uint8Array(Buffer.from(body)) : body,
  systemProperties: { messageId: `m-${n}` },
  applicationProperties: { alert: n % 2 === 0, level: n },
});

async function record(
  format: (typeof formats)[number],
  messages: readonly ReceivedMessage[],
  file = newFile(format),
  rotateBytes?: number,
) {
  const recorder = await openRecorder({
    file,
    format,
    ...(rotateBytes === undefined ? {} : { rotateBytes }),
  });
  recorder.add(messages);
  await recorder.close();
  return recorder;
}

async function readAll(file: string): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for await (const batch of openRecording(file)) all.push(...batch);
  return all;
}

/** Bodies as text, for readable differences. */
const plain = (messages: readonly ReceivedMessage[]) =>
  messages.map((each) => ({ ...each, body: Buffer.from(each.body).toString('latin1') }));

const nasty = [
  '{"n":1}\0\0\0',
  '{"n":1}\0\0x',
  '[1]\0',
  '\0',
  '{"a":1.0,"b":12345678901234567890,"a":2}',
  '[1, 2]',
  '=SUM(A1:A9)',
  '+1',
  '-1',
  '@cmd',
  'two\r\nlines, "quoted"',
  '"base64:AAAA"',
  'base64:AAAA',
  '',
  ' ',
  'null',
  'ü 😀 \u0000 \u2028',
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
];

describe.each(formats)('recording as %s', (format) => {
  it('restores every message', async () => {
    const messages = nasty.map((body, n) => message(n, body));
    const { written, files } = await record(format, messages);
    expect(written).toBe(nasty.length);
    expect(plain(await readAll(files[0] ?? ''))).toEqual(plain(messages));
    expect(fs.statSync(files[0] ?? '').mode & 0o777).toBe(0o600);
  });

  it('restores any body, and properties with text and numbers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.uint8Array({ maxLength: 200 }),
            fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
          ),
          {
            minLength: 1,
            maxLength: 10,
          },
        ),
        async (contents) => {
          const messages = contents.map(([body, applicationProperties], n) => ({
            ...message(n, body),
            applicationProperties: { ...applicationProperties },
          }));
          const { files } = await record(format, messages);
          expect(plain(await readAll(files[0] ?? ''))).toEqual(plain(messages));
        },
      ),
      { numRuns: format === 'sqlite' ? 10 : 40 },
    );
  });

  it('can be appended to and summarized', async () => {
    const file = newFile(format);
    await record(format, [message(0), message(1)], file);
    await record(format, [message(2)], file);
    expect(await describeRecording(file)).toEqual({
      messages: 3,
      devices: ['boiler-0', 'boiler-1', 'boiler-2'],
      from: message(0).enqueuedAt,
      to: message(2).enqueuedAt,
      skipped: 0,
    });
  });

  it('restores 20,000 messages in order', async () => {
    const messages = Array.from({ length: 20_000 }, (_, n) => message(n));
    const { files } = await record(format, messages);
    const all = await readAll(files[0] ?? '');
    expect(all.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      messages.map(({ sequenceNumber }) => sequenceNumber),
    );
  });

  it('reports in one sentence why a file cannot be read', async () => {
    const file = newFile(format);
    fs.writeFileSync(file, 'this is not a recording\nat all\n');
    await expect(readAll(file)).rejects.toThrow(/^[^\n]+$/);
    await expect(readAll(`${file}.${format}`)).rejects.toThrow(/^[^\n]+$/);
  });
});

describe('JSON Lines and CSV recordings', () => {
  it.each(['jsonl', 'csv'] as const)('continue in another file (%s)', async (format) => {
    const { files } = await record(
      format,
      Array.from({ length: 5_000 }, (_, n) => message(n)),
      newFile(format),
      200_000,
    );
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(fs.statSync(file).size).toBeLessThan(1_000_000);
    const [first = '', second = ''] = files;
    // Neither a truncated nor an empty part stops reading.
    fs.truncateSync(second, fs.statSync(second).size - 20);
    fs.writeFileSync(first.replace(/(\.\w+)$/, `.${files.length + 1}$1`), '');
    const recording = openRecording(first);
    const read: number[] = [];
    let last = 0;
    for await (const batch of recording) {
      read.push(...batch.map(({ sequenceNumber }) => sequenceNumber));
      expect(recording.progress).toBeGreaterThanOrEqual(last);
      last = recording.progress;
    }
    const lost = read.findIndex((each, index) => each !== index);
    expect(read).toEqual([...Array.from({ length: 5_000 }, (_, n) => n).toSpliced(lost, 1)]);
    expect(recording.torn).toBe(true);
    expect(await describeRecording(first)).toMatchObject({ messages: 4_999, skipped: 0 });
  });

  it.each(['jsonl', 'csv'] as const)('stay in one file without rotation (%s)', async (format) => {
    const messages = Array.from({ length: 50 }, (_, n) => message(n));
    const { files } = await record(format, messages, newFile(format), 0);
    expect(files).toHaveLength(1);
    expect(fs.existsSync(files[0]?.replace(/(\.\w+)$/, '.2$1') ?? '')).toBe(false);
    expect(await readAll(files[0] ?? '')).toHaveLength(50);
  });

  it('continue in their last part, with and without rotation', async () => {
    const file = newFile('jsonl');
    const [first, then] = [0, 500].map((from) => Array.from({ length: 500 }, (_, n) => message(from + n)));
    const { files } = await record('jsonl', first ?? [], file, 50_000);
    expect(files.length).toBeGreaterThan(2);
    const again = await record('jsonl', then ?? [], file);
    expect(again.files).toEqual([files.at(-1)]);
    expect((await readAll(file)).map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      Array.from({ length: 1_000 }, (_, n) => n),
    );
  });

  it('start with the first part even if later parts of another recording exist', async () => {
    const file = newFile('jsonl');
    const left = file.replace('.jsonl', '.2.jsonl');
    await record('jsonl', [message(7)], left);
    const { files } = await record('jsonl', [message(0)], file, 50_000);
    expect(files).toEqual([file]);
    expect(fs.existsSync(file)).toBe(true);
  });

  it('report the file and the line that cannot be read', async () => {
    const { files } = await record(
      'jsonl',
      Array.from({ length: 500 }, (_, n) => message(n)),
      newFile('jsonl'),
      50_000,
    );
    fs.appendFileSync(files[1] ?? '', 'no message\n');
    const problems: string[] = [];
    const recording = openRecording(files[0] ?? '', { onProblem: (error) => problems.push(error.message) });
    let read = 0;
    for await (const batch of recording) read += batch.length;
    expect([read, recording.skipped]).toEqual([500, 1]);
    expect(problems.join()).toMatch(/^recording-\d+\.2\.jsonl, line \d+ was skipped: /);
  });

  it.each(['jsonl', 'csv'] as const)(
    'are read up to the last complete line if a line is truncated (%s)',
    async (format) => {
      const { files } = await record(format, [message(0), message(1), message(2)]);
      const [file = ''] = files;
      fs.truncateSync(file, fs.statSync(file).size - 20);
      const all = await readAll(file);
      expect(all.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1]);
      await record(format, [message(3)], file);
      expect((await readAll(file)).map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 3]);
    },
  );

  it.each<[string, (text: string, records: string[][]) => string | Buffer]>([
    [
      'semicolons',
      (_, rows) =>
        rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')).join('\r\n'),
    ],
    [
      'tabs',
      (_, rows) =>
        rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\t')).join('\n'),
    ],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['a line with the separator', (text) => `sep=,\r\n${text}`],
    [
      'a line with another separator',
      (_, rows) =>
        `\uFEFFsep=;\r\n${rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')).join('\r\n')}`,
    ],
    ['quoted names of columns', (text) => text.replace(/^.*/, (line) => line.replace(/[^,]+/g, '"$&"'))],
    [
      'empty columns',
      (text) => text.replace(/(\}"?)$/gm, '$1,,').replace(/systemProperties/, 'systemProperties,,'),
    ],
  ])('are read as a spreadsheet saves them, with %s', async (_, change) => {
    const { files } = await record('csv', [message(0), message(1, 'a;b "c"\n,d'), message(2)]);
    const [file = ''] = files;
    const before = await readAll(file);
    const text = fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trimEnd();
    const { data } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
    fs.writeFileSync(file, Buffer.concat([Buffer.from(change(text, data)), Buffer.from('\n')]));
    expect(await readAll(file)).toEqual(before);
  });

  it('in UTF-16 are named', async () => {
    const { files } = await record('csv', [message(0)]);
    const [file = ''] = files;
    fs.writeFileSync(file, Buffer.from(`\uFEFF${fs.readFileSync(file, 'utf8')}`, 'utf16le'));
    await expect(readAll(file)).rejects.toThrow('It is saved in UTF-16. Save it as CSV in UTF-8.');
  });

  it('have no cells that a spreadsheet would evaluate', async () => {
    const { files } = await record(
      'csv',
      nasty.map((body, n) => message(n, body)),
    );
    const cells = fs.readFileSync(files[0] ?? '', 'utf8').split(/[,\r\n]/);
    expect(cells.filter((cell) => /^"?[=+@]/.test(cell))).toEqual([]);
  });
});

/** Queries with another SQLite, as other programs do. */
const query = (file: string, statement: string) =>
  execFileSync('python3', [
    '-c',
    'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone())',
    file,
    statement,
  ])
    .toString()
    .trim();

// WebAssembly only, if Node has no built-in SQLite.
const engines = [...new Set<SqlEngine>(['wasm', bestEngine()])];

describe.skipIf(process.platform === 'win32').each(engines)('SQLite (%s)', (engine) => {
  it('can be queried by other programs, also during recording', async () => {
    const file = newFile('sqlite');
    const recorder = await openRecorder({ file, format: 'sqlite' }, engine);
    recorder.add(Array.from({ length: 10 }, (_, n) => message(n)));
    await recorder.flush();
    const statement =
      "select count(*), sum(json_extract(body, '$.n')) from message where device_id = 'boiler-1'";
    await expect.poll(() => query(file, statement)).toBe('(3, 12)');
    recorder.add([message(10)]);
    await recorder.close();
    expect(query(file, 'select count(*) from message')).toBe('(11,)');
    expect(query(file, 'pragma integrity_check')).toBe("('ok',)");
    expect(fs.readdirSync(folder).filter((name) => name.startsWith(path.basename(file)))).toEqual([
      path.basename(file),
    ]);
    const padded = newFile('sqlite');
    await record(
      'sqlite',
      [message(1, '{"n":1}\0\0'), message(2, '{"n":2}\0x'), message(3, '\0'), message(4, 'x\0')],
      padded,
    );
    expect(query(padded, "select group_concat(json_extract(json, '$.n')) from telemetry")).toBe("('1,2',)");
    const read: number[] = [];
    for await (const batch of openRecording(file, {}, engine)) {
      read.push(...batch.map(({ sequenceNumber }) => sequenceNumber));
    }
    expect(read).toEqual(Array.from({ length: 11 }, (_, n) => n));
  });
});

describe.skipIf(process.platform === 'win32')('killed recorder', () => {
  const program = path.join(folder, 'recordProgram.cjs');
  beforeAll(() => {
    buildSync({
      entryPoints: [path.resolve(__dirname, 'support/recordProgram.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['node-sqlite3-wasm'],
      logLevel: 'error',
    });
  });

  it.each([
    ...engines.map((engine) => ['sqlite', engine] as const),
    ['jsonl', undefined] as const,
    ['csv', undefined] as const,
  ])('leaves all messages that it reported as written on disk (%s, %s)', async (format, engine) => {
    const file = newFile(format);
    const child = fork(program, [file, format, ...(engine ? [engine] : [])], {
      env: { ...process.env, NODE_PATH: path.resolve(__dirname, '../../../node_modules') },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let recorded: unknown = 0;
    child.on('message', (written) => (recorded = written));
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    await expect.poll(() => recorded, { interval: 3 }).toBeGreaterThan(2_000);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const read: number[] = [];
    for await (const batch of openRecording(file)) {
      read.push(...batch.map(({ sequenceNumber }) => sequenceNumber));
    }
    expect(read.length).toBeGreaterThanOrEqual(Number(recorded));
    expect(read).toEqual(Array.from({ length: read.length }, (_, n) => n));
    // Recording can continue, although the killed process did not unlock the file.
    await record(format, [message(read.length)], file);
    expect((await readAll(file)).map(({ sequenceNumber }) => sequenceNumber)).toEqual([...read, read.length]);
    if (format === 'sqlite') expect(query(file, 'pragma integrity_check')).toBe("('ok',)");
  });
});

it('JSON before NUL bytes is a value of a line', async () => {
  const file = newFile('jsonl');
  await record('jsonl', [message(1, '{"n":1}\0\0')], file);
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ body: { n: 1 }, bodyPadding: 2 });
  expect(plain(await readAll(file))).toEqual(plain([message(1, '{"n":1}\0\0')]));
});
