import { performance } from 'node:perf_hooks';
import { Uri } from 'vscode';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MessageHistory } from '../../../src/core/history/messageHistory';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import {
  EventsPanel,
  type ViewSurroundings,
} from '../../../src/features/monitor/lazy/eventsView/eventsPanel';
import { type EventsSource } from '../../../src/features/monitor/lazy/eventsView/eventsSource';
import { type Field, type Rates, type Series } from '../../../src/webview/events/api';
import { fake, FakeWebviewPanel } from '../../support/fakeVscode';
import { turnUntil } from '../../support/turns';

const start = Date.UTC(2026, 10, 25, 8);
const hour = 3_600_000;
const telemetry = (at: number, deviceId: string, body: object): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: at - start,
  enqueuedAt: at,
  deviceId,
  contentType: 'application/json',
  body: new Uint8Array(Buffer.from(JSON.stringify(body))),
  systemProperties: {},
  applicationProperties: { plant: 'north' },
});
/** An hour of messages from 20 devices. */
const hourOf = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    telemetry(start + (n * hour) / count, `boiler-${n % 20}`, {
      temperature: n,
      engine: { rpm: -n },
      note: 'a steady feed of telemetry, as long as such bodies are',
    }),
  );

const panels: EventsPanel[] = [];
fake.settings.set('iotHubWorkbench.monitor.timeZone', 'utc');

/** The view of a history, and its page as the extension sees it. */
function open(history: MessageHistory) {
  const page = new FakeWebviewPanel('events', '');
  const sent = page.webview.posted;
  const source: EventsSource = {
    title: 'hub',
    history,
    hub: null,
    address: { kind: 'recording', uri: 'file:///x' },
    status: { kind: 'idle', text: '' },
    isRunning: undefined,
    until: start + hour,
    onDidChange: () => ({ dispose: () => undefined }),
    dispose: () => undefined,
  };
  const log = { error: vi.fn(), warn: vi.fn() };
  const panel = new EventsPanel(page, source, {
    extensionUri: Uri.file('/extension'),
    log,
  } as unknown as ViewSurroundings);
  panels.push(panel);
  const say = (type: string, body: object) => page.webview.receive({ type, body });
  say('ready', { page: 'events' });
  return {
    chart: (...fields: Field[]) => say('look', { tab: 'chart', minutes: 60, fields }),
    /** The points of the chart after all messages have been read. */
    filled: async (fields: number): Promise<Series['series']> => {
      for (;;) {
        expect(log.error).not.toHaveBeenCalled();
        const last = sent.findLast(({ type }) => type === 'series')?.body as Series | undefined;
        if (last?.series.length === fields && last.filled === 1) return last.series;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    progress: () => sent.filter(({ type }) => type === 'series').map(({ body }) => (body as Series).filled),
    say,
    sent,
  };
}

const temperature = { deviceId: 'boiler-1', path: 'temperature' };
const rpm = { deviceId: 'boiler-2', path: 'engine.rpm' };

describe('events view chart', () => {
  afterEach(() => {
    for (const panel of panels.splice(0)) panel.dispose();
  });

  it('fills a new field from the buffered hour without blocking', async () => {
    const history = new MessageHistory({ maxBytes: 256 * 1024 * 1024, maxMessages: 1_000_000 });
    for (const messages of slices(hourOf(144_000), 2_000)) {
      history.add(messages);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const view = open(history);
    // Each reading of the clock advances it by 0.25 ms, so the number of yields does not depend on the machine.
    let ms = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (ms += 0.25));
    const turns = countTurns();
    view.chart(temperature);
    const [series] = await view.filled(1);
    // One point per 12 seconds.
    expect(series?.points).toHaveLength(300);
    expect(series?.points[0]).toMatchObject([start, 1, 461, 231]);
    expect(view.progress()[0]).toBeLessThan(1);
    clock.mockRestore();
    // The clock is read every 8 messages, and the scan yields after 24 readings.
    expect(turns.stop()).toBeGreaterThanOrEqual(144_000 / (8 * 24));
  });

  it('keeps the points of charted fields when another is added, including those of discarded messages', async () => {
    const history = new MessageHistory({ maxBytes: 64 * 1024 * 1024, maxMessages: 10_000 });
    const view = open(history);
    view.chart(temperature);
    for (const messages of slices(hourOf(36_000), 1_000)) history.add(messages);
    expect(history.first).toBe(26_000);
    view.chart(temperature, rpm);
    const [first, second] = await view.filled(2);
    expect(first?.points).toHaveLength(300);
    expect(first?.points.reduce((sum, [, , , mean]) => sum + mean, 0)).toBeCloseTo(300 * 17_991, -4);
    // The new field covers only buffered messages: the last 1,000 of 3,600 seconds.
    expect(second?.points).toHaveLength(84);
    view.chart(rpm);
    expect((await view.filled(1))[0]?.points).toEqual(second?.points);
  });

  it('is cleared with the history', async () => {
    const history = new MessageHistory({ maxBytes: 64 * 1024 * 1024, maxMessages: 1_000_000 });
    history.add(hourOf(3_600));
    const view = open(history);
    view.chart(temperature);
    expect((await view.filled(1))[0]?.points).toHaveLength(180);
    history.clear();
    history.add([telemetry(start + hour - 5_000, 'boiler-1', { temperature: 7 })]);
    view.chart(temperature);
    expect((await view.filled(1))[0]?.points).toMatchObject([[expect.any(Number), 7, 7, 7]]);
  });

  it('finds the fields of a device whose messages are old', async () => {
    const history = new MessageHistory({ maxBytes: 64 * 1024 * 1024, maxMessages: 1_000_000 });
    history.add([telemetry(start, 'old', { a: 1, b: { c: 2 } })]);
    history.add(hourOf(30_000));
    const view = open(history);
    view.say('fieldsOf', { deviceId: 'old' });
    const fields = () => view.sent.find(({ type }) => type === 'fields')?.body;
    await expect.poll(fields).toEqual({ deviceId: 'old', paths: ['a', 'b.c'] });
  });
});

describe('events view search', () => {
  afterEach(() => {
    vi.useRealTimers();
    for (const panel of panels.splice(0)) panel.dispose();
  });

  it('reports matches over time when the whole buffer was searched', async () => {
    const history = new MessageHistory({ maxBytes: 64 * 1024 * 1024, maxMessages: 1_000_000 });
    history.add(hourOf(3_600));
    // A passing second alone triggers no message.
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const view = open(history);
    view.say('look', { tab: 'messages', minutes: 60, fields: [] });
    view.say('search', { text: 'device:boiler-7' });
    const fitting = () => {
      const rates = view.sent.findLast(({ type }) => type === 'rates')?.body as Rates | undefined;
      return rates?.fitting?.reduce((sum, count) => sum + count, 0);
    };
    await turnUntil(() => fitting() === 180);
  });
});

function* slices<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length);
}

/** Counts turns of the event loop. */
function countTurns() {
  let count = 0;
  let isOver = false;
  const turn = () => {
    count++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      isOver = true;
      return count;
    },
  };
}
