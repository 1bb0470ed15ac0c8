import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { MessagesChannel } from '../../../src/features/monitor/lazy/messagesChannel';
import { fake } from '../../support/fakeVscode';

/** The most recently created channel. */
const shown = () => {
  const channel = [...fake.channels.values()].at(-1);
  if (!channel) throw new Error('No channel was created.');
  return channel;
};
const set = (name: string, value: unknown) => fake.settings.set(`iotHubWorkbench.${name}`, value);
const message = (n: number, size = 10): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: n,
  enqueuedAt: Date.UTC(2026, 0, 1) + n,
  deviceId: 'boiler-1',
  contentType: 'application/json',
  body: new Uint8Array(Buffer.from(JSON.stringify({ n, x: 'x'.repeat(size) }))),
  systemProperties: {},
  applicationProperties: {},
});
const messages = (from: number, to: number, size?: number) =>
  Array.from({ length: to - from }, (_, index) => message(from + index, size));
const numbers = () => [...shown().text.matchAll(/"n":\s*(\d+)/g)].map(([, n]) => Number(n));

describe('monitor output channel', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    fake.reset();
    set('monitor.format', 'oneLine');
  });
  afterEach(() => void vi.useRealTimers());

  it('is written in batches, in order', () => {
    const channel = new MessagesChannel('hub');
    for (let n = 0; n < 500; n++) channel.add([message(n)]);
    expect(shown().appends).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect(numbers()).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(shown().appends).toBeLessThan(20);
    expect(channel.written).toBe(500);
  });

  it('has one line for a notice, whatever an error of the service contains', () => {
    const channel = new MessagesChannel('hub');
    channel.writeNotice('Refused: a\n2026-01-01T00:00:00.000Z boiler-1\u001b[31m {"n":1}');
    channel.flush();
    expect(shown().text.trimEnd().split('\n')).toHaveLength(1);
    expect(shown().text).toContain('--- Refused: a\\u000a2026');
    expect(shown().text).not.toContain('\u001b');
  });

  it('shows a message in full after one with half a private key', () => {
    const channel = new MessagesChannel('hub');
    const half = { ...message(1), body: Buffer.from(`-----BEGIN ${'PRIVATE'} KEY----- abc`) };
    channel.add([half, message(2)]);
    channel.flush();
    expect(shown().text).toContain('***');
    expect(numbers()).toEqual([2]);
  });

  it('is limited in size and reports how many messages were removed', () => {
    const channel = new MessagesChannel('hub');
    for (let n = 0; n < 20_000; n += 200) {
      channel.add(messages(n, n + 200, 1_000));
      channel.flush();
    }
    expect(shown().longest).toBeLessThan(5.3 * 1024 * 1024);
    const [, removed, kept, most] =
      /^--- ([\d,]+) older messages were removed from this channel, which is trimmed to (\d+) MB when it reaches (\d+) MB\./.exec(
        shown().text,
      ) ?? [];
    const left = Number(removed?.replaceAll(',', ''));
    expect(left).toBe(channel.removedMessages);
    expect(numbers()).toEqual(Array.from({ length: 20_000 - left }, (_, index) => left + index));
    expect(left).toBeGreaterThan(10_000);
    expect(shown().longest).toBeLessThan((Number(most) + 0.3) * 1024 * 1024);
    expect(kept).toBe('1');
  });

  it('keeps the notice when it is trimmed, however much is written at once', () => {
    const channel = new MessagesChannel('hub');
    const lengths: number[] = [];
    for (let n = 0; n < 9_000; n += 3_000) {
      channel.add(messages(n, n + 3_000, 4_000));
      channel.flush();
      lengths.push(shown().text.length);
    }
    expect(shown().longest).toBeLessThan(5.3 * 1024 * 1024);
    expect(Math.min(...lengths)).toBeGreaterThan(0.8 * 1024 * 1024);
    expect(channel.written - channel.removedMessages).toBe(numbers().length);
    expect(numbers().at(-1)).toBe(8_999);
  });

  it('reports how many messages were skipped because they arrived too fast, and writes the newest', () => {
    const channel = new MessagesChannel('hub');
    channel.writeNotice('Monitoring hub.');
    channel.add(messages(0, 30_000));
    channel.flush();
    expect(shown().text).toMatch(
      /^\S+ --- 25,000 messages were skipped because messages arrive too fast for this channel/,
    );
    expect(shown().text).toContain('--- Monitoring hub.');
    expect(numbers()).toEqual(Array.from({ length: 5_000 }, (_, index) => 25_000 + index));
  });

  it('does not block the event loop, however many messages are waiting', () => {
    const channel = new MessagesChannel('hub');
    channel.add(messages(0, 9_000, 40));
    // Each reading of the clock advances it by 1 ms.
    let ms = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => ms++);
    // A single turn, as run by the timer.
    (channel as unknown as { flushSome(ms: number): void }).flushSome(20);
    expect(channel.written).toBeGreaterThan(0);
    expect(channel.written).toBeLessThan(9_000);
    // The time limit, and the readings at its start and end.
    expect(ms).toBeLessThanOrEqual(22);
    clock.mockRestore();
    channel.dispose();
  });

  it('is rewritten when the format changes', () => {
    const channel = new MessagesChannel('hub');
    channel.add(messages(0, 10));
    channel.flush();
    set('monitor.showProperties', true);
    channel.redraw(messages(0, 10), 'The message format was changed.');
    expect(numbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(shown().text).toMatch(/^\S+ --- The message format was changed\.\n/);
    expect(shown().text).toContain('partition=0');
  });

  it('reports how many written or waiting messages a redraw removes', () => {
    const channel = new MessagesChannel('hub');
    channel.add(messages(0, 3_000));
    channel.flush();
    channel.add(messages(3_000, 3_500));
    channel.redraw(messages(2_500, 3_500), 'The message format was changed.');
    expect(shown().text).toMatch(
      /^\S+ --- The message format was changed\.\n\S+ --- 2,500 messages are no longer in this channel/,
    );
    expect([channel.written, channel.removedMessages]).toEqual([3_500, 2_500]);
    // Redrawn with a filter that matches other messages, of which only one was in the channel.
    channel.redraw([message(1), message(2_600)], 'Showing messages that match: alert=true');
    expect(shown().text).toContain('999 messages are no longer in this channel');
    expect([channel.written, channel.removedMessages]).toEqual([3_501, 3_499]);
    channel.redraw(messages(0, 3_000), 'Showing all messages.');
    expect(shown().text).not.toContain('no longer in this channel');
    expect(channel.written - channel.removedMessages).toBe(3_000);
  });

  it('uses the current format, template and time zone', () => {
    vi.stubEnv('TZ', 'Asia/Kolkata');
    const channel = new MessagesChannel('hub');
    channel.add([message(1)]);
    channel.flush();
    const redrawn = (name: string, value: unknown) => {
      set(name, value);
      channel.redraw([message(1)], 'Changed.');
      return shown().text.split('\n').slice(1, -1);
    };
    expect(redrawn('monitor.timeZone', 'local')[0]).toMatch(/2026-01-01T05:30:00\.001\+05:30/);
    expect(redrawn('monitor.timeZone', 'utc')[0]).toMatch(/2026-01-01T00:00:00\.001Z/);
    expect(redrawn('monitor.format', 'pretty').length).toBeGreaterThan(2);
    expect(redrawn('monitor.template', '{device}: {$.n}').length).toBeGreaterThan(2);
    expect(redrawn('monitor.format', 'template')).toEqual(['boiler-1: 1']);
    expect(redrawn('monitor.template', '{$.n} of {device}')).toEqual(['1 of boiler-1']);
    vi.unstubAllEnvs();
  });

  it('writes one line per message and warns once if the template is not valid', () => {
    const channel = new MessagesChannel('hub');
    set('monitor.format', 'template');
    set('monitor.template', '{nothing}');
    for (let n = 0; n < 3; n++) {
      channel.add([message(n)]);
      channel.flush();
    }
    expect(numbers()).toEqual([0, 1, 2]);
    expect(shown().text.trim().split('\n')).toHaveLength(3);
    expect(fake.messages).toEqual([expect.stringMatching(/\{nothing\}/)]);
    set('monitor.template', '{$.n}');
    channel.redraw([message(4)], 'Changed.');
    expect(shown().text.trim().split('\n').at(-1)).toBe('4');
  });

  it('never shows a key', () => {
    const channel = new MessagesChannel('hub');
    const body = new Uint8Array(
      Buffer.from('HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=c2VjcmV0LXNlY3JldC1zZWNyZXQ='),
    );
    channel.add([{ ...message(1), contentType: 'text/plain', body }]);
    channel.flush();
    expect(shown().text).not.toContain('c2VjcmV0');
  });
});
