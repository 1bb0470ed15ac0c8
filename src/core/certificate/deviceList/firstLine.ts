/** Words in names of columns, in the languages of the extension. */
const words =
  /\b(?:devices?|ids?|names?|serial|number|key|location|type|ger(?:ä|ae)te?|kennung|bezeichnung|nummer|standort)\b|设备|名称|编号|位置/i;
const numeric = /^[+-]?\d+(?:[.,:/-]\d+)*%?$/;

/**
 * Whether the first row of a table looks unlike the others, so that it may name the columns: its first cell has another
 * form than all others, it contains words of column names, or it has text above numbers.
 */
export function isUnlike(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const [next] = rest;
  if (!next) return false;
  const start = cellOf(first, 0);
  if (namesColumn(start) && !rest.some((row) => namesColumn(cellOf(row, 0)))) return true;
  const form = formOf(cellOf(next, 0));
  const haveSameForm = rest.every((row) => formOf(cellOf(row, 0)) === form);
  // Two lines of different forms say nothing about which of them is the heading.
  if (rest.length > 1 && haveSameForm && formOf(start) !== form) return true;
  return first.some((cell, at) => {
    const below = rest.map((row) => cellOf(row, at)).filter((text) => text !== '');
    return (
      at > 0 &&
      cell.trim() !== '' &&
      !numeric.test(cell.trim()) &&
      below.length > 0 &&
      below.every((text) => numeric.test(text))
    );
  });
}

const cellOf = (row: readonly string[], at: number) => (row[at] ?? '').trim();

/** `deviceId` and `Device_ID` are words too. */
const namesColumn = (cell: string) =>
  !/\d/.test(cell) && words.test(cell.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' '));

/** `dev-001` and `gateway-17` have the same form. */
const formOf = (text: string) => text.replace(/\p{L}+/gu, 'a').replace(/\d+/g, '9');
