import { describe, expect, it, vi } from 'vitest';
import { lazy } from '../../../../src/core/base/lazy';

describe('lazy', () => {
  it('loads once for all callers', async () => {
    const load = vi.fn(async () => ({ name: 'panel' }));
    const panel = lazy(load);
    expect(load).not.toHaveBeenCalled();
    const [first, second] = await Promise.all([panel(), panel()]);
    expect(first).toBe(second);
    expect(await panel()).toBe(first);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('The file is missing.'))],
    [
      'throws',
      () => {
        throw new Error('The file is missing.');
      },
    ],
  ])('loads again after a load that %s', async (_, fail: () => Promise<string>) => {
    const load = vi.fn<() => Promise<string>>().mockImplementationOnce(fail).mockResolvedValue('panel');
    const panel = lazy(load);
    await expect(panel()).rejects.toThrow('The file is missing.');
    await expect(panel()).resolves.toBe('panel');
    await panel();
    expect(load).toHaveBeenCalledTimes(2);
  });
});
