import fs from 'node:fs';
import * as l10n from '@vscode/l10n';
import { delay } from '../core/base/abort';
import { IotError } from '../core/errors';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import { bestEngine, openSqlite, transaction, type SqlEngine } from '../sqlite/openSqlite';
import type { Sql } from '../sqlite/sql';
import { writeFailure } from './failures';
import { checkDatabaseFile, prepareInsert, prepareTable } from './messageTable';
import { lockRecording } from './recorderLock';
import type { Sink } from './sink';
import { mergeJournal, recoverWorkFile, Snapshots, workPath } from './snapshots';

/**
 * With the SQLite of Node.js the file itself is written, and other programs can read it at the same time. They ignore
 * the locks of the WebAssembly build: they would roll back or delete its journal and corrupt the file. That build
 * writes to a separate work file, which is copied to the file every few seconds.
 */
export async function openSqliteSink(file: string, engine: SqlEngine = bestEngine()): Promise<Sink> {
  const unlock = lockRecording(file);
  try {
    await recoverWorkFile(file);
    fs.closeSync(fs.openSync(file, 'a', 0o600));
    checkDatabaseFile(file);
    if (engine === 'node') return await SqliteSink.open(file, file, engine, undefined, unlock);
    await mergeJournal(file, engine);
    await fs.promises.copyFile(file, workPath(file), fs.constants.COPYFILE_FICLONE);
    const snapshots = new Snapshots(file);
    const sink = await SqliteSink.open(file, workPath(file), engine, snapshots, unlock).catch(
      (error: unknown) => {
        fs.rmSync(workPath(file), { force: true });
        throw error;
      },
    );
    await snapshots.take();
    return sink;
  } catch (error) {
    unlock();
    throw writeFailure(error, file);
  }
}

interface OpenDatabase {
  readonly sql: Sql;
  readonly insert: (message: ReceivedMessage) => void;
  readonly inode: number;
}

class SqliteSink implements Sink {
  bytes = 0;
  readonly files: readonly string[];
  /** `undefined` after a failure, which may be due to the connection. */
  private database: OpenDatabase | undefined;

  private constructor(
    private readonly file: string,
    /** The database that is written: `file`, or the work file of `snapshots`. */
    private readonly target: string,
    private readonly engine: SqlEngine,
    private readonly snapshots: Snapshots | undefined,
    private readonly unlock: () => void,
  ) {
    this.files = [file];
  }

  static async open(
    ...args: [string, string, SqlEngine, Snapshots | undefined, () => void]
  ): Promise<SqliteSink> {
    const sink = new SqliteSink(...args);
    await sink.connect();
    return sink;
  }

  async write(messages: readonly ReceivedMessage[]): Promise<number> {
    await this.snapshots?.idle();
    try {
      const { sql, insert } = this.checkedDatabase() ?? (await this.connect());
      transaction(sql, () => messages.forEach(insert));
      this.bytes = sizeOf(this.target) + sizeOf(`${this.target}-wal`);
    } catch (error) {
      this.disconnect();
      throw error;
    }
    this.snapshots?.takeSoon();
    return messages.length;
  }

  async publish(): Promise<void> {
    await this.snapshots?.take();
  }

  async close(): Promise<void> {
    try {
      await this.snapshots?.stop();
      if (this.engine === 'node') await this.mergeLog();
      this.disconnect();
      await this.snapshots?.keepWork();
      this.bytes = sizeOf(this.file);
    } finally {
      this.disconnect();
      this.unlock();
    }
  }

  /** SQLite does not report an error when it writes to a deleted file. */
  private checkedDatabase(): OpenDatabase | undefined {
    if (!this.database) return undefined;
    if (fs.statSync(this.target).ino === this.database.inode) return this.database;
    throw new IotError(
      'notFound',
      l10n.t('The recording {0} was replaced by another file during recording.', this.file),
    );
  }

  private async connect(): Promise<OpenDatabase> {
    fs.closeSync(fs.openSync(this.target, 'a', 0o600));
    const sql = await openSqlite(this.target, this.engine);
    try {
      for (const pragma of this.pragmas()) sql.prepare(`PRAGMA ${pragma}`).all();
      prepareTable(sql, this.file);
      this.database = { sql, insert: prepareInsert(sql), inode: fs.statSync(this.target).ino };
    } catch (error) {
      sql.close();
      throw error;
    }
    this.bytes = sizeOf(this.target);
    return this.database;
  }

  private pragmas(): string[] {
    if (this.engine === 'wasm')
      return ['locking_mode=EXCLUSIVE', 'journal_mode=TRUNCATE', 'synchronous=NORMAL'];
    return ['busy_timeout=1000', 'journal_mode=WAL', 'synchronous=NORMAL', 'journal_size_limit=8388608'];
  }

  private disconnect(): void {
    const { database } = this;
    this.database = undefined;
    try {
      database?.sql.close();
    } catch {
      // The connection is discarded in any case.
    }
  }

  /** Merges the write-ahead log into the file. Readers may keep it; the last one to close the file removes it. */
  private async mergeLog(): Promise<void> {
    const { database } = this;
    if (!database) return;
    database.sql.exec('PRAGMA busy_timeout=0');
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        database.sql.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
        const [row] = database.sql.prepare('PRAGMA journal_mode=DELETE').all();
        if (row?.['journal_mode'] === 'delete') return;
      } catch (error) {
        if (!(error instanceof Error && /locked|busy/.test(error.message))) throw error;
      }
      await delay(100);
    }
  }
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
