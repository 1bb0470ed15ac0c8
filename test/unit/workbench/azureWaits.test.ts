import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AzureWaits } from '../../../src/workbench/azureWaits';
import { fake } from '../../support/fakeVscode';

/** The only status bar item. */
const item = () => {
  const [only, other] = fake.statusBarItems;
  if (!only || other) throw new Error(`The status bar has ${fake.statusBarItems.length} items.`);
  return only;
};
const tooltip = () => {
  const { tooltip: text } = item();
  return typeof text === 'string' ? text : '';
};

beforeEach(() => {
  vi.useFakeTimers();
  fake.reset();
});
afterEach(() => vi.useRealTimers());

describe('Throttling by Azure', () => {
  it('is shown in the status bar with a countdown until the wait is over', () => {
    const waits = new AzureWaits();
    expect(fake.statusBarItems).toEqual([]);
    const end = waits.show('subscription "Plant"', 17);
    expect(item()).toMatchObject({ isShown: true, text: '$(watch) Throttled by Azure, retrying in 17 s' });
    expect(tooltip()).toMatch(/continue automatically:\nsubscription "Plant": 17 s$/);
    vi.advanceTimersByTime(4_000);
    expect(item().text).toBe('$(watch) Throttled by Azure, retrying in 13 s');
    expect(tooltip()).toContain('subscription "Plant": 13 s');
    end();
    expect(item().isShown).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows the longest wait, and lists each waiting operation once', () => {
    const waits = new AzureWaits();
    const ends = [
      waits.show('hub "factory"', 5),
      waits.show('hub "factory"', 9),
      waits.show('account "a"', 3),
    ];
    expect(item().text).toBe('$(watch) Throttled by Azure, retrying in 9 s');
    expect(tooltip().split('\n').slice(1)).toEqual(['hub "factory": 9 s', 'account "a": 3 s']);
    ends[1]?.();
    expect(item().text).toBe('$(watch) Throttled by Azure, retrying in 5 s');
    // The call may start shortly after the clock is read.
    vi.advanceTimersByTime(7_000);
    expect(item()).toMatchObject({ isShown: true, text: '$(watch) Throttled by Azure, retrying in 0 s' });
    ends[0]?.();
    ends[2]?.();
    expect(item().isShown).toBe(false);
    expect(fake.statusBarItems).toHaveLength(1);
  });

  it('is hidden when the extension is deactivated', () => {
    const waits = new AzureWaits();
    const end = waits.show('hub "factory"', 60);
    waits.dispose();
    expect(item().isDisposed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    end();
  });
});
