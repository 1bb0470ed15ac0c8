import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../../src/core/base/backoff';

describe('backoff', () => {
  it('doubles up to the limit', () => {
    const waits = [0, 1, 2, 3, 100].map((attempt) =>
      backoffMs(attempt, { first: 100, most: 500, jitter: 0 }),
    );
    expect(waits).toEqual([100, 200, 400, 500, 500]);
  });

  it.each([
    [0.5, 0, 50],
    [0.5, 0.5, 75],
    [0.25, 0, 75],
    [1, 0, 0],
    [0.5, 1, 100],
  ])('with jitter %d and random value %d waits %d of 100 ms', (jitter, chance, expected) => {
    expect(backoffMs(0, { first: 100, jitter, random: () => chance })).toBe(expected);
  });

  it('randomizes half of the delay by default', () => {
    for (let turn = 0; turn < 100; turn++) {
      const ms = backoffMs(1);
      expect(ms).toBeGreaterThanOrEqual(500);
      expect(ms).toBeLessThanOrEqual(1_000);
    }
  });
});
