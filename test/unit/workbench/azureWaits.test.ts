import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const item = vi.hoisted(() => ({
  text: '',
  tooltip: '',
  isShown: false,
  isGone: false,
  show: () => void (item.isShown = true),
  hide: () => void (item.isShown = false),
  dispose: () => void (item.isGone = true),
}));
const create = vi.hoisted(() => vi.fn(() => item));
vi.mock('vscode', () => ({
  StatusBarAlignment: { Left: 1 },
  window: { createStatusBarItem: create },
}));

const { AzureWaits } = await import('../../../src/workbench/azureWaits');

beforeEach(() => {
  vi.useFakeTimers();
  create.mockClear();
  Object.assign(item, { text: '', tooltip: '', isShown: false, isGone: false });
});
afterEach(() => vi.useRealTimers());

describe('What waits because Azure asks to slow down', () => {
  it('is in the status bar, counts down, and goes when the wait is over', () => {
    const waits = new AzureWaits();
    expect(create).not.toHaveBeenCalled();
    const end = waits.show('subscription "Plant"', 17);
    expect(item).toMatchObject({ isShown: true, text: '$(watch) Azure asks to wait 17 s' });
    expect(item.tooltip).toMatch(/goes on by itself:\nsubscription "Plant": 17 s$/);
    vi.advanceTimersByTime(4_000);
    expect(item.text).toBe('$(watch) Azure asks to wait 13 s');
    expect(item.tooltip).toContain('subscription "Plant": 13 s');
    end();
    expect(item.isShown).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says the longest wait, and what waits, each once', () => {
    const waits = new AzureWaits();
    const ends = [
      waits.show('hub "factory"', 5),
      waits.show('hub "factory"', 9),
      waits.show('account "a"', 3),
    ];
    expect(item.text).toBe('$(watch) Azure asks to wait 9 s');
    expect(item.tooltip.split('\n').slice(1)).toEqual(['hub "factory": 9 s', 'account "a": 3 s']);
    ends[1]?.();
    expect(item.text).toBe('$(watch) Azure asks to wait 5 s');
    // The call may be a moment later than the clock.
    vi.advanceTimersByTime(7_000);
    expect(item).toMatchObject({ isShown: true, text: '$(watch) Azure asks to wait 0 s' });
    ends[0]?.();
    ends[2]?.();
    expect(item.isShown).toBe(false);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('goes with the extension', () => {
    const waits = new AzureWaits();
    const end = waits.show('hub "factory"', 60);
    waits.dispose();
    expect(item.isGone).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    end();
  });
});
