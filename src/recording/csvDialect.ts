import { columns, csvWith } from './csv';
import type { TextFormat } from './textFormat';

export interface CsvDialect {
  readonly format: TextFormat;
  /** Offset of the first record in bytes, and its line. */
  readonly start: number;
  readonly line: number;
}

const mark = '\u00EF\u00BB\u00BF';

/**
 * How a CSV recording is saved: a spreadsheet may have changed the separator, quoted the names of the columns, and added
 * empty columns, a byte order mark, or a line that names the separator. `undefined` if it is not a recording.
 * @param beginning of the file; a character is a byte
 */
export function csvDialect(beginning: string): CsvDialect | undefined {
  const from = beginning.startsWith(mark) ? mark.length : 0;
  const [instruction = '', named] = /^"?sep=([,;\t|])"?[,;\t]*\r?\n/i.exec(beginning.slice(from)) ?? [];
  const header = beginning.slice(from + instruction.length);
  const end = header.indexOf('\n') + 1;
  if (end === 0) return undefined;
  const line = header.slice(0, end).trimEnd();
  const separator = (named === undefined ? [',', ';', '\t'] : [named]).find((sign) => isHeader(line, sign));
  if (separator === undefined) return undefined;
  return {
    format: csvWith(separator),
    start: from + instruction.length + end,
    line: instruction === '' ? 2 : 3,
  };
}

function isHeader(line: string, separator: string): boolean {
  const cells = line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, '').toLowerCase());
  return (
    columns.every((name, at) => cells[at] === name.toLowerCase()) &&
    cells.slice(columns.length).every((cell) => cell === '')
  );
}
