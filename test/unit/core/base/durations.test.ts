import { describe, expect, it } from 'vitest';
import {
  agoText,
  durationText,
  elapsedText,
  hoursAndMinutes,
  parseDuration,
  roundedText,
  stopwatchText,
} from '../../../../src/core/base/durations';

describe('duration', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [60, '1 minute'],
    [600, '10 minutes'],
    [3_600, '1 hour'],
    [90, '90 seconds'],
    [28_800, '8 hours'],
    [86_400, '1 day'],
    [90_000, '25 hours'],
    [2_592_000, '30 days'],
  ])('of %i seconds is %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

  it.each([
    ['600', 600],
    [' 90M ', 5_400],
    ['12h', 43_200],
    ['7 d', 604_800],
    ['0', undefined],
    ['-5', undefined],
    ['1.5h', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('is parsed from %j', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each([
    [-5_000, 'just now'],
    [0, 'just now'],
    [59_000, 'just now'],
    [61_000, '1 min ago'],
    [3_700_000, '1 h ago'],
    [47 * 3_600_000, '47 h ago'],
    [3 * 86_400_000, '3 days ago'],
  ])('of %d ms is "%s" in a tooltip', (ms, text) => expect(agoText(ms, 60_000)).toBe(text));

  it.each([
    [1_999, 'just now'],
    [12_900, '12 s ago'],
    [180_000, '3 min ago'],
    [172_800_000, '2 days ago'],
  ])('of %d ms is "%s" where seconds matter', (ms, text) => expect(agoText(ms, 2_000)).toBe(text));

  it.each([
    [400, '0 s'],
    [59_999, '59 s'],
    [7_200_000, '2 h'],
  ])('of %d elapsed ms is %s', (ms, text) => expect(elapsedText(ms)).toBe(text));

  it.each([
    [0, '1 s'],
    [119_400, '119 s'],
    [150_000, '3 min'],
    [7_200_000, '2 h'],
  ])('of %d ms is rounded to %s', (ms, text) => expect(roundedText(ms)).toBe(text));

  it.each([
    [59_000, 'less than a minute'],
    [12 * 60_000, '12 min'],
    [192 * 60_000, '3 h 12 min'],
  ])('of %d ms is %s in hours and minutes', (ms, text) => expect(hoursAndMinutes(ms)).toBe(text));

  it.each([
    [-1, '0:00'],
    [572.9, '9:32'],
    [3_600, '1:00:00'],
  ])('of %d seconds is %s on a stopwatch', (seconds, text) => expect(stopwatchText(seconds)).toBe(text));
});
