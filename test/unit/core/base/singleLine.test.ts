import { describe, expect, it } from 'vitest';
import { safeLines, singleLine } from '../../../../src/core/base/singleLine';
import { singleLine as singleLineOfHub } from '../../../../src/localHub/singleLine';

/** Texts that a log or a terminal must not show as they are. */
const forging = [
  'a\nb',
  'a\r\nb',
  'a\rb',
  'a\u000bb\u000cc',
  'a\u0085b\u2028c\u2029d',
  '\u001b[31mred\u001b[0m',
  '\u009b31mred',
  '\u0000\u0007\u0008\u007f',
  '\u202aa\u202bb\u202cc\u202dd\u202ee',
  '\u2066a\u2067b\u2068c\u2069d',
  '\u061ca\u200eb\u200fc',
];

describe('a single line', () => {
  it.each(forging)('has escape sequences for what could forge or color a line: %j', (text) => {
    const line = singleLine(text);
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(line).toMatch(/\\u[0-9a-f]{4}/);
    expect(line).toBe(singleLineOfHub(text));
  });

  it('keeps tabs and everything that can be read', () => {
    const text = 'Größe/温度 🙂\t{"a": "\\n"} עברית';
    expect(singleLine(text)).toBe(text);
  });

  it('is made of each line of a text with several', () => {
    expect(safeLines('{\r\n  "a": "\u001b[1m"\n}\rb')).toEqual(['{', '  "a": "\\u001b[1m"', '}', 'b']);
  });
});
