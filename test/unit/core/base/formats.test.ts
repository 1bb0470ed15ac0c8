import { afterEach, describe, expect, it } from 'vitest';
import {
  clockTime,
  formatDate,
  formatDateTime,
  formatTime,
  preciseClockTime,
} from '../../../../src/core/base/dates';
import { displayLocale, perLocale, setDisplayLocale } from '../../../../src/core/base/displayLocale';
import { listText, shortList } from '../../../../src/core/base/lists';
import {
  formatBytes,
  formatCount,
  formatMegabytes,
  formatMilliseconds,
  formatValue,
} from '../../../../src/core/base/numbers';

afterEach(() => setDisplayLocale('en-US'));
const at = new Date(2026, 11, 31, 14, 3, 9, 7).getTime();

describe('display locale', () => {
  it('is English by default and for invalid language tags', () => {
    expect(displayLocale()).toBe('en-US');
    setDisplayLocale('de');
    expect(displayLocale()).toBe('de');
    setDisplayLocale('not_a tag');
    expect(displayLocale()).toBe('en-US');
  });

  it('is shared by all bundles of a thread', () => {
    setDisplayLocale('fr');
    expect(Reflect.get(globalThis, Symbol.for('iotHubWorkbench.displayLocale'))).toBe('fr');
  });

  it('creates one formatter per locale', () => {
    const made: string[] = [];
    const formatter = perLocale((locale) => made.push(locale));
    formatter();
    formatter();
    setDisplayLocale('de');
    formatter();
    expect(made).toEqual(['en-US', 'de']);
  });
});

describe('Numbers', () => {
  it.each([
    [formatCount(1_234.4), '1,234'],
    [formatValue(1_234.5678), '1,234.57'],
    [formatBytes(312), '312 B'],
    [formatBytes(1_536), '1.5 KB'],
    [formatBytes(256 * 1_024), '256 KB'],
    [formatBytes(3 * 1_048_576), '3 MB'],
    [formatMegabytes(314_573), '0.3 MB'],
    [formatMegabytes(64_500_000), '62 MB'],
    [formatMilliseconds(0.44), '0.4 ms'],
    [formatMilliseconds(12.4), '12 ms'],
  ])('%s is %s in English', (text, expected) => expect(text).toBe(expected));

  it('follow the display locale', () => {
    setDisplayLocale('de');
    expect(formatCount(1_234)).toBe('1.234');
    expect(formatBytes(1_536)).toBe('1,5 KB');
  });
});

describe('Dates', () => {
  it('follow the display locale', () => {
    expect(formatDate(at)).toBe('12/31/2026');
    expect(formatDateTime(at)).toMatch(/^12\/31\/2026, 2:03:09\sPM$/);
    expect(formatTime(at)).toMatch(/^2:03:09\sPM$/);
    setDisplayLocale('de');
    expect(formatDate(at)).toBe('31.12.2026');
    expect(formatDateTime(at)).toBe('31.12.2026, 14:03:09');
    expect(formatTime(at)).toBe('14:03:09');
  });

  it('are the same in every locale in table columns', () => {
    setDisplayLocale('ar-EG');
    expect(clockTime(at)).toBe('14:03:09');
    expect(preciseClockTime(at)).toBe('14:03:09.007');
  });
});

describe('Lists', () => {
  it('are joined with "and" or "or"', () => {
    expect(listText([])).toBe('');
    expect(listText(['a'])).toBe('a');
    expect(listText(['a', 'b'])).toBe('a and b');
    expect(listText(['a', 'b', 'c'])).toBe('a, b, and c');
    expect(listText(['a', 'b', 'c'], 'or')).toBe('a, b, or c');
  });

  it('are in English, like the surrounding text', () => {
    setDisplayLocale('de');
    expect(listText(['a', 'b'])).toBe('a and b');
  });

  it('are shortened to a limit', () => {
    expect(shortList(['a', 'b'], 2)).toBe('a, b');
    expect(shortList(['a', 'b', 'c'], 2)).toBe('a, b, and 1 more');
    expect(shortList(Array<string>(1_205).fill('a'), 1)).toBe('a and 1,204 more');
  });
});
