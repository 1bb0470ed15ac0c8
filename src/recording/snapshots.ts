import fs from 'node:fs';
import path from 'node:path';
import { delay } from '../core/base/abort';
import { IotError } from '../core/errors';
import { bestEngine, openSqlite, type SqlEngine } from '../sqlite/openSqlite';
import { isLocked } from './recorderLock';

export const workPath = (file: string) => `${file}.recording`;

const soonest = 1_000;

/**
 * Copies of the work file, each put at the place of `file` in one step, so that who opens it finds a whole
 * database that nobody changes. Copying takes at most a tenth of the time.
 */
export class Snapshots {
  private timer: NodeJS.Timeout | undefined;
  private copying: Promise<void> = Promise.resolve();
  private lastTook = 0;
  private isStopped = false;

  constructor(private readonly file: string) {}

  /** Resolves when the work file may be written to. */
  idle(): Promise<void> {
    return this.copying;
  }

  takeSoon(): void {
    if (this.isStopped) return;
    this.timer ??= setTimeout(() => void this.take(), Math.max(soonest, 10 * this.lastTook));
  }

  /** Never rejects: what is not copied now, as when the disk is full or the file in use, is copied with the next. */
  take(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.copying = this.copying.then(() => this.copy()).catch(() => undefined);
    return this.copying;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.copying;
  }

  /** Makes the work file, which nobody has open any more, the file. */
  async keepWork(): Promise<void> {
    try {
      const work = workPath(this.file);
      // A write that failed is undone by its journal, which has no more use then.
      await settle(work, 'wasm');
      await replace(work, this.file);
      await fs.promises.rm(`${work}-journal`, { force: true });
    } catch (error) {
      const names = [path.basename(workPath(this.file)), path.basename(this.file)] as const;
      throw new IotError(
        'refused',
        `The end of the recording is in ${names[0]} and could not be moved to ${names[1]}, which is perhaps open elsewhere.`,
        { cause: error, detail: this.file },
      );
    }
  }

  private async copy(): Promise<void> {
    const started = Date.now();
    const copy = `${this.file}.copy`;
    try {
      await fs.promises.copyFile(workPath(this.file), copy, fs.constants.COPYFILE_FICLONE);
      await fs.promises.rename(copy, this.file);
    } catch (error) {
      await fs.promises.rm(copy, { force: true });
      throw error;
    } finally {
      this.lastTook = Date.now() - started;
    }
  }
}

/** On Windows a file that is open elsewhere cannot be replaced; most programs do not hold it for long. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fs.promises.rename(from, to);
      return;
    } catch (error) {
      const isBusy =
        error instanceof Error &&
        'code' in error &&
        ['EPERM', 'EBUSY', 'EACCES'].includes(String(error.code));
      if (!isBusy || attempt === 10) throw error;
      await delay(100);
    }
  }
}

/** Makes a work file that a killed process left the file; it has more than the last copy. */
export async function takeBack(file: string): Promise<void> {
  const work = workPath(file);
  if (!fs.existsSync(work)) return;
  await settle(work, bestEngine());
  await replace(work, file);
  fs.rmSync(`${file}.copy`, { force: true });
}

/** The same for who only reads: not while a living process writes to the work file. */
export async function takeBackUnlessLive(file: string): Promise<void> {
  if (!isLocked(file)) await takeBack(file);
}

/** Brings in what a killed process left in a journal or write-ahead log, so that the one file is all. */
export async function settle(file: string, engine: SqlEngine): Promise<void> {
  if (fs.statSync(file).size === 0) return;
  const sql = await openSqlite(file, engine);
  try {
    // Without shared memory, WebAssembly reads a write-ahead log only so.
    if (engine === 'wasm') sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
    sql.prepare('PRAGMA journal_mode=DELETE').all();
    sql.prepare('SELECT count(*) FROM sqlite_master').all();
  } finally {
    sql.close();
  }
}
