import type fs from 'node:fs';
import * as l10n from '@vscode/l10n';
import { formatMegabytes } from '../core/base/numbers';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { TextFormat } from './textFormat';

export type ReadRecord =
  | { readonly kind: 'message'; readonly message: ReceivedMessage; readonly end: number }
  /** `reason`: a sentence. */
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string; readonly end: number }
  /** The last record, truncated; `start`: its offset. */
  | { readonly kind: 'torn'; readonly line: number; readonly start: number; readonly end: number };

const chunkBytes = 1024 * 1024;
/** Limits the effect of an unclosed quote; messages of IoT Hub have at most 256 KB. */
const maxRecordBytes = 16 * 1024 * 1024;
const newline = 0x0a;
const quote = 0x22;
/** Start of a record of a CSV recording, where reading continues after a damaged one. */
const recordStart = /\n(?="?\d{4}-\d\d-\d\dT[\d:.]+Z"?[,;\t|])/;

/** The records of an open file from offset `from`, which is the start of line `line`. Offsets are in bytes. */
export async function* readRecords(
  file: fs.promises.FileHandle,
  format: TextFormat,
  from: number,
  line: number,
): AsyncGenerator<ReadRecord> {
  let pending = Buffer.alloc(0);
  let position = from;
  for (let isAtEnd = false; !isAtEnd;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position + pending.length);
    isAtEnd = bytesRead === 0;
    pending = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    let start = 0;
    while (start < pending.length) {
      const found = nextRecord(pending, start, format, isAtEnd);
      if (!found) break;
      if (found.outcome !== 'blank') {
        yield describe(found.outcome, found.hasLineEnd, {
          line,
          start: position + start,
          end: position + found.end,
        });
      }
      line += countOf(pending.subarray(start, found.end), newline);
      start = found.end;
    }
    pending = pending.subarray(start);
    position += start;
  }
}

interface FoundRecord {
  /** Offset after the record and its line break. */
  readonly end: number;
  readonly hasLineEnd: boolean;
  readonly outcome: ReceivedMessage | Error | 'blank';
}

function describe(
  outcome: ReceivedMessage | Error,
  hasLineEnd: boolean,
  at: { readonly line: number; readonly start: number; readonly end: number },
): ReadRecord {
  if (!(outcome instanceof Error)) return { kind: 'message', message: outcome, end: at.end };
  if (!hasLineEnd) return { kind: 'torn', ...at };
  return { kind: 'bad', line: at.line, reason: outcome.message, end: at.end };
}

/** `undefined` if more has to be read first. */
function nextRecord(
  bytes: Buffer,
  start: number,
  format: TextFormat,
  isAtEnd: boolean,
): FoundRecord | undefined {
  const lineEnd = endOfRecord(bytes, start, format.hasQuotedLines);
  const isTooLong = (lineEnd ?? bytes.length) - start > maxRecordBytes;
  if (lineEnd === undefined && !isAtEnd && !isTooLong) return undefined;
  const end = lineEnd ?? bytes.length;
  const outcome = isTooLong
    ? new Error(l10n.t('The record exceeds {0}.', formatMegabytes(maxRecordBytes)))
    : decoded(
        bytes
          .subarray(start, end)
          .toString('utf8')
          .replace(/\r?\n$/, ''),
        format,
      );
  if (!(outcome instanceof Error) || !format.hasQuotedLines) {
    return { end, hasLineEnd: lineEnd !== undefined || isTooLong, outcome };
  }
  const resume = recordStart.exec(bytes.subarray(start, end).toString('latin1'));
  if (!resume) return { end, hasLineEnd: lineEnd !== undefined || isTooLong, outcome };
  return { end: start + resume.index + 1, hasLineEnd: true, outcome };
}

function decoded(record: string, format: TextFormat): ReceivedMessage | Error | 'blank' {
  if (record.trim() === '') return 'blank';
  try {
    return format.decode(record);
  } catch (error) {
    if (error instanceof RangeError) return new Error(l10n.t('The record is nested too deeply.'));
    return error instanceof Error ? error : new Error(String(error));
  }
}

function endOfRecord(bytes: Buffer, start: number, hasQuotedLines: boolean): number | undefined {
  let isQuoted = false;
  for (let from = start; ;) {
    const end = bytes.indexOf(newline, from);
    if (end < 0) return undefined;
    if (hasQuotedLines && countOf(bytes.subarray(from, end), quote) % 2 === 1) isQuoted = !isQuoted;
    if (!isQuoted) return end + 1;
    from = end + 1;
  }
}

function countOf(bytes: Buffer, wanted: number): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count++;
  return count;
}
