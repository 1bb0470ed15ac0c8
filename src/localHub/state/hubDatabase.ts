import fs from 'node:fs';
import { transaction, type SqlEngine } from '../../sqlite/openSqlite';
import type { Sql, SqlStatement } from '../../sqlite/sql';
import type { LogLevel } from '../control/contract';
import { closeQuietly, connect, type Durability } from './connect';
import { freshNameOf, identityOf, keepCopy, removeCompanions, removeDatabase } from './databaseFiles';
import { FileIdentities } from './fileIdentities';
import { describeSalvaged, salvageTo, type Salvaged } from './salvage';
import { explainStorageError, StorageError, type StorageFault } from './storageError';

export interface HubDatabaseOptions {
  readonly engine?: SqlEngine;
  readonly durability?: Durability;
  readonly log?: (level: LogLevel, text: string) => void;
  /** Called when something cannot be stored, and with undefined once storing works again. */
  readonly onFault?: (text: string | undefined) => void;
  /** Called after a damaged file was set aside. */
  readonly onSetAside?: (text: string) => void;
}

const probeMs = 1_000;
/** As much as one message, so that the hub does not resume for small writes only. */
const probeBytes = 256 * 1024;
const minProbeIntervalMs = 100;
/** They replace another fault; of the rest, the first one is reported. */
const permanentFaults: readonly StorageFault[] = ['damaged', 'missing', 'replaced'];

/**
 * The database of a hub. Errors of SQLite become a {@link StorageError}; the first one is logged, and the database tests
 * once a second whether storing works again. A damaged or deleted file is replaced by a new one with everything that can
 * still be read.
 */
export class HubDatabase implements Sql {
  private readonly statements = new Map<string, SqlStatement>();
  private readonly rebuiltListeners = new Set<() => void>();
  private identities: FileIdentities | undefined;
  private inTransaction = false;
  private current: StorageError | undefined;
  private probing: NodeJS.Timeout | undefined;
  private lastProbe = 0;
  private rebuilding: Promise<void> | undefined;
  private connection: Sql | undefined;
  /** The copy of the damaged file that the next rebuild is about. */
  private kept: string | undefined;
  private rebuildFailure: string | undefined;
  private closed = false;

  /** @param connection with the newest schema */
  constructor(
    readonly file: string,
    connection: Sql,
    private readonly options: HubDatabaseOptions,
  ) {
    this.use(connection);
  }

  get engine(): string {
    return this.connection?.engine ?? 'closed';
  }

  /** Why nothing can be stored now. */
  get fault(): StorageError | undefined {
    return this.current;
  }

  /** Like {@link fault}, but tests first whether storing works again. */
  testFault(): StorageError | undefined {
    if (this.current && Date.now() - this.lastProbe >= minProbeIntervalMs) this.probe();
    return this.current;
  }

  exec(text: string): void {
    const starts = text.startsWith('BEGIN');
    this.guard(() => {
      if (starts) this.checkFiles();
      this.open().exec(text);
    });
    if (starts) this.inTransaction = true;
    else if (text === 'COMMIT') this.succeed();
    else if (text === 'ROLLBACK') this.inTransaction = false;
  }

  prepare(text: string): SqlStatement {
    this.guard(() => this.statement(text));
    return {
      run: (...values) => {
        this.guard(() => {
          if (!this.inTransaction) this.checkFiles();
          this.statement(text).run(...values);
        });
        if (!this.inTransaction) this.succeed();
      },
      all: (...values) => this.guard(() => this.statement(text).all(...values)),
    };
  }

  /** Runs `work` in one transaction, which is rolled back if it throws. */
  transaction<T>(work: () => T): T {
    try {
      return transaction(this, work);
    } finally {
      this.inTransaction = false;
    }
  }

  /** Runs `work`, whose errors of storage and of stored JSON texts become a {@link StorageError}. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const explained = explainStorageError(error, this.file);
      if (explained instanceof StorageError && explained !== this.current) this.fail(explained);
      throw explained;
    }
  }

  /** The listeners write again what they have in memory. */
  onRebuilt(listener: () => void): void {
    this.rebuiltListeners.add(listener);
  }

  /**
   * Replaces the file by a new one with everything that can be read.
   * @param reason of the damage; undefined if there is no file to keep
   */
  async rebuild(reason: string | undefined): Promise<void> {
    this.rebuilding ??= this.replaceFile(reason).finally(() => (this.rebuilding = undefined));
    await this.rebuilding;
  }

