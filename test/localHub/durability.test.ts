import fs from 'node:fs';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type SqlEngine } from '../../src/localHub/state/database';
import { EventLog } from '../../src/localHub/state/eventLog';
import type { NewEvent } from '../../src/localHub/state/events';
import { loadNodeSqlite } from '../../src/sqlite/nodeSqlite';
import { createDevice, deviceToken, makeTemporaryFolder, readEvents, registryOf } from './support/hub';
import { buildProgram, freePorts, removeProgram, runProgram } from './support/program';

let program: string;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(() => {
  removeProgram(program);
});

describe('a hub killed during a QoS 1 stream', () => {
  it('still delivers every acknowledged message, in order, once per sequence number', async () => {
    const data = makeTemporaryFolder();
    const acknowledged: string[] = [];
    let sent = 0;
    for (let round = 0; round < 3; round++) {
      const hub = await runProgram(program, ['--data', data, ...freePorts]);
      const device = round === 0 ? await createDevice(hub.endpoints, 'd') : await knownDevice(hub.endpoints);
      const client = await mqtt.connectAsync(`mqtts://localhost:${hub.endpoints.mqttPort}`, {
        ca: fs.readFileSync(hub.endpoints.caFile),
        protocolVersion: 4,
        clientId: 'd',
        username: 'localhost/d/?api-version=2021-04-12',
        password: deviceToken(device),
        reconnectPeriod: 0,
      });
      let stop = false;
      client.on('close', () => (stop = true));
      client.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => client.once('close', resolve));
      const target = acknowledged.length + 500;
      const pump = (): void => {
        if (stop) return;
        const body = String(sent++);
        client.publish('devices/d/messages/events/', body, { qos: 1 }, (error) => {
          if (error) return;
          acknowledged.push(body);
          if (acknowledged.length === target) void hub.kill('SIGKILL');
          pump();
        });
      };
      for (let window = 0; window < 50; window++) pump();
      await closed;
      client.end(true);
      await hub.kill('SIGKILL');
    }
    const hub = await runProgram(program, ['--data', data, ...freePorts]);
    // Messages whose acknowledgement was lost with the process may be stored too.
    const events = await readEvents(hub.endpoints, acknowledged.length);
    await hub.kill('SIGTERM');
    const bodies = events.map((event) => String(event.body));
    const kept = new Set(bodies);
    expect(acknowledged.length).toBeGreaterThanOrEqual(1_500);
    expect(acknowledged.filter((body) => !kept.has(body))).toEqual([]);
    expect(kept.size).toBe(bodies.length);
    expect(bodies.map(Number)).toEqual([...bodies].map(Number).sort((a, b) => a - b));
    const sequence = events.map((event) => event.sequenceNumber);
    expect(sequence).toEqual(sequence.map((_, i) => i));
    fs.rmSync(data, { recursive: true, force: true });
  });
});

async function knownDevice(
  endpoints: Parameters<typeof registryOf>[0],
): Promise<{ deviceId: string; primaryKey: string; secondaryKey: string }> {
  const { responseBody } = await registryOf(endpoints).get('d');
  const { authentication } = responseBody as unknown as {
    authentication: { symmetricKey: { primaryKey: string; secondaryKey: string } };
  };
  return { deviceId: 'd', ...authentication.symmetricKey };
}

const engines: SqlEngine[] = loadNodeSqlite() ? ['node', 'wasm'] : ['wasm'];

function anEvent(deviceId: string, body: string): NewEvent {
  return {
    deviceId,
    authMethod: '{}',
    generationId: '1',
    source: 'Telemetry',
    system: {},
    properties: {},
    body: Buffer.from(body),
  };
}

