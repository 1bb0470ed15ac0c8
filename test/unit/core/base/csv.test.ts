import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsv, parseCsvRecord, parseDelimited } from '../../../../src/core/base/csv';

const cell = fc.string({ unit: fc.constantFrom(...'ab ",;\t\r\n\'=+é\u{1F600}'), maxLength: 8 });
const cells = fc.array(cell, { minLength: 2, maxLength: 5 });

describe('CSV', () => {
  it('reads every record it writes', () => {
    fc.assert(
      fc.property(cells, (row) => {
        const text = formatCsv([row]);
        expect(text.endsWith('\r\n')).toBe(true);
        expect(parseCsvRecord(text.slice(0, -2))).toEqual(row);
      }),
    );
  });

  it('quotes cells that contain separators of other programs', () => {
    expect(formatCsv([['a;b', 'c\td', 'e,f', 'g"h', 'i\nj', 'k']])).toBe(
      '"a;b","c\td","e,f","g""h","i\nj",k\r\n',
    );
    expect(formatCsv([])).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\uFF1D1'])(
    'escapes %j so that spreadsheets do not evaluate it',
    (text) => {
      const [first] = parseCsvRecord(formatCsv([[text, 'a']], { escapeFormulas: true }).slice(0, -2));
      expect(first).toBe(`'${text}`);
    },
  );

  it.each(['"a', '"a"b,c', 'a,"', 'a"\nb,c"'])('rejects the record %j', (record) => {
    expect(() => parseCsvRecord(record)).toThrow('its quotes do not pair');
  });
});

describe('delimited text', () => {
  it('is split at the first kind of separator outside quotes and comments', () => {
    const rows = (text: string) => parseDelimited(text).map((row) => row.cells);
    expect(rows('// a, b\n"x,1";y\nz')).toEqual([['// a, b'], ['x,1', 'y'], ['z']]);
    expect(rows('a\tb;c')).toEqual([['a', 'b;c']]);
    expect(rows('a,b\tc')).toEqual([['a', 'b\tc']]);
  });

  it('counts lines with any line ending, including those inside quotes', () => {
    const lines = parseDelimited('\uFEFFa\r\n"b\r\nc",d\r\re').map(({ line }) => line);
    expect(lines).toEqual([1, 2, 4, 5]);
  });
});
