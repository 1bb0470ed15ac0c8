import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { NewerDatabaseError } from '../../sqlite/migrate';
import type { SqlEngine } from '../../sqlite/openSqlite';
import type { Sql } from '../../sqlite/sql';
import { closeQuietly, connect } from './connect';
import {
  copyDatabase,
  databaseFile,
  freshNameOf,
  keepCopy,
  removeDatabase,
  restoreLength,
  setDatabaseAside,
  visibleDamage,
} from './databaseFiles';
import { HubDatabase, type HubDatabaseOptions } from './hubDatabase';
import { describeSalvaged, salvageTo, type Salvaged } from './salvage';
import { logDamage } from './writeAheadLog';
import { explainStorageError, storageError, StorageError } from './storageError';

export { NewerDatabaseError } from '../../sqlite/migrate';
export type { SqlEngine } from '../../sqlite/openSqlite';
export type { Durability } from './connect';
export { HubDatabase, type HubDatabaseOptions } from './hubDatabase';

/** How often, and how long apart, a database that another program uses is opened before the start fails. */
const busyAttempts = 10;
const busyDelayMs = 200;

/**
 * Opens the hub's database in a data folder, and creates it if there is none. A damaged one is renamed; what can be read
 * of it is copied to a new one.
 * @throws NewerDatabaseError, StorageError
 */
export async function openDatabase(
  dataFolder: string,
  engine?: SqlEngine,
  options: Omit<HubDatabaseOptions, 'engine'> = {},
): Promise<HubDatabase> {
  const file = databaseFile(dataFolder);
  const all = { ...options, ...(engine ? { engine } : {}) };
  const damage = await tryConnect(file, all);
  const connection = damage instanceof StorageError ? await startOver(file, damage, all) : damage;
  return new HubDatabase(file, connection, all);
}

/** @returns the connection, or the damage of the file */
async function tryConnect(file: string, options: HubDatabaseOptions): Promise<Sql | StorageError> {
  for (let attempt = 1; ; attempt++) {
    try {
      completeReplacement(file);
      const damage = visibleDamage(file);
      if (damage !== undefined) return storageError('damaged', file, damage);
      keepDamagedLog(file, options);
      return await connect(file, options);
    } catch (error) {
      if (error instanceof NewerDatabaseError) throw error;
      const explained = explainStorageError(error, file);
      if (!(explained instanceof StorageError)) throw explained;
      if (explained.fault === 'damaged') return explained;
      if (explained.fault !== 'busy' || attempt === busyAttempts) throw explained;
    }
    await delay(busyDelayMs);
  }
}

/** A process that ended between the two renames of {@link startOver} left the complete new database under its first name. */
function completeReplacement(file: string): void {
  if (!fs.existsSync(file) && fs.existsSync(freshNameOf(file))) fs.renameSync(freshNameOf(file), file);
}

/** Copies a damaged write-ahead log with its database; SQLite then uses what precedes the damage. */
function keepDamagedLog(file: string, { log, onSetAside }: HubDatabaseOptions): void {
  const reason = logDamage(`${file}-wal`);
  if (reason === undefined) return;
  const text = `The file ${file}-wal is damaged (${reason}). The database was copied with it to ${keepCopy(file)}. The most recent messages and changes may be missing.`;
  log?.('error', `Storage: ${text}`);
  onSetAside?.(text);
}

/**
 * Replaces a damaged file. It keeps its name until the new one is complete, so that a failure loses nothing.
 * @throws StorageError
 */
async function startOver(file: string, damage: StorageError, options: HubDatabaseOptions): Promise<Sql> {
  const fresh = freshNameOf(file);
  try {
    removeDatabase(fresh);
    const found = await salvageFile(file, fresh, options);
    const aside = setDatabaseAside(file);
    fs.renameSync(fresh, file);
    const sql = await connect(file, options);
    const text = `${damage.message} It was set aside as ${aside}. The hub starts with a new one, ${describeSalvaged(found)}.`;
    options.log?.('error', `Storage: ${text}`);
    options.onSetAside?.(text);
    return sql;
  } catch (error) {
    const explained = explainStorageError(error, file);
    if (!(explained instanceof StorageError)) throw explained;
    const text = `${damage.message} It cannot be replaced by a new one: ${explained.message}`;
    throw new StorageError(explained.fault, text, explained);
  } finally {
    removeDatabase(fresh);
  }
}

async function salvageFile(file: string, fresh: string, options: HubDatabaseOptions): Promise<Salvaged> {
  // SQLite would change the damaged file.
  const copy = `${file}.copy`;
  let source: Sql | undefined;
  try {
    source = await connectToCopy(file, copy, options);
    return await salvageTo(fresh, source, options);
  } finally {
    closeQuietly(source);
    removeDatabase(copy);
  }
}

/** @returns undefined if nothing can be read */
async function connectToCopy(
  file: string,
  copy: string,
  options: HubDatabaseOptions,
): Promise<Sql | undefined> {
  if (visibleDamage(file) !== undefined) return undefined;
  try {
    removeDatabase(copy);
    copyDatabase(file, copy);
    restoreLength(copy);
    return await connect(copy, options);
  } catch (error) {
    const explained = explainStorageError(error, copy);
    if (explained instanceof StorageError && explained.fault === 'damaged') return undefined;
    throw explained;
  }
}
