import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedLog } from '../../../src/localHub/cli/boundedLog';
import { singleLine, stackOf } from '../../../src/localHub/singleLine';

describe('The log of the hub', () => {
  let lines: string[];
  let log: ReturnType<typeof boundedLog>;
  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    log = boundedLog((level, text) => lines.push(`${level} ${text}`));
  });
  afterEach(() => vi.useRealTimers());

  it.each([
    ['a line break', 'a\n2026-01-01 [info] forged'],
    ['a carriage return', 'a\rforged'],
    ['an escape sequence', 'a\u001b[31mred'],
    ['an 8-bit control', 'a\u009b31mred'],
    ['a line separator', 'a\u2028b\u2029c\u0085d'],
    ['a change of direction', 'a\u202eb\u2066c\u200fd'],
    ['a null', 'a\u0000b'],
  ])('has one line for a text with %s', (_, text) => {
    log('warn', `MQTT: refused '${text}'`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e\u2066\u200f]/u);
    expect(lines[0]).toContain('\\u');
  });

  it('keeps other texts as they are', () => {
    expect(singleLine("device 'Größe/温度 🙂' connected")).toBe("device 'Größe/温度 🙂' connected");
  });

  it('joins the lines of a stack', () => {
    expect(singleLine('Error: no\n    at serve (hub.ts:1:2)\n    at main.ts:3:4')).toBe(
      'Error: no ← serve (hub.ts:1:2) ← main.ts:3:4',
    );
  });

  it('and standard error keep the message of an error on one line, and its calls on others', () => {
    const lines = stackOf(new Error('a\n    at forged\u001b[31m')).split('\n');
    expect(lines[0]).toBe('Error: a ← forged\\u001b[31m');
    expect(lines[1]).toMatch(/^ {4}at .*boundedLog\.test/);
  });

  it('counts what repeats, and reports it once a second', () => {
    for (let at = 0; at < 4_019; at++) log('warn', `MQTT: device one may not subscribe to 'topic/${at}'`);
    log('info', 'MQTT: device two connected from 127.0.0.1:5000');
    expect(lines).toHaveLength(21);
    vi.advanceTimersByTime(1_000);
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe(
      "warn MQTT: device one may not subscribe to 'topic/4018' (and 3,999 more like this)",
    );
    log('warn', "MQTT: device one may not subscribe to 'again'");
    expect(lines.at(-1)).toBe("warn MQTT: device one may not subscribe to 'again'");
  });

  it('is bounded for lines of different kinds too', () => {
    const letters = (at: number): string =>
      [...String(at)].map((digit) => 'ghijklmnop'[Number(digit)]).join('');
    for (let at = 0; at < 5_000; at++) log('warn', `refused ${letters(at)}`);
    vi.advanceTimersByTime(1_000);
    expect(lines).toHaveLength(501);
    expect(lines.at(-1)).toContain('left out lines');
  });
});
