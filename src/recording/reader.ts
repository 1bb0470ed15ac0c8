import fs from 'node:fs';
import path from 'node:path';
import { abortError, isAbort } from '../core/base/abort';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { SqlEngine } from '../sqlite/openSqlite';
import { csv } from './csv';
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
 * Reads a file and the parts that follow it (`recordingParts`); the format is that of its content. Nothing happens
 * before it is iterated.
 * @param engine of SQLite, when it must be a certain one
 */
export function openRecording(
  file: string,
  options: OpenRecordingOptions = {},
  engine?: SqlEngine,
): Recording {
  return new FileRecording(path.resolve(file), options, engine);
}

/** Devices, times and number of messages by one pass; rejects as iterating a recording does. */
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
    if (isEmpty && this.skipped > 0) throw notARecording(this.file, 'none of its lines holds one');
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
    const text = `${item.place} is skipped: ${item.why}.`;
    this.options.onProblem?.(new IotError('invalidInput', text, { detail: this.file }));
  }

  private async items(): Promise<AsyncIterable<ReadItem>> {
    switch (await formatOf(this.file)) {
      case 'sqlite':
        return readDatabase(this.file, this.engine);
      case 'csv':
        return readText(this.file, csv);
      case 'jsonl':
        return readText(this.file, jsonl);
    }
  }
}

const beginningBytes = 1024;

/** By content, and by extension where the content does not tell: an empty file is an empty recording. */
async function formatOf(file: string): Promise<RecordingFormat> {
  const beginning = await beginningOf(file);
  if (beginning.startsWith('SQLite format 3\0')) return 'sqlite';
  if (beginning.trimStart().startsWith('{')) return 'jsonl';
  if (headerLength(beginning, csv) !== undefined) return 'csv';
  const extension = path.extname(file).toLowerCase();
  if (beginning !== '')
    throw notARecording(file, 'it is neither JSON lines, CSV nor SQLite as they are recorded');
  return extension === '.csv' ? 'csv' : 'jsonl';
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

/** Of the file's header in bytes, 0 where it was cut off; other programs save it with `\n` or a byte order mark. */
function headerLength(beginning: string, format: TextFormat): number | undefined {
  const header = format.header.trimEnd();
  if (header === '') return 0;
  const found = new RegExp(`^(?:\u00EF\u00BB\u00BF)?${header}\r?\n`).exec(beginning);
  if (found) return found[0].length;
  return beginning !== '' && format.header.startsWith(beginning) ? beginning.length : undefined;
}

/** All parts; how far it is counts in bytes of all. */
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
  const start = headerLength(await beginningOf(file), format) ?? 0;
  const handle = await fs.promises.open(file, 'r');
  try {
    for await (const record of readRecords(handle, format, start, start > 0 ? 2 : 1)) {
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
      return { kind: 'bad', place: `${path.basename(file)}, line ${record.line}`, why: record.why };
    case 'torn':
      return { kind: 'torn' };
  }
}
