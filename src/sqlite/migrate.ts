import { transaction } from './openSqlite';
import type { Sql } from './sql';

/** One step from a schema version to the next: statements, or a function where statements are not enough. */
export type Migration = string | ((sql: Sql) => void);

/** A database was written by a newer version of the program, which may have changed what its tables mean. */
export class NewerDatabaseError extends Error {
  constructor(file: string, found: number, supported: number) {
    super(
      `The database ${file} has schema version ${found}, but this version of IoT Hub Workbench supports only versions up to ${supported}: update IoT Hub Workbench, or use another data folder.`,
    );
    this.name = 'NewerDatabaseError';
  }
}

/** How many migrations a database has; 0 in a new one, and in one from before schema versions. */
export function schemaVersion(sql: Sql): number {
  return Number(sql.prepare('PRAGMA user_version').all()[0]?.user_version ?? 0);
}

/** Call it before anything is written. @throws NewerDatabaseError */
export function checkSchemaVersion(sql: Sql, file: string, migrations: readonly Migration[]): void {
  const found = schemaVersion(sql);
  if (found > migrations.length) throw new NewerDatabaseError(file, found, migrations.length);
}

/**
 * Brings a database to the newest schema. Migration `n` of the list leads to version `n + 1`, so a released one never
 * changes its position or its effect. Each runs in a transaction together with the new version.
 */
export function migrate(sql: Sql, migrations: readonly Migration[]): void {
  for (let version = schemaVersion(sql); version < migrations.length; version++) {
    const migration = migrations[version];
    if (migration === undefined) return;
    transaction(sql, () => {
      if (typeof migration === 'string') sql.exec(migration);
      else migration(sql);
      sql.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}
