import fs from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { abortError, isAbort } from '../core/base/abort';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { SqlEngine } from '../sqlite/openSqlite';
import { csv } from './csv';
import { csvDialect, type CsvDialect } from './csvDialect';
import { notARecording, readFailure } from './failures';
import { jsonl } from './jsonl';
import { recordingParts } from './parts';
import { readDatabase } from './readDatabase';
import type { ReadItem } from './readItem';
import { readRecords, type ReadRecord } from './records';
import type { TextFormat } from './textFormat';
import type {
  DescribeOptions,
  OpenRecordingOptions,
  Recording,
  RecordingFormat,
  RecordingSummary,
} from './types';

const batchMessages = 500;
const batchBytes = 8 * 1024 * 1024;
const maxReported = 20;

/**
 * Opens a recording with all its parts (`recordingParts`); the format is detected from the content. Reading starts with
 * the iteration.
 * @param engine overrides the SQLite engine
 */
export function openRecording(
  file: string,
  options: OpenRecordingOptions = {},
  engine?: SqlEngine,
): Recording {
  return new FileRecording(path.resolve(file), options, engine);
}

/** Reads devices, times and the number of messages; rejects like the iteration of a recording. */
export async function describeRecording(
  file: string,
  options: DescribeOptions = {},
): Promise<RecordingSummary> {
  const recording = openRecording(file, options);
  const devices = new Set<string>();
  let messages = 0;
  let from = Infinity;
  let to = -Infinity;
  for await (const batch of recording) {
    messages += batch.length;
    for (const { deviceId, enqueuedAt } of batch) {
      if (deviceId !== undefined) devices.add(deviceId);
      if (enqueuedAt < from) from = enqueuedAt;
      if (enqueuedAt > to) to = enqueuedAt;
    }
    options.onProgress?.(recording.progress, messages);
  }
  return {
    messages,
    devices: [...devices].sort(),
    from: Number.isFinite(from) ? from : undefined,
    to: Number.isFinite(to) ? to : undefined,
    skipped: recording.skipped,
  };
}

class FileRecording implements Recording {
  skipped = 0;
  torn = false;
  progress = 0;

  constructor(
    private readonly file: string,
    private readonly options: OpenRecordingOptions,
    private readonly engine: SqlEngine | undefined,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedMessage[]> {
    this.skipped = 0;
    this.torn = false;
    try {
      yield* this.batches();
    } catch (error) {
      throw isAbort(error) ? error : readFailure(error, this.file);
    }
  }

  private async *batches(): AsyncGenerator<ReceivedMessage[]> {
    let batch: ReceivedMessage[] = [];
    let bytes = 0;
    let isEmpty = true;
    this.checkSignal();
    for await (const item of await this.items()) {
      if (item.kind !== 'message') {
        this.skip(item);
        continue;
      }
      isEmpty = false;
      this.progress = item.progress;
      batch.push(item.message);
      bytes += item.message.body.length;
      if (batch.length < batchMessages && bytes < batchBytes) continue;
      yield batch;
      this.checkSignal();
      batch = [];
      bytes = 0;
    }
    if (isEmpty && this.skipped > 0) throw notARecording(this.file, l10n.t('No line contains a message.'));
    this.progress = 1;
    if (batch.length > 0) yield batch;
  }

  private checkSignal(): void {
    if (this.options.signal?.aborted) throw abortError();
  }

  private skip(item: Exclude<ReadItem, { kind: 'message' }>): void {
    this.checkSignal();
    if (item.kind === 'torn') {
      this.torn = true;
      return;
    }
    this.skipped++;
    if (this.skipped > maxReported) return;
    const text = l10n.t('{0} was skipped: {1}', item.location, item.reason);
    this.options.onProblem?.(new IotError('invalidInput', text, { detail: this.file }));
  }

  private async items(): Promise<AsyncIterable<ReadItem>> {
    switch (await formatOf(this.file)) {
      case 'sqlite':
        return readDatabase(this.file, this.engine, this.options.signal);
      case 'csv':
        return readText(this.file, csv);
      case 'jsonl':
        return readText(this.file, jsonl);
    }
  }
}

const beginningBytes = 1024;

/** Detects the format from the content, or from the extension of an empty file, which is an empty recording. */
async function formatOf(file: string): Promise<RecordingFormat> {
  await checkFile(file);
  const beginning = await beginningOf(file);
  if (beginning.slice(0, 16) === 'SQLite format 3\0') return 'sqlite';
  if (beginning.trimStart().startsWith('{')) return 'jsonl';
  if (csvDialect(beginning) ?? (beginning !== '' && csv.header.startsWith(beginning))) return 'csv';
  if (/^(?:\u00FF\u00FE|\u00FE\u00FF)/.test(beginning))
    throw notARecording(file, l10n.t('It is saved in UTF-16. Save it as CSV in UTF-8.'));
  const extension = path.extname(file).toLowerCase();
  if (beginning !== '')
    throw notARecording(file, l10n.t('It is not a JSON Lines, CSV, or SQLite file of a recording.'));
  return extension === '.csv' ? 'csv' : 'jsonl';
}

/** A pipe or a device has no end, or blocks a thread. */
async function checkFile(file: string): Promise<void> {
  if (!(await fs.promises.stat(file)).isFile()) throw notARecording(file, l10n.t('It is not a file.'));
}

async function beginningOf(file: string): Promise<string> {
  const handle = await fs.promises.open(file, 'r');
  try {
    const bytes = Buffer.alloc(beginningBytes);
    const { bytesRead } = await handle.read(bytes, 0, beginningBytes, 0);
    return bytes.subarray(0, bytesRead).toString('latin1');
  } finally {
    await handle.close();
  }
}

/** How a file is read. A CSV file may end within its header. */
function layoutOf(beginning: string, format: TextFormat): CsvDialect {
  if (format.header === '') return { format, start: 0, line: 1 };
  const isOnlyHeader = beginning !== '' && format.header.startsWith(beginning);
  return csvDialect(beginning) ?? { format, start: isOnlyHeader ? beginning.length : 0, line: 1 };
}

/** Reads all parts; the progress is relative to their total size. */
async function* readText(first: string, format: TextFormat): AsyncGenerator<ReadItem> {
  const parts = await recordingParts(first);
  const sizes = await Promise.all(parts.map(async (file) => (await fs.promises.stat(file)).size));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  for (const [index, file] of parts.entries()) {
    yield* readPart(file, format, (end) => Math.min(1, (before + end) / all));
    before += sizes[index] ?? 0;
  }
}

async function* readPart(
  file: string,
  format: TextFormat,
  progressAt: (end: number) => number,
): AsyncGenerator<ReadItem> {
  await checkFile(file);
  const layout = layoutOf(await beginningOf(file), format);
  const handle = await fs.promises.open(file, 'r');
  try {
    for await (const record of readRecords(handle, layout.format, layout.start, layout.line)) {
      yield itemOf(record, file, progressAt);
    }
  } finally {
    await handle.close();
  }
}

function itemOf(record: ReadRecord, file: string, progressAt: (end: number) => number): ReadItem {
  switch (record.kind) {
    case 'message':
      return { kind: 'message', message: record.message, progress: progressAt(record.end) };
    case 'bad':
      return {
        kind: 'bad',
        location: l10n.t('{0}, line {1}', path.basename(file), String(record.line)),
        reason: record.reason,
      };
    case 'torn':
      return { kind: 'torn' };
  }
}
