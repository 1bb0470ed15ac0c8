import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldSeries, numericFields } from '../../../src/core/history/fieldSeries';
import { HistorySeries } from '../../../src/core/history/historySeries';
import { MessageHistory } from '../../../src/core/history/messageHistory';
import { Slab } from '../../../src/core/history/slab';
import { joined } from '../../../src/core/history/slabFormat';
import { SlabWriter } from '../../../src/core/history/slabWriter';
import { parseMessageFilter } from '../../../src/core/message/messageFilter';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { noise, telemetry as telemetryAt } from '../../support/telemetry';

const start = Date.UTC(2026, 10, 24, 8);
const telemetry = (n: number, change: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  partitionId: String(n % 4),
  sequenceNumber: Math.floor(n / 4),
  enqueuedAt: start + n * 10,
  deviceId: `boiler-${n % 5}`,
  source: 'Telemetry',
  contentType: 'application/json',
  body: new Uint8Array(Buffer.from(JSON.stringify({ n, temperature: 20 + (n % 7), note: 'x'.repeat(100) }))),
  systemProperties: { messageId: `m-${n}` },
  applicationProperties: { plant: n % 2 === 0 ? 'north' : 'south' },
  ...change,
});
const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => telemetry(from + index));
const roomy = { maxBytes: 64 * 1024 * 1024, maxMessages: 1_000_000 };
const numberOf = (message: ReceivedMessage) =>
  (JSON.parse(Buffer.from(message.body).toString()) as { n: number }).n;

async function until(test: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !test(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(test()).toBe(true);
}

const properties = fc.dictionary(
  fc.string({ unit: 'binary' }),
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array(),
    fc.constant(null),
    fc.jsonValue(),
  ),
);
const anyMessage: fc.Arbitrary<ReceivedMessage> = fc.record(
  {
    partitionId: fc.string(),
    sequenceNumber: fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.double()),
    enqueuedAt: fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.double()),
    deviceId: fc.string({ unit: 'binary' }),
    moduleId: fc.string(),
    source: fc.string(),
    body: fc.uint8Array({ maxLength: 3_000 }),
    contentType: fc.string(),
    contentEncoding: fc.string(),
    systemProperties: properties,
    applicationProperties: properties,
  },
  {
    requiredKeys: [
      'partitionId',
      'sequenceNumber',
      'enqueuedAt',
      'body',
      'systemProperties',
      'applicationProperties',
    ],
  },
);

