import fs from 'node:fs';
import path from 'node:path';
import { nameForDamaged } from '../setAside';

/** What SQLite writes beside a database; committed data may be only there. */
const companions = ['-wal', '-journal'] as const;
const all = ['', ...companions] as const;

/** Deletes a database and its companions. */
export function removeDatabase(file: string): void {
  for (const suffix of all) fs.rmSync(`${file}${suffix}`, { force: true });
}

/** Deletes what belongs to the database that another one is about to replace. */
export function removeCompanions(file: string): void {
  for (const suffix of companions) fs.rmSync(`${file}${suffix}`, { force: true });
}

/** Renames a closed database together with its companions. @returns its new name */
export function setDatabaseAside(file: string): string {
  const name = nameForDamaged(file, all);
  for (const suffix of all) {
    if (fs.existsSync(`${file}${suffix}`)) fs.renameSync(`${file}${suffix}`, `${name}${suffix}`);
  }
  return name;
}

/** Copies a database together with its companions. */
export function copyDatabase(file: string, target: string): void {
  for (const suffix of all) {
    if (!fs.existsSync(`${file}${suffix}`)) continue;
    fs.copyFileSync(`${file}${suffix}`, `${target}${suffix}`, fs.constants.COPYFILE_EXCL);
    fs.chmodSync(`${target}${suffix}`, 0o600);
  }
}

/** Copies an open database under a name for damaged files. @returns that name */
export function keepCopy(file: string): string {
  const name = nameForDamaged(file, all);
  try {
    copyDatabase(file, name);
  } catch (error) {
    removeDatabase(name);
    throw error;
  }
  return name;
}

/** Identifies a file independently of its name; undefined if there is none. */
export function identityOf(file: string): string | undefined {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.dev}/${stats.ino}`;
}

/** Why a file cannot be a hub's database, as far as that is visible from outside; undefined if it can. */
export function visibleDamage(file: string): string | undefined {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return 'it is a folder';
  if (stats?.size === 0) return 'it is empty';
  // SQLite deletes a write-ahead log whose database is missing.
  if (!stats && (fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    return 'only its write-ahead log is left';
  return undefined;
}

function readHeader(file: string, bytes: number): Buffer {
  const header = Buffer.alloc(bytes);
  const handle = fs.openSync(file, 'r');
  try {
    return header.subarray(0, fs.readSync(handle, header));
  } finally {
    fs.closeSync(handle);
  }
}

const headerBytes = 100;

/**
 * SQLite refuses a file that is shorter than its header says. Zeros in place of the missing end make what is left
 * readable.
 */
export function restoreLength(file: string): void {
  const header = readHeader(file, headerBytes);
  if (header.length < headerBytes) return;
  if (!header.toString('latin1').startsWith('SQLite format 3\0')) return;
  const stored = header.readUInt16BE(16);
  const pageBytes = stored === 1 ? 65_536 : stored;
  const bytes = pageBytes * header.readUInt32BE(28);
  const isPlausible = pageBytes >= 512 && bytes < 2 ** 40;
  // Sparse, so that a nonsense length costs no space.
  if (isPlausible && fs.statSync(file).size < bytes) fs.truncateSync(file, bytes);
}

export const databaseFile = (dataFolder: string): string => path.join(dataFolder, 'hub.db');

/** Where a database is written that is to replace another one. */
export const freshNameOf = (file: string): string => `${file}.new`;
