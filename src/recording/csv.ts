import * as l10n from '@vscode/l10n';
import { formatCount } from '../core/base/numbers';
import { formatCsv, parseCsvRecord } from '../core/base/csv';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { TextFormat } from './textFormat';
import {
  base64Of,
  bytesOfBase64,
  isoOf,
  messageOf,
  propertiesFromJson,
  propertiesToJson,
  textOf,
  timeOf,
} from './values';

/** Names of the columns. */
export const columns = [
  'enqueuedTime',
  'deviceId',
  'moduleId',
  'partition',
  'sequenceNumber',
  'source',
  'contentType',
  'contentEncoding',
  'body',
  'properties',
  'systemProperties',
] as const;

/** RFC 4180; README.md describes how formulas are prevented. */
export const csvWith = (separator: string): TextFormat => ({
  header: formatCsv([columns]),
  hasQuotedLines: true,
  encode,
  decode: (record) => decode(record, separator),
});

/** As it is recorded. */
export const csv = csvWith(',');

function encode(message: ReceivedMessage): string {
  const text = textOf(message.body);
  const cells = [
    isoOf(message.enqueuedAt) ?? '',
    optionalCell(message.deviceId),
    optionalCell(message.moduleId),
    optionalCell(message.partitionId),
    String(message.sequenceNumber),
    optionalCell(message.source),
    optionalCell(message.contentType),
    optionalCell(message.contentEncoding),
    text === undefined ? `base64:${base64Of(message.body)}` : safeCell(text),
    safeCell(propertiesToJson(message.applicationProperties)),
    safeCell(propertiesToJson(message.systemProperties)),
  ];
  return formatCsv([cells]);
}

/** Without the cells themselves, which may be millions. */
function countCells(record: string, separator: string): number {
  let count = 1;
  let isQuoted = false;
  let isAtStart = true;
  for (const character of record) {
    if (character === '"' && (isAtStart || isQuoted)) isQuoted = !isQuoted;
    else if (character === '"') isQuoted = true;
    else if (character === separator && !isQuoted) count++;
    isAtStart = character === separator && !isQuoted;
  }
  return count;
}

function decode(record: string, separator: string): ReceivedMessage {
  const whole = withoutEmptyColumns(record, separator);
  const count = countCells(whole, separator);
  if (count !== columns.length) {
    throw new Error(
      l10n.t('The record has {0} cells; expected {1}.', formatCount(count), formatCount(columns.length)),
    );
  }
  const cells = parseCsvRecord(whole, separator);
  const cell = (name: (typeof columns)[number]) => cells[columns.indexOf(name)] ?? '';
  const optional = (name: (typeof columns)[number]) =>
    cell(name) === '' ? undefined : textOfCell(cell(name));
  return messageOf({
    partitionId: optional('partition') ?? '',
    sequenceNumber: cell('sequenceNumber') === '' ? NaN : Number(cell('sequenceNumber').replace(',', '.')),
    enqueuedAt: timeOf(cell('enqueuedTime')),
    deviceId: optional('deviceId'),
    moduleId: optional('moduleId'),
    source: optional('source'),
    contentType: optional('contentType'),
    contentEncoding: optional('contentEncoding'),
    body: bytesOfCell(cell('body')),
    applicationProperties: propertiesOfCell(cell('properties')),
    systemProperties: propertiesOfCell(cell('systemProperties')),
  });
}

const maxAddedColumns = 100;

/** Without columns that a spreadsheet has added. The last one of a recording is never empty. */
function withoutEmptyColumns(record: string, separator: string): string {
  let end = record.length;
  while (end > 0 && record.charAt(end - 1) === separator) end--;
  return record.length - end > maxAddedColumns ? record : record.slice(0, end);
}

function propertiesOfCell(cell: string): Record<string, unknown> {
  try {
    return propertiesFromJson(textOfCell(cell));
  } catch {
    throw new Error(l10n.t('The properties are not valid JSON.'));
  }
}

/** Text that a spreadsheet may interpret as a formula, or that would be ambiguous in this format. */
const needsMark = /^(?:[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r\n']|base64:)/;
/** Would start a cell in programs that split at `;` or tabs and therefore ignore the quotes. */
const hidesFormula = /[;\t\r\n]"*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

function safeCell(text: string): string {
  if (hidesFormula.test(text)) return `base64:${Buffer.from(text).toString('base64')}`;
  return needsMark.test(text) ? `'${text}` : text;
}

/** An empty cell means no value; an empty text is written as the mark only. */
function optionalCell(text: string | undefined): string {
  if (text === undefined) return '';
  return text === '' ? "'" : safeCell(text);
}

function bytesOfCell(cell: string): Uint8Array {
  if (cell.startsWith('base64:')) return bytesOfBase64(cell.slice('base64:'.length));
  return Buffer.from(cell.startsWith("'") ? cell.slice(1) : cell);
}

function textOfCell(cell: string): string {
  return Buffer.from(bytesOfCell(cell)).toString('utf8');
}
