import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../../src/core/base/inParallel';

describe('bounded parallelism', () => {
  it('keeps the order of the items and respects the limit', async () => {
    let running = 0;
    let highest = 0;
    const results = await inParallel([3, 1, 2, 0], 2, async (item) => {
      highest = Math.max(highest, ++running);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      running--;
      return item * 10;
    });
    expect(results).toEqual([30, 10, 20, 0]);
    expect(highest).toBe(2);
    expect(await inParallel([], 2, async (item) => item)).toEqual([]);
  });

  it('starts no more work after a failure, and throws it when running work has ended', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const all = inParallel([1, 2, 3, 4], 2, async (item) => {
      started.push(item);
      if (item === 1) throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    });
    await expect(all).rejects.toThrow('no');
    expect({ started, ended }).toEqual({ started: [1, 2], ended: [2] });
  });
});
