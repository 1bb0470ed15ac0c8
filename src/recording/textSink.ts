import fs from 'node:fs';
import * as l10n from '@vscode/l10n';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import { notARecording, writeFailure } from './failures';
import { fileExists, partPath, recordingParts } from './parts';
import { readRecords, type ReadRecord } from './records';
import type { Sink } from './sink';
import type { TextFormat } from './textFormat';

const mode = 0o600;

/**
 * Opens or creates a text file, or continues in its last part. A truncated last line of an existing file is removed.
 * @throws IotError
 */
export async function openTextSink(file: string, format: TextFormat, rotateBytes = 0): Promise<Sink> {
  // Parts without the first one belong to another recording.
  const parts = (await fileExists(file)) ? await recordingParts(file) : [file];
  const current = parts.at(-1) ?? file;
  try {
    const size = await prepare(current, format);
    return new TextSink(file, format, rotateBytes > 0 ? rotateBytes : Infinity, parts.length, size);
  } catch (error) {
    throw writeFailure(error, current);
  }
}

class TextSink implements Sink {
  bytes = 0;
  readonly files: string[];

  constructor(
    private readonly file: string,
    private readonly format: TextFormat,
    private readonly rotateBytes: number,
    private part: number,
    /** Size of the current part. */
    private size: number,
  ) {
    this.files = [partPath(file, part)];
  }

  async write(messages: readonly ReceivedMessage[]): Promise<number> {
    const lines = messages.map((message) => Buffer.from(this.format.encode(message)));
    let count = this.fitting(lines);
    if (count === 0) {
      await this.rotate();
      count = this.fitting(lines);
    }
    await this.append(Buffer.concat(lines.slice(0, count)));
    return count;
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private get current(): string {
    return partPath(this.file, this.part);
  }

  /** How many of the lines fit into the current part; an empty part accepts at least one. */
  private fitting(lines: readonly Buffer[]): number {
    let size = this.size;
    const index = lines.findIndex((line) => {
      const isFirst = size <= this.format.header.length;
      size += line.length;
      return size > this.rotateBytes && !isFirst;
    });
    return index < 0 ? lines.length : index;
  }

  private async rotate(): Promise<void> {
    for (let part = this.part + 1; ; part++) {
      try {
        const file = await fs.promises.open(partPath(this.file, part), 'ax', mode);
        await file.close();
        this.part = part;
        this.size = 0;
        this.files.push(this.current);
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }

  /** Opens the file each time: writing to the handle of a deleted file would not fail. */
  private async append(lines: Buffer): Promise<void> {
    const file = await fs.promises.open(this.current, 'a', mode);
    try {
      const { size } = await file.stat();
      const data = size === 0 ? Buffer.concat([Buffer.from(this.format.header), lines]) : lines;
      await writeWhole(file, data, size);
      this.size = size + data.length;
      this.bytes += data.length;
    } finally {
      await file.close();
    }
  }
}

/** Writes all data, or none if the disk is full. */
async function writeWhole(file: fs.promises.FileHandle, data: Buffer, size: number): Promise<void> {
  try {
    for (let done = 0; done < data.length;) {
      done += (await file.write(data, done, data.length - done)).bytesWritten;
    }
  } catch (error) {
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}

/** Creates the file, or prepares an existing one for appending. @returns its size */
async function prepare(path: string, format: TextFormat): Promise<number> {
  const made = await fs.promises.open(path, 'wx+', mode).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const file = made ?? (await fs.promises.open(path, 'r+'));
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw notARecording(path, l10n.t('It is not a file.'));
    if (stat.size === 0 || (await isTornHeader(file, stat.size, format))) {
      await file.truncate(0);
      await file.write(format.header, 0);
    } else {
      await checkStart(file, path, format);
      await repairEnd(file, stat.size, format);
    }
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function isTornHeader(
  file: fs.promises.FileHandle,
  size: number,
  format: TextFormat,
): Promise<boolean> {
  if (size >= format.header.length) return false;
  return format.header.startsWith(await textAt(file, 0, size));
}

/** Rejects files that are not recordings, which must not be changed. */
async function checkStart(file: fs.promises.FileHandle, path: string, format: TextFormat): Promise<void> {
  const reason = l10n.t('Select another file to record to.');
  const { header } = format;
  if (header !== '') {
    if ((await textAt(file, 0, header.length)) !== header) throw notARecording(path, reason);
    return;
  }
  const first = (await readRecords(file, format, 0, 1).next()).value as ReadRecord | undefined;
  const beginning = '{"enqueuedTime":';
  const isOurs =
    first?.kind === 'message' ||
    (first?.kind === 'torn' && beginning.startsWith(await textAt(file, 0, beginning.length)));
  if (!isOurs) throw notARecording(path, reason);
}

async function textAt(file: fs.promises.FileHandle, position: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead).toString('latin1');
}

/** More than the longest record, so that it contains the start of one. */
const endBytes = 32 * 1024 * 1024;

/** Removes a truncated last line, and terminates a complete one that has no line break. */
async function repairEnd(file: fs.promises.FileHandle, size: number, format: TextFormat): Promise<void> {
  let last: ReadRecord | undefined;
  for await (const record of readRecords(file, format, await someRecord(file, size, format), 1))
    last = record;
  if (last?.kind === 'torn') await file.truncate(last.start);
  else if ((await textAt(file, size - 1, 1)) !== '\n') {
    await file.write(format.hasQuotedLines ? '\r\n' : '\n', size);
  }
}

/** Offset of a record within the last bytes of a large file. */
async function someRecord(file: fs.promises.FileHandle, size: number, format: TextFormat): Promise<number> {
  if (size <= endBytes) return format.header.length;
  const text = await textAt(file, size - endBytes, endBytes);
  const found = format.hasQuotedLines ? text.search(/\n\d{4}-\d\d-\d\dT[\d:.]+Z,/) : text.indexOf('\n');
  return found < 0 ? format.header.length : size - endBytes + found + 1;
}