  /** Forgets listeners of a state that was not completed. */
  removeListeners(): void {
    this.rebuiltListeners.clear();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.probing);
    const { connection } = this;
    this.connection = undefined;
    this.statements.clear();
    // Closing deletes the write-ahead log by its name, which is another one's now.
    if (this.current?.fault !== 'replaced') closeQuietly(connection);
    if (this.current) this.options.onFault?.(undefined);
  }

  private use(connection: Sql): void {
    this.connection = connection;
    this.statements.clear();
    this.identities = new FileIdentities(this.file);
  }

  private open(): Sql {
    if (this.connection && !this.rebuilding) return this.connection;
    throw this.current ?? new StorageError('failed', `The database ${this.file} is closed.`);
  }

  private statement(text: string): SqlStatement {
    const connection = this.open();
    let statement = this.statements.get(text);
    if (!statement) this.statements.set(text, (statement = connection.prepare(text)));
    return statement;
  }

  private checkFiles(): void {
    if (this.current?.fault === 'damaged') throw this.current;
    this.identities?.check();
  }

  private succeed(): void {
    this.inTransaction = false;
    this.identities?.written();
    // Another place of a damaged file may still be writable.
    if (this.current && this.current.fault !== 'damaged') this.recover();
  }

  private recover(): void {
    if (!this.current) return;
    this.current = undefined;
    clearTimeout(this.probing);
    this.options.log?.('info', `Storage: ${this.file} can be written again`);
    this.options.onFault?.(undefined);
  }

  private fail(error: StorageError): void {
    const isConsequence = this.current !== undefined && !permanentFaults.includes(error.fault);
    if (this.closed || isConsequence || error.message === this.current?.message) return;
    this.current = error;
    const end = error.fault === 'replaced' ? 'the hub is restarted' : 'it can be written again';
    const text = `${error.message} Messages and changes are refused until ${end}.`;
    this.options.log?.('error', `Storage: ${text}`);
    this.options.onFault?.(text);
    // Without delay, because a damaged database is replaced by the first probe.
    this.scheduleProbe(error.fault === 'damaged' ? 0 : probeMs);
  }

  private scheduleProbe(delayMs: number): void {
    clearTimeout(this.probing);
    this.probing = setTimeout(() => {
      this.probe();
      if (this.current && !this.closed) this.scheduleProbe(probeMs);
    }, delayMs);
    this.probing.unref();
  }

  private probe(): void {
    this.lastProbe = Date.now();
    if (this.rebuilding) return;
    const { current } = this;
    const isDeleted = current?.fault === 'missing' && this.identities?.areDeleted === true;
    if (current && (isDeleted || current.fault === 'damaged' || !this.connection)) {
      const reason = current.fault === 'damaged' ? current.message : undefined;
      // A failure is logged, and the next probe tries again.
      void this.rebuild(reason).catch(() => undefined);
      return;
    }
    try {
      this.transaction(() => {
        this.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('storageTest', zeroblob(?))").run(
          probeBytes,
        );
      });
      this.prepare("DELETE FROM meta WHERE key = 'storageTest'").run();
    } catch {
      // Still failing, which `guard` has noted.
    }
  }

  private async replaceFile(reason: string | undefined): Promise<void> {
    const fresh = freshNameOf(this.file);
    try {
      const isPresent = reason === undefined && this.identities?.isDatabasePresent === true;
      if (!this.connection || isPresent) {
        await this.reopen();
        return;
      }
      if (reason !== undefined && identityOf(this.file)) this.kept ??= keepCopy(this.file);
      removeDatabase(fresh);
      const found = await salvageTo(fresh, this.connection, this.options);
      this.statements.clear();
      closeQuietly(this.connection);
      this.connection = undefined;
      removeCompanions(this.file);
      fs.renameSync(fresh, this.file);
      this.use(await connect(this.file, this.options));
      this.reportRebuilt(reason, found);
      this.recover();
    } catch (error) {
      throw this.reportNotRebuilt(error);
    } finally {
      removeDatabase(fresh);
    }
    // Listeners write, which is possible only after the promise has settled.
    setImmediate(() => {
      this.writeFromMemory();
    });
  }

  /** A deleted write-ahead log is still readable, so its content can be moved to the database. */
  private async reopen(): Promise<void> {
    this.connection?.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    closeQuietly(this.connection);
    this.connection = undefined;
    this.use(await connect(this.file, this.options));
    this.recover();
  }

  private reportNotRebuilt(error: unknown): unknown {
    const explained = explainStorageError(error, this.file);
    const text = explained instanceof Error ? explained.message : String(explained);
    if (text !== this.rebuildFailure) this.options.log?.('error', `Storage: cannot replace it: ${text}`);
    this.rebuildFailure = text;
    return explained;
  }

  private writeFromMemory(): void {
    if (this.closed) return;
    try {
      this.transaction(() => {
        for (const listener of this.rebuiltListeners) listener();
      });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  private reportRebuilt(reason: string | undefined, found: Salvaged): void {
    this.rebuildFailure = undefined;
    const cause = reason ?? `A file of the database ${this.file} was deleted while the hub was running.`;
    const copy = this.kept === undefined ? '' : ` It was set aside as ${this.kept}.`;
    this.kept = undefined;
    const text = `${cause}${copy} The hub continues with a new one, ${describeSalvaged(found)}.`;
    this.options.log?.('error', `Storage: ${text}`);
    this.options.onSetAside?.(text);
  }
}
