import * as l10n from '@vscode/l10n';
import Papa from 'papaparse';
import { IotError } from '../errors';

/** One row of a delimited text. */
export interface CsvRow {
  /** Of the text, from 1: the line that the row starts in. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Signs with which a formula starts in a spreadsheet. Some spreadsheets also accept the full-width ones. */
const startsFormula = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r]/;
/** Other than commas and quotes, these separate cells where a program does not follow RFC 4180. */
const separates = /[;\t]/;

/**
 * The cells of one RFC 4180 record without its line end.
 * @throws Error with a clause as its message when a quote is not closed or the text is more than one record
 */
export function parseCsvRecord(record: string, separator = ','): readonly string[] {
  const { data, errors } = parse(record, separator);
  const [cells = ['']] = data;
  if (errors.length > 0 || data.length > 1) throw new Error('its quotes do not pair');
  return cells;
}

/**
 * The rows of a text written by hand or exported from another program: separated by commas, semicolons or tabs,
 * with line ends of any system and with or without a byte order mark.
 * @throws IotError when a quote is not closed
 */
export function parseDelimited(text: string): readonly CsvRow[] {
  const whole = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  // Excel reads and writes the separator in the first line.
  const [instruction = '', separator] = /^"?sep=([,;\t|])"?[,;\t]*(?:\n|$)/i.exec(whole) ?? [];
  const lines = whole.slice(instruction.length);
  const { data, errors } = parse(lines, separator ?? delimiterOf(lines));
  const [firstError] = errors;
  const rows: CsvRow[] = [];
  let line = instruction === '' ? 1 : 2;
  for (const [index, cells] of data.entries()) {
    if (firstError?.row === index) {
      throw new IotError('invalidInput', l10n.t('A quotation mark in line {0} is not closed.', line));
    }
    rows.push({ line, cells });
    line += 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
  }
  return rows;
}

/**
 * Rows as RFC 4180 text, each with its line end.
 * @param escapeFormulas puts `'` before cells that a spreadsheet would run as a formula
 */
export function formatCsv(
  rows: readonly (readonly string[])[],
  { escapeFormulas = false }: { readonly escapeFormulas?: boolean } = {},
): string {
  if (rows.length === 0) return '';
  const text = Papa.unparse(
    rows.map((row) => [...row]),
    {
      newline: '\r\n',
      quotes: (cell: unknown) => separates.test(String(cell)),
      escapeFormulae: escapeFormulas ? startsFormula : false,
    },
  );
  return `${text}\r\n`;
}

const parse = (text: string, delimiter: string) =>
  Papa.parse<string[]>(text, { delimiter, newline: '\n', skipEmptyLines: false });

/** The first separator outside quotes. Comment lines do not count. */
function delimiterOf(text: string): string {
  const rows = text.split('\n').filter((line) => !line.trimStart().startsWith('//'));
  const bare = rows.join('\n').replace(/"[^"]*"/g, '');
  return /[,;\t]/.exec(bare)?.[0] ?? ',';
}