describe.each(engines)('the event log on %s', (engine) => {
  async function openLog(folder: string, options: Partial<ConstructorParameters<typeof EventLog>[1]> = {}) {
    const sql = await openDatabase(folder, engine);
    const log = new EventLog(sql, {
      partitionCount: 2,
      retentionMs: 1e9,
      maxBytes: 1e9,
      now: Date.now,
      ...options,
    });
    return {
      log,
      append: async (event: NewEvent) =>
        new Promise<void>((resolve, reject) => {
          log.append(event, (error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
      close: () => {
        log.close();
        sql.close();
      },
    };
  }

  it('keeps events, positions and sequence numbers after a restart', async () => {
    const folder = makeTemporaryFolder();
    const first = await openLog(folder);
    for (let i = 0; i < 10; i++) await first.append(anEvent('d', `m${i}`));
    const partition = first.log.partitionOf('d');
    first.close();
    const second = await openLog(folder);
    expect(second.log.state(partition)).toMatchObject({ firstSequenceNumber: 0, lastSequenceNumber: 9 });
    expect(second.log.read(partition, 3, 2).map((event) => Buffer.from(event.body).toString())).toEqual([
      'm3',
      'm4',
    ]);
    await second.append(anEvent('d', 'm10'));
    expect(second.log.state(partition).lastSequenceNumber).toBe(10);
    expect(second.log.read(partition, 8, 10).map((event) => event.sequenceNumber)).toEqual([8, 9, 10]);
    second.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('deletes expired events but never reuses sequence numbers', async () => {
    const folder = makeTemporaryFolder();
    let now = 1_000_000;
    const { log, append, close } = await openLog(folder, { now: () => now, retentionMs: 1_000 });
    const partition = log.partitionOf('d');
    for (let i = 0; i < 5; i++) await append(anEvent('d', 'old'));
    now += 5_000;
    for (let i = 0; i < 3; i++) await append(anEvent('d', 'new'));
    log.enforceRetention();
    expect(log.state(partition)).toMatchObject({ firstSequenceNumber: 5, lastSequenceNumber: 7 });
    expect(log.read(partition, 0, 100).map((event) => event.sequenceNumber)).toEqual([5, 6, 7]);
    now += 5_000;
    log.enforceRetention();
    expect(log.state(partition)).toMatchObject({ firstSequenceNumber: 8, lastSequenceNumber: 7 });
    expect(log.size).toBe(0);
    close();
    const again = await openLog(folder);
    expect(again.log.state(partition)).toMatchObject({ firstSequenceNumber: 8, lastSequenceNumber: 7 });
    await again.append(anEvent('d', 'next'));
    expect(again.log.state(partition).lastSequenceNumber).toBe(8);
    again.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('stays below its maximum size in memory and on disk', async () => {
    const folder = makeTemporaryFolder();
    const maxBytes = 4 * 1024 * 1024;
    const { log, append, close } = await openLog(folder, { maxBytes });
    const body = 'x'.repeat(10_000);
    for (let round = 0; round < 60; round++) {
      await Promise.all(Array.from({ length: 40 }, (_, i) => append(anEvent(`d${i % 7}`, body))));
    }
    expect(log.size).toBeLessThanOrEqual(maxBytes);
    expect(log.size).toBeGreaterThan(maxBytes / 2);
    log.enforceRetention();
    close();
    const onDisk = fs
      .readdirSync(folder)
      .reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
    expect(onDisk).toBeLessThan(maxBytes * 4);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('finds positions by offset, sequence number and enqueued time', async () => {
    const folder = makeTemporaryFolder();
    let now = 1_000;
    const { log, append, close } = await openLog(folder, { now: () => now });
    const partition = log.partitionOf('d');
    for (let i = 0; i < 5; i++) {
      await append(anEvent('d', `m${i}`));
      now += 100;
    }
    expect(log.resolve(partition, { kind: 'earliest' })).toBe(0);
    expect(log.resolve(partition, { kind: 'latest' })).toBe(5);
    expect(log.resolve(partition, { kind: 'sequenceNumber', value: 2, inclusive: false })).toBe(3);
    expect(log.resolve(partition, { kind: 'offset', value: 128, inclusive: true })).toBe(2);
    expect(log.resolve(partition, { kind: 'offset', value: 128, inclusive: false })).toBe(3);
    expect(log.resolve(partition, { kind: 'offset', value: -1, inclusive: false })).toBe(0);
    expect(log.resolve(partition, { kind: 'enqueuedTime', value: 1_200, inclusive: false })).toBe(3);
    expect(log.resolve(partition, { kind: 'enqueuedTime', value: 9_999, inclusive: false })).toBe(5);
    // The clock is set back, but enqueued times do not decrease.
    now = 10;
    await append(anEvent('d', 'late'));
    expect(log.read(partition, 5, 1)[0]?.enqueuedTime).toBe(1_400);
    close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
});
