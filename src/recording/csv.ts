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

const columns = [
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

/** RFC 4180; README.md says how cells are kept from being formulas. */
export const csv: TextFormat = {
  header: `${columns.join(',')}\r\n`,
  hasQuotedLines: true,
  encode,
  decode,
};

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
  return `${cells.map(quoted).join(',')}\r\n`;
}

function decode(record: string): ReceivedMessage {
  const cells = splitRecord(record);
  if (cells.length !== columns.length) {
    throw new Error(`it has ${cells.length} cells instead of ${columns.length}`);
  }
  const cell = (name: (typeof columns)[number]) => cells[columns.indexOf(name)] ?? '';
  const optional = (name: (typeof columns)[number]) =>
    cell(name) === '' ? undefined : textOfCell(cell(name));
  return messageOf({
    partitionId: optional('partition') ?? '',
    sequenceNumber: cell('sequenceNumber') === '' ? NaN : Number(cell('sequenceNumber')),
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

function propertiesOfCell(cell: string): Record<string, unknown> {
  try {
    return propertiesFromJson(textOfCell(cell));
  } catch {
    throw new Error('its properties are no JSON');
  }
}

// The full-width signs too: some spreadsheets take them for the narrow ones.
const formula = '[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20]';
/** What a spreadsheet may take for a formula, or what this format would take for its own marks. */
const needsMark = new RegExp(`^(?:${formula}|[\\t\\r\\n']|base64:)`);
/** Would begin a cell where the program splits at `;` or tabs, or does not see the quotes therefore. */
const hidesFormula = new RegExp(`[;\\t\\r\\n]"*${formula}`);

function safeCell(text: string): string {
  if (hidesFormula.test(text)) return `base64:${Buffer.from(text).toString('base64')}`;
  return needsMark.test(text) ? `'${text}` : text;
}

/** An empty cell is no value, so that of an empty text is a mark alone. */
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

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The cells of one record; throws where a quote is at no place for it. */
function splitRecord(record: string): string[] {
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    const end = record[at] === '"' ? endOfQuotes(record, at) : endOfPlain(record, at);
    const cell = record.slice(at, end);
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === record.length) return cells;
    if (record[end] !== ',') throw unpaired();
    at = end;
  }
}

const unpaired = () => new Error('its quotes do not pair');

function endOfQuotes(record: string, start: number): number {
  for (let at = start + 1; ; at += 2) {
    at = record.indexOf('"', at);
    if (at < 0) throw unpaired();
    if (record[at + 1] !== '"') return at + 1;
  }
}

function endOfPlain(record: string, start: number): number {
  const comma = record.indexOf(',', start);
  const end = comma < 0 ? record.length : comma;
  if (record.slice(start, end).includes('"')) throw unpaired();
  return end;
}
