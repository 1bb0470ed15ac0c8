import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problems } from '../../../src/localHub/control/problems';
import { openHubState, type HubStateOptions } from '../../../src/localHub/hubState';
import { openDatabase } from '../../../src/localHub/state/database';
import { StorageError } from '../../../src/localHub/state/storageError';
import { openSqlite } from '../../../src/sqlite/openSqlite';
import { engines, makeFolder, openHubData, turns, type HubData } from './support/openHubData';

const place = { hostName: 'localhost', ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 } };
const hubOptions: Omit<HubStateOptions, 'dataFolder'> = {
  hubName: 'h',
  partitionCount: 2,
  retentionMs: 1e12,
  maxBytes: 1e9,
  limits: { messagesPerDay: 0, meterBytes: 4_096 },
  messagesPerSecond: 0,
  now: Date.now,
  log: () => undefined,
};

let folder: string;
let opened: HubData[];
const fileOf = (name = 'hub.db'): string => path.join(folder, name);

beforeEach(() => {
  folder = makeFolder();
  opened = [];
});

afterEach(() => {
  vi.useRealTimers();
  for (const data of opened) data.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.each(engines)('the database of a hub on %s', (engine) => {
  const open = async (options = {}): Promise<HubData> => {
    const data = await openHubData(folder, engine, options);
    opened.push(data);
    return data;
  };
  const reopen = async (data: HubData): Promise<HubData> => {
    data.close();
    return open();
  };
  const limitPages = (data: HubData, more: number): void => {
    const count = Number(data.sql.prepare('PRAGMA page_count').all()[0]?.page_count);
    data.sql.prepare(`PRAGMA max_page_count=${count + more}`).all();
  };
  const fakeTimers = (): void => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  };

  describe('on a full disk', () => {
    it('acknowledges only what is stored, and keeps reading', async () => {
      const data = await open();
      limitPages(data, 20);
      const results = [];
      for (let i = 0; i < 60; i++)
        results.push(await data.append(`${i} `.padEnd(4_000, 'x')).catch((error: unknown) => error));
      const stored = results.filter((result) => result === undefined).length;
      expect(stored).toBeGreaterThan(0);
      expect(results.slice(stored)).toEqual(
        results.slice(stored).map(() => expect.objectContaining({ fault: 'full' }) as unknown),
      );
      expect(data.bodies().map((body) => Number(body.trim().split(' ')[0]))).toEqual(
        Array.from({ length: stored }, (_, i) => i),
      );
      const again = await reopen(data);
      expect(again.events().map(({ sequenceNumber }) => sequenceNumber)).toEqual(
        Array.from({ length: stored }, (_, i) => i),
      );
    });

    it('refuses changes as unavailable and leaves devices and policies as they are', async () => {
      const data = await open();
      data.registry.create({ deviceId: 'before' });
      const policies = data.policies.all;
      limitPages(data, 0);
      const fill = (): void => {
        for (let i = 0; i < 200; i++) data.registry.create({ deviceId: `filler-${i}`.padEnd(100, 'x') });
      };
      expect(fill).toThrow(StorageError);
      const devices = data.registry.list().map(({ deviceId }) => deviceId);
      expect(() => data.registry.create({ deviceId: 'refused'.padEnd(128, 'x') })).toThrow(
        expect.objectContaining({ errorName: 'ServiceUnavailable', fault: 'full' }) as Error,
      );
      expect(() => {
        data.policies.set(
          Array.from({ length: 16 }, (_, i) => ({ keyName: `p${i}`, rights: ['ServiceConnect'] })),
        );
      }).toThrow(StorageError);
      expect(data.registry.list().map(({ deviceId }) => deviceId)).toEqual(devices);
      expect(data.policies.all).toBe(policies);
      // Observations of the hub itself are not refused.
      data.registry.setConnected('before', true);
      await turns();
      expect(data.registry.get('before')?.connectionState).toBe('Connected');
    });

    it('is reported once, and again when there is room, without any traffic', async () => {
      const data = await open();
      fakeTimers();
      limitPages(data, 2);
      const body = Buffer.alloc(100_000);
      for (let i = 0; i < 3; i++) await expect(data.append(body)).rejects.toThrow(StorageError);
      expect(data.faults).toEqual([
        expect.stringMatching(
          /^The disk with .*hub\.db is full\. Messages and changes are refused until it can be written again\.$/,
        ),
      ]);
      vi.advanceTimersByTime(5_000);
      expect(data.faults).toHaveLength(1);
      limitPages(data, 10_000);
      vi.advanceTimersByTime(1_000);
      expect(data.faults.slice(1)).toEqual(['recovered']);
      await data.append(body);
      expect(data.events().map(({ sequenceNumber }) => sequenceNumber)).toEqual([0]);
    });

    it('is no longer reported once the hub is closed', async () => {
      const data = await open();
      limitPages(data, 2);
      await expect(data.append(Buffer.alloc(100_000))).rejects.toThrow(StorageError);
      data.close();
      expect(data.faults.at(-1)).toBe('recovered');
    });

    it('recovers with the next message too', async () => {
      const data = await open();
      limitPages(data, 2);
      await expect(data.append(Buffer.alloc(100_000))).rejects.toThrow(StorageError);
      limitPages(data, 10_000);
      await data.append('next');
      expect(data.bodies()).toEqual(['next']);
      expect(data.faults.at(-1)).toBe('recovered');
    });
  });

  describe('whose files vanish', () => {
    it('refuses messages while its folder is away, and continues when it is back', async () => {
      const data = await open();
      await data.append('first');
      const away = `${folder}-away`;
      fs.renameSync(folder, away);
      try {
        await expect(data.append('lost')).rejects.toThrow(/hub\.db no longer exists/);
        expect(data.bodies()).toEqual(['first']);
      } finally {
        fs.renameSync(away, folder);
      }
      await data.append('second');
      const again = await reopen(data);
      expect(again.bodies()).toEqual(['first', 'second']);
      expect(again.setAside).toEqual([]);
    });

    it.each(['hub.db', 'hub.db-wal'])('is written again after %s was deleted', async (name) => {
      const data = await open();
      data.registry.create({ deviceId: 'pump' });
      await data.append('first');
      fakeTimers();
      fs.rmSync(fileOf(name));
      await expect(data.append('refused')).rejects.toThrow(/no longer exists/);
      vi.advanceTimersByTime(1_000);
      vi.useRealTimers();
      await turns();
      await vi.waitFor(() => {
        expect(data.sql.fault).toBeUndefined();
      });
      await data.append('second');
      const again = await reopen(data);
      expect(again.bodies()).toEqual(['first', 'second']);
      expect(again.registry.get('pump')).toBeDefined();
    });

    it('does not write to a database that replaced its own', async () => {
      const data = await open();
      await data.append('first');
      fs.renameSync(fileOf(), fileOf('moved'));
      fs.writeFileSync(fileOf(), 'foreign');
      await expect(data.append('refused')).rejects.toThrow(/was replaced by another program/);
      data.close();
      expect(fs.readFileSync(fileOf(), 'utf8')).toBe('foreign');
    });
  });

  describe('that is damaged', () => {
    /** Every file of a folder with its content. */
    const contentOf = (): Map<string, string> =>
      new Map(
        fs
          .readdirSync(folder)
          .filter((name) => fs.statSync(fileOf(name)).isFile())
          .map((name) => [name, fs.readFileSync(fileOf(name), 'latin1')]),
      );
    const makeHub = async (): Promise<void> => {
      const data = await open();
      for (let i = 0; i < 20; i++) data.registry.create({ deviceId: `device-${i}` });
      await Promise.all(Array.from({ length: 50 }, (_, i) => data.append(`message ${i}`.padEnd(2_000))));
      data.close();
    };
    const overwrite = (position: number, bytes: Buffer): void => {
      const handle = fs.openSync(fileOf(), 'r+');
      fs.writeSync(handle, bytes, 0, bytes.length, position);
      fs.closeSync(handle);
    };

    it.each<[string, RegExp, () => void]>([
      ['overwritten', /is not a database/, () => fs.writeFileSync(fileOf(), 'x'.repeat(50_000))],
      ['shorter than a header', /is not a database/, () => fs.writeFileSync(fileOf(), 'SQLite')],
      ['empty', /it is empty/, () => fs.truncateSync(fileOf(), 0)],
      ['without its header', /is not a database/, () => overwrite(0, Buffer.alloc(100))],
      [
        'only a write-ahead log',
        /only its write-ahead log is left/,
        () => {
          fs.rmSync(fileOf());
          fs.writeFileSync(fileOf('hub.db-wal'), 'frames');
        },
      ],
    ])('and %s is set aside as it is, and a new one is used', async (_, reason, damage) => {
      await makeHub();
      damage();
      const before = contentOf();
      const data = await open();
      expect(data.setAside).toEqual([expect.stringMatching(reason)]);
      expect(data.registry.count).toBe(0);
      await data.append('new');
      const after = [...contentOf()].filter(([name]) => name.includes('.damaged-'));
      expect(after.map(([, content]) => content)).toEqual([...before.values()]);
      for (const [name] of after) expect(data.setAside[0]).toContain(name.replace(/-wal$/, ''));
      const again = await reopen(data);
      expect(again.setAside).toEqual([]);
      expect(again.bodies()).toEqual(['new']);
    });

    it('in its write-ahead log keeps that log and what the database contains', async () => {
      await makeHub();
      fs.writeFileSync(fileOf('hub.db-wal'), 'overwritten'.repeat(1_000));
      const data = await open();
      expect(data.setAside).toEqual([expect.stringMatching(/hub\.db-wal is damaged/)]);
      expect(data.registry.count).toBe(20);
      expect(data.bodies()).toHaveLength(50);
      const aside = fs.readdirSync(folder).find((name) => /damaged-.*-wal$/.test(name)) ?? '';
      expect(fs.readFileSync(fileOf(aside), 'utf8')).toBe('overwritten'.repeat(1_000));
    });

    it('because a table is missing keeps the others', async () => {
      await makeHub();
      const sql = await openSqlite(fileOf(), engine);
      sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
      sql.exec('DROP TABLE meta');
      sql.close();
      const state = await openHubState(
        { ...hubOptions, dataFolder: folder, sqlEngine: engine },
        new Set(['localhost']),
        place,
      );
      expect(state.context.registry.count).toBe(20);
      expect(state.context.policies.all).toHaveLength(5);
      await turns();
      state.close();
    });

    it('because a folder has its name is set aside', async () => {
      fs.mkdirSync(fileOf());
      fs.writeFileSync(path.join(fileOf(), 'mine'), 'kept');
      const data = await open();
      expect(data.setAside).toEqual([expect.stringMatching(/it is a folder/)]);
      const aside = fs.readdirSync(folder).find((name) => name.includes('.damaged-')) ?? '';
      expect(fs.readFileSync(path.join(folder, aside, 'mine'), 'utf8')).toBe('kept');
    });

    it.each<[string, number]>([
      ['at a page', 0],
      ['inside a page', 777],
    ])('because it ends early, %s, keeps what its first half contains', async (_, odd) => {
      await makeHub();
      const content = fs.readFileSync(fileOf());
      fs.truncateSync(fileOf(), Math.floor(content.length / 2) + odd);
      const half = fs.readFileSync(fileOf());
      const data = await open();
      expect(data.registry.count).toBe(20);
      const kept = data.bodies().length;
      expect(kept).toBeGreaterThan(5);
      expect(kept).toBeLessThan(50);
      expect(data.bodies().every((body) => /^message \d+ +$/.test(body))).toBe(true);
      expect(data.setAside[0]).toContain(`contains 20 devices and ${kept} messages of the old one`);
      const aside = fs.readdirSync(folder).find((name) => name.includes('.damaged-')) ?? '';
      expect(fs.readFileSync(fileOf(aside))).toEqual(half);
      // New messages continue after what was read.
      await data.append('next');
      expect(data.events().at(-1)?.sequenceNumber).toBeGreaterThanOrEqual(kept);
    });

    it('and was being replaced when the process ended is replaced by the next start', async () => {
      await makeHub();
      fs.renameSync(fileOf(), fileOf('hub.db.new'));
      const data = await open();
      expect(data.setAside).toEqual([]);
      expect(data.registry.count).toBe(20);
      expect(data.bodies()).toHaveLength(50);
    });

    it('in a row of a device loses only that device', async () => {
      await makeHub();
      const sql = await openSqlite(fileOf(), engine);
      sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
      sql.prepare(`UPDATE device SET json = '{"deviceId":' WHERE id = 'device-7'`).run();
      sql.close();
      const problems = new Problems();
      const state = await openHubState(
        { ...hubOptions, dataFolder: folder, sqlEngine: engine, problems },
        new Set(['localhost']),
        place,
      );
      expect(state.context.registry.count).toBe(19);
      await turns();
      state.close();
      expect(problems.all).toEqual([
        {
          kind: 'setAside',
          hubName: 'h',
          text: expect.stringContaining('contains 19 devices and 50 messages') as unknown,
        },
      ]);
      expect(fs.readdirSync(folder).filter((name) => name.includes('.damaged-'))).not.toEqual([]);
    });

    it('while the hub is running is replaced by what can be read and by what is in memory', async () => {
      const data = await open();
      for (let i = 0; i < 5; i++) data.registry.create({ deviceId: `device-${i}` });
      // More than the page cache.
      await Promise.all(Array.from({ length: 600 }, (_, i) => data.append(`message ${i}`.padEnd(20_000))));
      data.sql.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      const middle = Math.floor(fs.statSync(fileOf()).size / 8_192) * 4_096;
      overwrite(middle - 40 * 4_096, Buffer.alloc(80 * 4_096, 0xff));
      const readAll = (): number => data.events().length;
      expect(readAll).toThrow(/is damaged/);
      await vi.waitFor(() => {
        expect(data.sql.fault).toBeUndefined();
      });
      await turns();
      expect(data.faults).toEqual([expect.stringMatching(/is damaged/), 'recovered']);
      expect(data.setAside).toHaveLength(1);
      const kept = readAll();
      expect(kept).toBeGreaterThan(300);
      expect(kept).toBeLessThan(600);
      await data.append('next');
      const again = await reopen(data);
      expect(again.setAside).toEqual([]);
      expect(again.registry.count).toBe(5);
      expect(again.events().at(-1)).toMatchObject({ sequenceNumber: 600 });
      expect(again.events()).toHaveLength(kept + 1);
    });
  });

  it('of a folder that cannot be created is refused with one sentence', async () => {
    fs.writeFileSync(fileOf('file'), '');
    await expect(openDatabase(fileOf('file'), engine)).rejects.toThrow(StorageError);
  });
});

describe('a database that another program uses', () => {
  it('is reported with one sentence and stays as it is', async ({ skip }) => {
    if (!engines.includes('node')) skip(`Node ${process.version} has no node:sqlite, whose locks others see`);
    const other = await openSqlite(fileOf(), 'node');
    other.exec('CREATE TABLE theirs (id INTEGER); BEGIN EXCLUSIVE');
    await expect(openDatabase(folder, 'node')).rejects.toThrow(
      `The database ${fileOf()} is in use by another program. Close that program.`,
    );
    other.exec('COMMIT');
    other.close();
    expect(fs.readdirSync(folder)).toEqual(['hub.db']);
  });
});
