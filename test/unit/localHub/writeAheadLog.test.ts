import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logDamage } from '../../../src/localHub/state/writeAheadLog';
import { engines, makeFolder, openHubData } from './support/openHubData';

let folder: string;
const frameBytes = 24 + 4_096;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.each(engines)('a write-ahead log of %s', (engine) => {
  /** The log of a process that was killed, after these messages. */
  async function leaveLog(messages: number, beforeRestart = 0): Promise<string> {
    const data = await openHubData(folder, engine);
    for (let i = 0; i < beforeRestart; i++) await data.append('old'.padEnd(1_000));
    // The log is written from its beginning again, and keeps its length.
    if (beforeRestart > 0) data.sql.prepare('PRAGMA wal_checkpoint(RESTART)').all();
    for (let i = 0; i < messages; i++) await data.append(`message ${i}`.padEnd(1_000));
    const file = path.join(folder, 'copy-wal');
    fs.copyFileSync(path.join(folder, 'hub.db-wal'), file);
    data.close();
    return file;
  }
  const change = (file: string, position: number): void => {
    const bytes = fs.readFileSync(file);
    bytes[position] = (bytes[position] ?? 0) ^ 0xff;
    fs.writeFileSync(file, bytes);
  };

  it.each([
    ['a first run', 10, 0],
    ['a restarted one that is shorter than before', 3, 40],
    ['a restarted one that is longer than before', 40, 3],
  ])('is whole: %s', async (_, messages, beforeRestart) => {
    expect(logDamage(await leaveLog(messages, beforeRestart))).toBeUndefined();
  });

  it('is whole if it ends with a frame that was not completed', async () => {
    const file = await leaveLog(10);
    const { size } = fs.statSync(file);
    for (const missing of [1, 4_000, frameBytes - 1]) {
      fs.truncateSync(file, size - missing);
      expect(logDamage(file)).toBeUndefined();
    }
    // The header of the last frame was written, but not its page.
    const whole = await leaveLog(5);
    change(whole, fs.statSync(whole).size - 100);
    expect(logDamage(whole)).toBeUndefined();
  });

  it('is damaged if a frame is damaged that others follow', async () => {
    const file = await leaveLog(10);
    change(file, 32 + 4 * frameBytes + 500);
    expect(logDamage(file)).toBe(`it is damaged at byte ${32 + 4 * frameBytes}`);
    change(file, 20);
    expect(logDamage(file)).toBe('its header is damaged');
    change(file, 0);
    expect(logDamage(file)).toBe('it is not a write-ahead log');
  });

  it('of a missing or empty file is no damage', () => {
    expect(logDamage(path.join(folder, 'none'))).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'empty'), '');
    expect(logDamage(path.join(folder, 'empty'))).toBeUndefined();
  });
});
