import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askStart, timeOf } from '../../../src/features/monitor/lazy/chooseMessages';
import { MonitorMemory } from '../../../src/features/monitor/lazy/monitorChoices';
import { startPosition, startSentence } from '../../../src/features/monitor/lazy/startPosition';
import { fake, memento } from '../../support/fakeVscode';

const target = { id: 'a/boiler-1', hubId: 'a', hubName: 'Hub a', label: 'Hub a · boiler-1' };

beforeEach(() => {
  vi.stubEnv('TZ', 'Asia/Kolkata');
  fake.reset();
});
afterEach(() => void vi.unstubAllEnvs());

describe('A time from which messages are shown', () => {
  it.each([
    ['2026-01-02T08:00:00Z', Date.UTC(2026, 0, 2, 8)],
    ['2026-01-02T08:00:00.250+02:00', Date.UTC(2026, 0, 2, 6, 0, 0, 250)],
    ['  2026-01-02 08:00 ', Date.UTC(2026, 0, 2, 2, 30)],
    ['2026-01-02T08:00', Date.UTC(2026, 0, 2, 2, 30)],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
  ])('is read as it is typed: %s', (text, at) => expect(timeOf(text)).toBe(at));

  it.each([
    '',
    'yesterday',
    '08:00',
    '2026',
    '2026-13-01',
    '2026-01-02 25:00',
    '9999-01-01T00:00:00Z',
    '1767340800000',
  ])('is none: "%s"', (text) => expect(timeOf(text)).toBeUndefined());

  it('is asked for until it is one in the past, and counts this once', async () => {
    const memory = new MonitorMemory(memento());
    await memory.set(target, { startFrom: 'lastHour' });
    fake.answers = ['A time…', 'tomorrow', '9999-01-01', '2026-01-02 08:00'];
    expect(await askStart(target, memory)).toBe(Date.UTC(2026, 0, 2, 2, 30));
    expect(fake.problems).toEqual(Array(2).fill('This is no time in the past.'));
    expect(fake.asked).toEqual(Array(2).fill('Start Monitoring Hub a · boiler-1 From'));
    expect(memory.of(target).startFrom).toBe('lastHour');
  });

  it.each([
    ['Now on', 'now', undefined],
    ['Five minutes ago', 'last5Minutes', 5],
    ['Fifteen minutes ago', 'last15Minutes', 15],
    ['An hour ago', 'lastHour', 60],
    ['The oldest message', 'earliest', undefined],
  ] as const)('can be picked, and is kept: %s', async (label, startFrom, minutes) => {
    const memory = new MonitorMemory(memento());
    fake.answers = [label];
    expect(await askStart(target, memory)).toBe(startFrom);
    expect(memory.of(target).startFrom).toBe(startFrom);
    expect(startPosition(startFrom, 10_000_000)).toEqual(
      minutes === undefined ? { kind: startFrom } : { kind: 'time', since: 10_000_000 - minutes * 60_000 },
    );
    expect(startSentence(startFrom)).toMatch(/^from /);
  });

  it('that is typed is a position as it stands', () => {
    expect(startPosition(5, 10)).toEqual({ kind: 'time', since: 5 });
    expect(startSentence(Date.UTC(2026, 0, 2))).toBe('from 2026-01-02T00:00:00.000Z');
  });
});
