import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askStart, parsePastTime } from '../../../src/features/monitor/lazy/chooseMessages';
import { MonitorMemory } from '../../../src/features/monitor/lazy/monitorChoices';
import { startPosition, startDescription } from '../../../src/features/monitor/lazy/startPosition';
import { fake, memento } from '../../support/fakeVscode';

const target = { id: 'a/boiler-1', hubId: 'a', hubName: 'Hub a', label: 'Hub a · boiler-1' };

beforeEach(() => {
  vi.stubEnv('TZ', 'Asia/Kolkata');
  fake.reset();
});
afterEach(() => void vi.unstubAllEnvs());

describe('start time of monitoring', () => {
  it.each([
    ['2026-01-02T08:00:00Z', Date.UTC(2026, 0, 2, 8)],
    ['2026-01-02T08:00:00.250+02:00', Date.UTC(2026, 0, 2, 6, 0, 0, 250)],
    ['  2026-01-02 08:00 ', Date.UTC(2026, 0, 2, 2, 30)],
    ['2026-01-02T08:00', Date.UTC(2026, 0, 2, 2, 30)],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
  ])('is parsed as entered: %s', (text, at) => expect(parsePastTime(text)).toBe(at));

  it.each([
    '',
    'yesterday',
    '08:00',
    '2026',
    '2026-13-01',
    '2026-01-02 25:00',
    '9999-01-01T00:00:00Z',
    '1767340800000',
  ])('is not valid: "%s"', (text) => expect(parsePastTime(text)).toBeUndefined());

  it('is prompted for until it is in the past, and is not stored', async () => {
    const memory = new MonitorMemory(memento());
    await memory.set(target, { startFrom: 'lastHour' });
    fake.answers = ['Specific time…', 'tomorrow', '9999-01-01', '2026-01-02 08:00'];
    expect(await askStart(target, memory)).toBe(Date.UTC(2026, 0, 2, 2, 30));
    expect(fake.problems).toEqual(Array(2).fill('Enter a valid time in the past.'));
    expect(fake.asked).toEqual(Array(2).fill('Start Monitoring Hub a · boiler-1 From'));
    expect(memory.get(target).startFrom).toBe('lastHour');
  });

  it.each([
    ['New messages only', 'now', undefined],
    ['Last 5 minutes', 'last5Minutes', 5],
    ['Last 15 minutes', 'last15Minutes', 15],
    ['Last hour', 'lastHour', 60],
    ['All retained messages', 'earliest', undefined],
  ] as const)('can be selected and is stored: %s', async (label, startFrom, minutes) => {
    const memory = new MonitorMemory(memento());
    fake.answers = [label];
    expect(await askStart(target, memory)).toBe(startFrom);
    expect(memory.get(target).startFrom).toBe(startFrom);
    expect(startPosition(startFrom, 10_000_000)).toEqual(
      minutes === undefined ? { kind: startFrom } : { kind: 'time', since: 10_000_000 - minutes * 60_000 },
    );
    expect(startDescription(startFrom)).toBe(label);
  });

  it('that is entered is used unchanged', () => {
    expect(startPosition(5, 10)).toEqual({ kind: 'time', since: 5 });
    expect(startDescription(Date.UTC(2026, 0, 2))).toBe('2026-01-02T00:00:00.000Z');
  });
});
