import type { Migration } from '../../sqlite/migrate';

/**
 * The schema of `hub.db`, oldest first. Append only: data folders of every earlier version are still in use.
 * The first one also accepts the tables of hubs from before schema versions, which are the same.
 */
export const hubMigrations: readonly Migration[] = [
  `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificate (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partition (id INTEGER PRIMARY KEY, lastSequenceNumber INTEGER NOT NULL, lastEnqueuedTime INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, enqueuedTime INTEGER NOT NULL, head TEXT NOT NULL, body BLOB NOT NULL);
`,
];
