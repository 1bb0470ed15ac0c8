import { randomBytes } from 'node:crypto';
import type { Sql, SqlStatement } from '../../sqlite/sql';

/** Named values that survive a restart. */
export class KeyValueStore {
  private readonly selectValue: SqlStatement;
  private readonly upsert: SqlStatement;

  constructor(sql: Sql) {
    this.selectValue = sql.prepare('SELECT value FROM meta WHERE key = ?');
    this.upsert = sql.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
  }

  get(key: string): string | undefined {
    const row = this.selectValue.all(key)[0];
    return row === undefined ? undefined : String(row.value);
  }

  set(key: string, value: string): void {
    this.upsert.run(key, value);
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
