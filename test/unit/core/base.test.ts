import { describe, expect, it, vi } from 'vitest';
import { backoffMs } from '../../../src/core/base/backoff';
import { DisposableStore } from '../../../src/core/base/disposable';
import { Emitter } from '../../../src/core/base/event';
import { type Hub, type HubSource } from '../../../src/core/hub/hub';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { HubBadges } from '../../../src/core/hub/hubBadges';

describe('DisposableStore', () => {
  it('disposes once in reverse order, and immediately if added later', () => {
    const order: string[] = [];
    const store = new DisposableStore();
    store.add({ dispose: () => order.push('first') });
    store.add({ dispose: () => order.push('second') });
    store.dispose();
    store.dispose();
    store.add({ dispose: () => order.push('late') });
    expect(order).toEqual(['second', 'first', 'late']);
  });
});

describe('Emitter', () => {
  it('notifies each subscription until it is disposed, even with the same listener', () => {
    const emitter = new Emitter<number>();
    const listener = vi.fn();
    const first = emitter.event(listener);
    emitter.event(listener);
    emitter.fire(1);
    first.dispose();
    emitter.fire(2);
    expect(listener.mock.calls).toEqual([[1], [1], [2]]);
  });
});

describe('hub directory', () => {
  const hub = (id: string): Hub => ({
    kind: 'connectionString',
    id,
    name: id,
    status: 'ready',
    hostName: `${id}.azure-devices.net`,
  });
  const source = (...ids: string[]): HubSource => ({
    onDidChange: new Emitter<void>().event,
    hubs: () => ids.map(hub),
    connection: (hubId) => Promise.reject(new Error(`asked for ${hubId}`)),
  });

  it('lists the hubs of all sources in order and gets connections from the right source', async () => {
    const directory = new HubDirectory();
    directory.add(source('local'));
    directory.add(source('a', 'b'));
    expect(directory.list().map(({ id }) => id)).toEqual(['local', 'a', 'b']);
    await expect(directory.connection('b', [])).rejects.toThrow('asked for b');
    await expect(directory.connection('c', [])).rejects.toThrow('no longer in the list');
  });
});

describe('hub badges', () => {
  it('report changes only', () => {
    const badges = new HubBadges();
    const changes = vi.fn();
    badges.onDidChange(changes);
    badges.set('a', 'monitored', true);
    badges.set('a', 'monitored', true);
    expect(badges.badgesOf('a')).toEqual(['monitored']);
    expect(badges.hubsWith('monitored')).toEqual(['a']);
    badges.set('a', 'monitored', false);
    expect(badges.badgesOf('a')).toEqual([]);
    expect(changes).toHaveBeenCalledTimes(2);
  });
});

describe('retry delay', () => {
  it('doubles up to a limit, and half of it is random', () => {
    const least = [0, 1, 2, 3, 6, 40, 5_000].map((attempt) => backoffMs(attempt, { random: () => 0 }));
    const most = [0, 1, 2, 3, 6, 40, 5_000].map((attempt) => backoffMs(attempt, { random: () => 1 }));
    expect(least).toEqual([250, 500, 1_000, 2_000, 15_000, 15_000, 15_000]);
    expect(most).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000]);
    expect(backoffMs(1, { first: 1_000, most: 1_500, random: () => 1 })).toBe(1_500);
  });

  it('differs between clients that retry after the same failure', () => {
    const waits = Array.from({ length: 200 }, () => backoffMs(3));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(4_000);
    // Random values are not all in a tenth of the range.
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(1_000);
  });
});
