import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountFile } from '../../../src/localHub/account/accountFile';
import { parseCliOptions } from '../../../src/localHub/cli/options';
import { engines, makeFolder, openHubData } from './support/openHubData';

let folder: string;
let afterCut: string;

beforeEach(() => {
  folder = makeFolder();
  afterCut = makeFolder();
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const each of [folder, afterCut]) fs.rmSync(each, { recursive: true, force: true });
});

/**
 * Records the content of each file at its last completed synchronization: all that a disk guarantees to have after a
 * power cut. The WebAssembly build makes its system calls through `node:fs`.
 */
function recordSynchronized(): ReadonlyMap<string, Buffer> {
  const names = new Map<number, string>();
  const contents = new Map<string, Buffer>();
  const { openSync, fsyncSync } = fs;
  vi.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
    const handle = openSync(file, ...rest);
    names.set(handle, String(file));
    return handle;
  });
  vi.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
    fsyncSync(handle);
    const name = names.get(handle) ?? '';
    if (path.dirname(name) === folder) contents.set(path.basename(name), fs.readFileSync(name));
  });
  return contents;
}

/** @param tail bytes of the write-ahead log that reached the disk without being synchronized */
function cutPower(contents: ReadonlyMap<string, Buffer>, tail = Buffer.alloc(0)): void {
  fs.rmSync(afterCut, { recursive: true });
  fs.mkdirSync(afterCut);
  for (const [name, content] of contents) fs.writeFileSync(path.join(afterCut, name), content);
  fs.appendFileSync(path.join(afterCut, 'hub.db-wal'), tail);
}

const messages = Array.from({ length: 30 }, (_, i) => `message ${i}`.padEnd(1_500));

describe('a power cut', () => {
  it('with full durability loses nothing that was acknowledged', async () => {
    const contents = recordSynchronized();
    const data = await openHubData(folder, 'wasm', { durability: 'full' });
    for (const [i, message] of messages.entries()) {
      data.registry.create({ deviceId: `device-${i}` });
      await data.append(message);
      if (i % 10 !== 9) continue;
      cutPower(contents);
      const left = await openHubData(afterCut, 'wasm');
      expect(left.setAside).toEqual([]);
      expect(left.bodies()).toEqual(messages.slice(0, i + 1));
      expect(left.registry.count).toBe(i + 1);
      left.close();
    }
    data.close();
  });

  it.each([0, 1, 24, 4_000, 4_120, 20_000])(
    'with normal durability may lose the last messages, and leaves the database intact (%i bytes more were written)',
    async (bytes) => {
      const contents = recordSynchronized();
      const data = await openHubData(folder, 'wasm');
      data.registry.create({ deviceId: 'd' });
      for (const message of messages) await data.append(message);
      const log = fs.readFileSync(path.join(folder, 'hub.db-wal'));
      const synchronized = contents.get('hub.db-wal')?.length ?? 0;
      expect(synchronized).toBeLessThan(log.length);
      cutPower(contents, log.subarray(synchronized, synchronized + bytes));
      data.close();
      const left = await openHubData(afterCut, 'wasm');
      expect(left.setAside).toEqual([]);
      expect(left.sql.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      const kept = left.bodies();
      expect(kept.length).toBeLessThan(messages.length);
      expect(kept).toEqual(messages.slice(0, kept.length));
      await left.append('next');
      expect(left.bodies()).toEqual([...kept, 'next']);
      left.close();
    },
  );

  it('leaves an account file that is complete', () => {
    const contents = recordSynchronized();
    const rename = vi.spyOn(fs, 'renameSync');
    const account = new AccountFile(path.join(folder, 'account.json'));
    account.change({ groups: [{ name: 'g', location: 'local', tags: {} }] });
    const [temporary = ''] = (rename.mock.calls[0] ?? []).map(String);
    expect(contents.get(path.basename(temporary))?.toString()).toContain('"name": "g"');
  });
});

describe.each(engines)('durability on %s', (engine) => {
  it.each([
    ['normal', 1],
    ['full', 2],
  ] as const)('%s sets the level of SQLite', async (durability, level) => {
    const data = await openHubData(folder, engine, { durability });
    expect(data.sql.prepare('PRAGMA synchronous').all()).toEqual([{ synchronous: level }]);
    data.close();
  });
});

describe('--durability', () => {
  it('is normal unless given, and nothing but normal or full', () => {
    expect(parseCliOptions([])).toMatchObject({ durability: 'normal' });
    expect(parseCliOptions(['--durability', 'full'])).toMatchObject({ durability: 'full' });
    expect(() => parseCliOptions(['--durability', 'off'])).toThrow(
      "--durability must be normal or full, not 'off'.",
    );
  });
});
