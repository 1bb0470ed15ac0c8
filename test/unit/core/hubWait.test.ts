import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { type Hub, type HubAbsence } from '../../../src/core/hub/hub';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { HubWait } from '../../../src/core/hub/hubWait';

const factory: Hub = {
  kind: 'connectionString',
  id: 'h',
  name: 'factory',
  status: 'ready',
  hostName: 'factory.azure-devices.net',
};

function waitFor(seek: () => Promise<HubAbsence | undefined>) {
  const changed = new Emitter<void>();
  const listed: Hub[] = [];
  const hubs = new HubDirectory();
  hubs.add({
    onDidChange: changed.event,
    hubs: () => listed,
    connection: async () => Promise.reject(new Error('Nobody asks for it.')),
    seek,
  });
  const handlers = { onFound: vi.fn(), onChange: vi.fn() };
  const wait = new HubWait(hubs, 'h', handlers);
  return {
    wait,
    ...handlers,
    list: () => {
      listed.push(factory);
      changed.fire();
    },
    change: () => changed.fire(),
  };
}

describe('HubWait', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('reports the hub once when it is listed', async () => {
    const { wait, onFound, onChange, list, change } = waitFor(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wait.absence).toBeUndefined();
    list();
    change();
    expect(onFound.mock.calls).toEqual([[factory]]);
    expect(onChange).not.toHaveBeenCalled();
  });

  it('reports why the hub is absent, after sources had time to list it', async () => {
    const signedOut = { message: 'Signed out.', action: { kind: 'signIn' } as const };
    const { wait, onChange } = waitFor(async () => signedOut);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(wait.absence).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(wait.absence).toEqual(signedOut);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('reports a hub that no source knows as no longer listed', async () => {
    const { wait } = waitFor(async () => undefined);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(wait.absence).toEqual({ message: 'This hub is no longer in the list.' });
  });

  it('searches again when hubs or accounts change, and finds a hub that is listed late', async () => {
    let absence: HubAbsence = { message: 'Signed out.' };
    const { wait, onFound, change, list } = waitFor(async () => absence);
    await vi.advanceTimersByTimeAsync(3_000);
    absence = { message: 'This hub no longer exists.' };
    change();
    await vi.advanceTimersByTimeAsync(0);
    expect(wait.absence).toEqual(absence);
    list();
    expect(onFound).toHaveBeenCalledTimes(1);
  });

  it('ignores an earlier answer that arrives after a later one', async () => {
    const answers: ((absence: HubAbsence) => void)[] = [];
    const { wait, change } = waitFor(() => new Promise((resolve) => answers.push(resolve)));
    change();
    answers[1]?.({ message: 'newer' });
    await vi.advanceTimersByTimeAsync(3_000);
    answers[0]?.({ message: 'older' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(wait.absence?.message).toBe('newer');
  });

  it('clears the absence and searches again on retry', async () => {
    const { wait, onChange } = waitFor(async () => ({ message: 'Signed out.' }));
    await vi.advanceTimersByTimeAsync(3_000);
    wait.retry();
    expect(wait.absence).toBeUndefined();
    expect(onChange).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(wait.absence?.message).toBe('Signed out.');
  });

  it('reports nothing after it is disposed', async () => {
    const { wait, onFound, onChange, list } = waitFor(async () => ({ message: 'Signed out.' }));
    wait.dispose();
    list();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(onFound).not.toHaveBeenCalled();
    expect(onChange).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