describe('message history', () => {
  it('returns every message unchanged, including from compressed slabs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMessage, { maxLength: 40 }), async (messages) => {
        const history = new MessageHistory({ maxBytes: 64 * 1024, maxMessages: 1_000 });
        history.add(messages);
        const rows = await history.read(0, 100);
        const kept = messages.slice(history.first);
        expect(rows.map(({ message }) => message)).toEqual(
          kept.map((message) => ({
            ...message,
            systemProperties: { ...message.systemProperties },
            applicationProperties: { ...message.applicationProperties },
          })),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('reads any page across slabs', async () => {
    const history = new MessageHistory(roomy);
    for (let from = 0; from < 30_000; from += 500) history.add(many(from, from + 500));
    const pages = [
      [0, 100],
      [3_950, 200],
      [29_950, 200],
      [12_345, 1],
      [40_000, 10],
    ] as const;
    for (const [from, count] of pages) {
      const rows = await history.read(from, count);
      expect(rows.map(({ index }) => index)).toEqual(
        Array.from({ length: Math.max(0, Math.min(count, 30_000 - from)) }, (_, index) => from + index),
      );
      for (const { index, message } of rows) expect(numberOf(message)).toBe(index);
    }
    expect(await history.get(17_000)).toEqual(telemetry(17_000));
    expect(await history.get(-1)).toBeUndefined();
    expect(await history.get(30_000)).toBeUndefined();
  });

  it('stays within its size limit and counts discarded messages', async () => {
    const history = new MessageHistory({ maxBytes: 1024 * 1024, maxMessages: 1_000_000 });
    for (let from = 0; from < 100_000; from += 500) {
      history.add(many(from, from + 500));
      expect(history.bytes).toBeLessThanOrEqual(1024 * 1024 * 1.1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(history.dropped).toBe(history.first);
    expect(history.first).toBeGreaterThan(0);
    expect((await history.read(history.first, 1))[0]?.index).toBe(history.first);
    expect(history.devices().map(({ count }) => count)).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
  });

  it('stays exactly within its message limit', async () => {
    const history = new MessageHistory({ ...roomy, maxMessages: 1_234 });
    history.add(many(0, 10_000));
    expect([history.first, history.end, history.dropped]).toEqual([8_766, 10_000, 8_766]);
    history.setLimits({ ...roomy, maxMessages: 10 });
    expect((await history.read(0, 100)).map(({ index }) => index)).toEqual([]);
    expect((await history.read(9_985, 100)).map(({ index }) => index)).toHaveLength(10);
  });

  it('continues its numbering after it was cleared', async () => {
    const history = new MessageHistory(roomy);
    history.add(many(0, 100));
    history.clear();
    expect([history.first, history.end, history.dropped, history.bytes]).toEqual([100, 100, 0, 0]);
    expect(history.devices()).toEqual([]);
    history.add(many(0, 2));
    expect((await history.read(0, 100)).map(({ index }) => index)).toEqual([]);
    expect((await history.read(100, 10)).map(({ index }) => index)).toEqual([100, 101]);
  });

  it('counts messages by time', () => {
    const history = new MessageHistory(roomy);
    history.add(many(0, 1_000));
    expect(history.rates(start, start + 10_000, 10)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(history.rates(start, start + 10_000, 2)).toEqual([500, 500]);
  });
});

describe('one hour of 5,000 messages per second', () => {
  it('fits the default limits', async () => {
    const { contributes } = JSON.parse(
      readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8'),
    ) as {
      contributes: { configuration: { properties: Record<string, { default: number }> }[] };
    };
    const settings = Object.assign(
      {},
      ...contributes.configuration.map(({ properties }) => properties),
    ) as Record<string, { default: number }>;
    const valueOf = (name: string) => settings[`iotHubWorkbench.monitor.history.${name}`]?.default ?? 0;
    const writer = new SlabWriter(0, 1024 * 1024);
    const random = noise();
    while (writer.add(telemetryAt(writer.count, { perSecond: 5_000, start, hasIds: false }, random)));
    const slab = new Slab(joined(writer.columns()), 0, writer.count);
    await slab.compress();
    const hour = 3_600 * 5_000;
    expect(valueOf('messages')).toBeGreaterThanOrEqual(hour);
    expect((slab.bytes / slab.count) * hour).toBeLessThan(valueOf('megabytes') * 1024 * 1024);
    const reader = await slab.open();
    const again = noise();
    for (let n = 0; n < slab.count; n++)
      expect(reader?.message(n)).toEqual(telemetryAt(n, { perSecond: 5_000, start, hasIds: false }, again));
  });
});

describe('history selection', () => {
  it('contains existing and new messages in order', async () => {
    const history = new MessageHistory(roomy);
    for (let from = 0; from < 20_000; from += 500) history.add(many(from, from + 500));
    const selection = history.openSelection(parseMessageFilter('device:boiler-3 $.temperature=22'));
    history.add(many(20_000, 21_000));
    await until(() => selection.isComplete);
    const wanted = Array.from({ length: 21_000 }, (_, n) => n).filter((n) => n % 5 === 3 && n % 7 === 2);
    expect(selection.length).toBe(wanted.length);
    expect(selection.scanned).toBe(21_000);
    const rows = await selection.read(0, wanted.length + 10);
    expect(rows.map(({ message }) => numberOf(message))).toEqual(wanted);
    expect((await selection.read(50, 3)).map(({ index }) => index)).toEqual(wanted.slice(50, 53));
    expect(selection.positionOf(wanted[50] ?? 0)).toBe(50);
    expect(selection.positionOf((wanted[50] ?? 0) + 1)).toBe(51);
    expect(selection.positionOf(50_000)).toBe(wanted.length);
    expect(selection.rates(start, start + 210_000, 1)).toEqual([wanted.length]);
    selection.dispose();
  });

  it('drops discarded messages in any order of adding, searching and discarding', async () => {
    const history = new MessageHistory({ maxBytes: 512 * 1024, maxMessages: 3_000 });
    history.add(many(0, 5_000));
    const selection = history.openSelection(parseMessageFilter('plant=north'));
    const whole = history.openSelection(undefined);
    for (let from = 5_000; from < 20_000; from += 777) {
      history.add(many(from, from + 777));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => selection.isComplete);
    expect(whole.length).toBe(history.end - history.first);
    const rows = await selection.read(0, 10_000);
    expect(rows.every(({ index }) => index >= history.first)).toBe(true);
    expect(rows).toHaveLength(selection.length);
    expect(rows.every(({ message }) => message.applicationProperties['plant'] === 'north')).toBe(true);
    expect(selection.length).toBeGreaterThan((history.end - history.first) / 2 - 800);
  });

  it('reports changes once per turn, and none after it was disposed', async () => {
    const history = new MessageHistory(roomy);
    const selection = history.openSelection(undefined);
    let changes = 0;
    selection.onDidChange(() => changes++);
    for (let n = 0; n < 100; n++) history.add([telemetry(n)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes).toBe(1);
    selection.dispose();
    history.add([telemetry(100)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes).toBe(1);
  });
});

describe('numeric fields', () => {
  const body = (value: unknown) => telemetry(0, { body: Buffer.from(JSON.stringify(value)) });

  it('are found by their paths', () => {
    expect(numericFields(body({ a: 1, b: { c: [2, { d: 3 }], e: 'x', f: null }, g: true }))).toEqual([
      { path: 'a', value: 1 },
      { path: 'b.c[0]', value: 2 },
      { path: 'b.c[1].d', value: 3 },
    ]);
    expect(numericFields(body(5))).toEqual([]);
    expect(numericFields(telemetry(0, { body: new Uint8Array([255, 0]) }))).toEqual([]);
    expect(numericFields(body(Array.from({ length: 500 }, (_, n) => n)))).toHaveLength(50);
  });

  it('are kept per second if charted, and downsampled', () => {
    const series = new FieldSeries();
    const field = { deviceId: 'boiler-0', path: 'temperature' };
    series.setCharted([field]);
    series.add(many(0, 1_000));
    expect(series.fieldsOf('boiler-0')).toEqual(['n', 'temperature']);
    const [first, ...rest] = series.points(field, start, start + 10_000, 10);
    expect(rest).toHaveLength(9);
    expect(first).toMatchObject({ at: start, min: 20, max: 26, count: 20 });
    expect(series.points(field, start, start + 10_000, 2)).toMatchObject([{ count: 100 }, { count: 100 }]);
    expect(series.points({ ...field, path: 'n' }, start, start + 10_000, 2)).toEqual([]);
    // An hour later the oldest messages have been discarded.
    series.add([telemetry(0, { enqueuedAt: start + 3_605_000 })]);
    expect(series.points(field, start, start + 10_000, 10)).toHaveLength(4);
  });

  it('count each message once, even if fields are added and messages arrive during the scan', async () => {
    const history = new MessageHistory(roomy);
    const series = new HistorySeries(history);
    const field = { deviceId: 'boiler-0', path: 'temperature' };
    const other = { deviceId: 'boiler-1', path: 'n' };
    history.add(many(0, 30_000));
    const filled = [
      series.setCharted([field]),
      series.setCharted([]),
      series.setCharted([field]),
      series.setCharted([field, other]),
    ];
    expect(series.progress).toBe(0);
    for (let n = 30_000; n < 40_000; n += 100) {
      history.add(many(n, n + 100));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(filled);
    expect(series.progress).toBe(1);
    for (const one of [field, other]) {
      const points = series.points(one, start, start + 400_000, 400);
      expect(points).toHaveLength(400);
      expect(new Set(points.map(({ count }) => count))).toEqual(new Set([20]));
    }
    series.dispose();
  });
});
