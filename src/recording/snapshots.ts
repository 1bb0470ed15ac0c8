import fs from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { delay } from '../core/base/abort';
import { IotError } from '../core/errors';
import { bestEngine, openSqlite, type SqlEngine } from '../sqlite/openSqlite';
import { isLocked } from './recorderLock';

export const workPath = (file: string) => `${file}.recording`;

const minIntervalMs = 1_000;

/**
 * Copies of the work file that replace `file` atomically, so that other programs always open a complete database that
 * is not changed. Copying takes at most a tenth of the time.
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
    this.timer ??= setTimeout(() => void this.take(), Math.max(minIntervalMs, 10 * this.lastTook));
  }

  /** Never rejects: a copy that fails, for example because the disk is full or the file in use, is retried with the next. */
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

  /** Replaces the file with the work file, which is no longer open. */
  async keepWork(): Promise<void> {
    try {
      const work = workPath(this.file);
      // The journal reverts a failed write and is not needed afterwards.
      await mergeJournal(work, 'wasm');
      await replace(work, this.file);
      await fs.promises.rm(`${work}-journal`, { force: true });
    } catch (error) {
      const names = [path.basename(workPath(this.file)), path.basename(this.file)] as const;
      throw new IotError(
        'refused',
        l10n.t(
          'The end of the recording is in {0}. It could not be moved to {1}, which may be open in another program.',
          names[0],
          names[1],
        ),
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

/** On Windows a file that is open elsewhere cannot be replaced; most programs close it soon. */
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

/** Replaces the file with a work file that a killed process left, which is more complete. */
export async function recoverWorkFile(file: string): Promise<void> {
  const work = workPath(file);
  if (!fs.existsSync(work)) return;
  await mergeJournal(work, bestEngine());
  await replace(work, file);
  fs.rmSync(`${file}.copy`, { force: true });
}

/** The same for readers: not while a running process writes to the work file. */
export async function recoverUnlessRecording(file: string): Promise<void> {
  if (!isLocked(file)) await recoverWorkFile(file);
}

/** Merges the journal or write-ahead log that a killed process left into the file. */
export async function mergeJournal(file: string, engine: SqlEngine): Promise<void> {
  if (fs.statSync(file).size === 0) return;
  const sql = await openSqlite(file, engine);
  try {
    // WebAssembly has no shared memory and can read a write-ahead log only in this mode.
    if (engine === 'wasm') sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
    sql.prepare('PRAGMA journal_mode=DELETE').all();
    sql.prepare('SELECT count(*) FROM sqlite_master').all();
  } finally {
    sql.close();
  }
}
