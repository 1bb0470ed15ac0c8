import { randomBytes } from 'node:crypto';
import type { SqlStatement } from '../../sqlite/sql';
import type { HubDatabase } from './hubDatabase';

/** Named values that survive a restart. */
export class KeyValueStore {
  private readonly selectValue: SqlStatement;
  private readonly upsert: SqlStatement;

  /** What was read or written, to write it again after the database was rebuilt. */
  private readonly known = new Map<string, string>();

  constructor(private readonly sql: HubDatabase) {
    this.selectValue = sql.prepare('SELECT value FROM meta WHERE key = ?');
    this.upsert = sql.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    sql.onRebuilt(() => {
      for (const [key, value] of this.known) this.upsert.run(key, value);
    });
  }

  get(key: string): string | undefined {
    const row = this.selectValue.all(key)[0];
    if (row === undefined) return undefined;
    const value = String(row.value);
    this.known.set(key, value);
    return value;
  }

  /** A value that is JSON. @throws StorageError if it is damaged */
  getJson(key: string): unknown {
    const text = this.get(key);
    return text === undefined ? undefined : this.sql.guard(() => JSON.parse(text) as unknown);
  }

  set(key: string, value: string): void {
    this.upsert.run(key, value);
    this.known.set(key, value);
  }

  getOrCreate(key: string, create: () => string): string {
    const existing = this.get(key);
    if (existing !== undefined) return existing;
    const value = create();
    this.set(key, value);
    return value;
  }
}

/** A new shared access key: base64 of 32 random bytes, as in the service. */
export const generateKey = (): string => randomBytes(32).toString('base64');
