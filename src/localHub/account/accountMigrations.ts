type Json = Readonly<Record<string, unknown>>;
type AccountMigration = (account: Json) => Json;

/**
 * The layout of `account.json`, from version 1 on: migration `n` of the list leads from version `n + 1` to the next.
 * Append only: files of every earlier version are still in use. A file is checked after its migration.
 */
const accountMigrations: readonly AccountMigration[] = [
  // To 2: hubs have Azure's name for their state, and one for the properties that are stored as given.
  (account) => ({
    ...account,
    hubs: mapObjects(account.hubs, ({ phase, kept, ...hub }) => ({
      ...hub,
      provisioningState: phase,
      storedProperties: kept,
    })),
  }),
];

export const accountVersion = accountMigrations.length + 1;

/** @param version of the account, from 1 to {@link accountVersion} */
export const migrateAccount = (account: Json, version: number): Json =>
  accountMigrations.slice(version - 1).reduce((migrated, migration) => migration(migrated), account);

function mapObjects(list: unknown, change: (item: Json) => Json): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) =>
    typeof item === 'object' && item !== null ? change(item as Json) : item,
  );
}
