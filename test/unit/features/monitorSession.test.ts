import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRunning,
  monitorStatus,
  nextMonitorState,
  receivedIn,
  silenceText,
  type MonitorEvent,
  type MonitorState,
} from '../../../src/features/monitor/lazy/monitorSession';
import { startPosition } from '../../../src/features/monitor/lazy/startPosition';

const idle = { kind: 'idle' } as MonitorState;
const after = (...events: MonitorEvent[]) => events.reduce(nextMonitorState, idle);
const start: MonitorEvent = { kind: 'start' };
const connected: MonitorEvent = { kind: 'connected' };
const received = (count: number): MonitorEvent => ({ kind: 'received', count });

describe('monitor state', () => {
  it('connects, counts, stops', () => {
    expect(after(start)).toEqual({ kind: 'connecting', received: 0 });
    expect(after(start, connected, received(2), received(3))).toEqual({ kind: 'live', received: 5 });
    expect(after(start, connected, received(2), { kind: 'stop' })).toEqual({ kind: 'stopping', received: 2 });
    expect(after(start, connected, { kind: 'stop' }, { kind: 'stopped' })).toEqual(idle);
  });

  it('keeps the message count after an interruption', () => {
    const interrupted: MonitorEvent = { kind: 'interrupted', reason: 'gone' };
    expect(after(start, connected, received(4), interrupted)).toEqual({
      kind: 'retrying',
      received: 4,
      reason: 'gone',
    });
    expect(after(start, connected, received(4), interrupted, connected, received(1))).toEqual({
      kind: 'live',
      received: 5,
    });
  });

  it('shows a failure until all partitions are read again', () => {
    expect(after(start, connected, { kind: 'trouble', reason: 'slow' })).toEqual({
      kind: 'live',
      received: 0,
      trouble: 'slow',
    });
    expect(after(start, connected, { kind: 'trouble', reason: 'slow' }, received(1))).toEqual({
      kind: 'live',
      received: 1,
      trouble: 'slow',
    });
    expect(
      after(start, connected, { kind: 'trouble', reason: 'slow' }, received(1), { kind: 'recovered' }),
    ).toEqual({ kind: 'live', received: 1 });
  });

  it('resets the message count when it is started after a failure', () => {
    const failed: MonitorEvent = { kind: 'failed', reason: 'key' };
    expect(after(start, connected, received(9), failed)).toEqual({
      kind: 'failed',
      received: 9,
      reason: 'key',
    });
    expect(after(start, connected, received(9), failed, start)).toEqual({ kind: 'connecting', received: 0 });
  });

  it('never runs after a stop, never loses the count, and always has a status unless it is idle', () => {
    const event: fc.Arbitrary<MonitorEvent> = fc.oneof(
      fc.constantFrom<MonitorEvent>(start, connected, { kind: 'stop' }, { kind: 'stopped' }),
      fc.nat(50).map(received),
      fc.constantFrom('trouble', 'interrupted', 'failed').map((kind) => ({ kind, reason: 'x' })),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let state = idle;
        for (const next of events) {
          const before = state;
          state = nextMonitorState(before, next);
          if (next.kind === 'stop') expect(isRunning(state)).toBe(false);
          if (next.kind !== 'start' && next.kind !== 'stopped')
            expect(receivedIn(state)).toBeGreaterThanOrEqual(receivedIn(before));
          expect(monitorStatus(state, 'hub') === undefined).toBe(state.kind === 'idle');
        }
      }),
    );
  });

  it('shows in the status bar that the monitor is running and how many messages were received', () => {
    expect(monitorStatus(after(start, connected, received(123)), 'Local Hub')).toEqual({
      text: '$(pulse) Local Hub 123',
      tooltip: 'Monitoring Local Hub: 123 messages. Click for actions.',
      isError: false,
    });
    expect(monitorStatus(after(start, { kind: 'failed', reason: 'Wrong key.' }), 'Local Hub')).toEqual({
      text: '$(error) Local Hub 0 · stopped',
      tooltip: 'Monitoring stopped: Wrong key. Click for actions.',
      isError: true,
    });
    for (const kind of ['trouble', 'interrupted'] as const)
      expect(
        monitorStatus(
          after(start, connected, received(5), { kind, reason: 'Nothing answers.' }),
          'Local Hub',
        ),
      ).toMatchObject({
        text: expect.stringMatching(/ Local Hub 5 · reconnecting$/) as string,
        tooltip: expect.stringMatching(
          /^Nothing answers\. (Retrying|Reconnecting)\. Click for actions\.$/,
        ) as string,
        isError: false,
      });
  });

  it('starts at the position of the setting', () => {
    expect(startPosition('now', 0)).toEqual({ kind: 'now' });
    expect(startPosition('last5Minutes', 400_000)).toEqual({ kind: 'time', since: 100_000 });
    expect(startPosition('last15Minutes', 1_000_000)).toEqual({ kind: 'time', since: 100_000 });
    expect(startPosition(5_000, 1_000_000)).toEqual({ kind: 'time', since: 5_000 });
    expect(startPosition('earliest', 0)).toEqual({ kind: 'earliest' });
  });
});

describe('time without messages', () => {
  it.each([
    [{ sinceMs: 400, hasMessages: true }, 'last message 0 s ago'],
    [{ sinceMs: 12_900, hasMessages: true }, 'last message 12 s ago'],
    [{ sinceMs: 180_000, hasMessages: true }, 'last message 3 min ago'],
    [{ sinceMs: 7_200_000, hasMessages: false }, 'no messages for 2 h'],
  ])('is described in words: %j', (silence, text) => expect(silenceText(silence)).toBe(text));

  it('appears in the status bar after a few seconds', () => {
    const live = after(start, connected, received(2));
    expect(monitorStatus(live, 'Hub', { sinceMs: 1_000, hasMessages: true })?.text).toBe('$(pulse) Hub 2');
    expect(monitorStatus(live, 'Hub', { sinceMs: 9_000, hasMessages: true })?.text).toBe(
      '$(pulse) Hub 2 · last message 9 s ago',
    );
    const filtered = monitorStatus(live, 'Hub', { sinceMs: 0, hasMessages: true, hidden: 1 });
    expect(filtered?.text).toBe('$(filter) Hub 2');
    expect(filtered?.tooltip).toMatch(/1 hidden by the filter/);
  });
});
