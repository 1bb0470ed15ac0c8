import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AccountFile } from '../../src/localHub/account/accountFile';
import { accountVersion } from '../../src/localHub/account/accountMigrations';
import { NewerDatabaseError, openDatabase, type SqlEngine } from '../../src/localHub/state/database';
import { hubMigrations } from '../../src/localHub/state/migrations';
import { migrate, schemaVersion } from '../../src/sqlite/migrate';
import { loadNodeSqlite } from '../../src/sqlite/nodeSqlite';
import { openSqlite } from '../../src/sqlite/openSqlite';
import type { Sql } from '../../src/sqlite/sql';
import { allOf, armClients, hubOf, readBodies, rest, version } from './support/arm';
import { makeTemporaryFolder, readEvents, registryOf, startTestHub } from './support/hub';

const engines: SqlEngine[] = loadNodeSqlite() ? ['node', 'wasm'] : ['wasm'];
const centuryMs = 100 * 365 * 24 * 60 * 60 * 1000;

const folders: string[] = [];
function newFolder(): string {
  const folder = makeTemporaryFolder();
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** Created by the last version without schema versions, with `fixtures/makeDataFolder.mjs`. */
function unversionedFolder(): string {
  const folder = newFolder();
  fs.cpSync(path.resolve('test/localHub/fixtures/unversioned'), folder, { recursive: true });
  return folder;
}

const testKey = (text: string): string => Buffer.from(text.padEnd(32, '.')).toString('base64');
const digest = (file: string): string => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** The database file without the hub's schema. */
async function openRaw(file: string, engine: SqlEngine): Promise<Sql> {
  const sql = await openSqlite(file, engine);
  sql.prepare('PRAGMA locking_mode=EXCLUSIVE').all();
  return sql;
}

function contentOf(sql: Sql): Record<string, { text: unknown; rows: unknown[] }> {
  const tables = sql.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return Object.fromEntries(
    tables.map(({ name, sql: text }) => [
      String(name),
      { text, rows: sql.prepare(`SELECT * FROM "${String(name)}" ORDER BY 1`).all() },
    ]),
  );
}

describe.each(engines)('a data folder from before schema versions, opened with SQLite %s', (sqlEngine) => {
  it('keeps devices, certificates, policies, routes, consumer groups, messages, hubs and roles', async () => {
    const dataFolder = unversionedFolder();
    const caFile = path.join(dataFolder, 'ca.pem');
    const ca = fs.readFileSync(caFile, 'utf8');
    const hub = await startTestHub({ dataFolder, sqlEngine, retentionMs: centuryMs, movePorts: true });
    try {
      const { endpoints } = hub;
      expect(fs.readFileSync(caFile, 'utf8')).toBe(ca);

      const { responseBody: devices } = await registryOf(endpoints).list();
      expect(devices).toMatchObject([
        { deviceId: 'gateway', capabilities: { iotEdge: true }, status: 'enabled' },
        { deviceId: 'meter', authentication: { type: 'certificateAuthority' } },
        {
          deviceId: 'pump',
          generationId: expect.stringMatching(/^\d+$/) as unknown,
          authentication: {
            type: 'sas',
            symmetricKey: { primaryKey: testKey('pump'), secondaryKey: testKey('pump 2') },
          },
        },
        { deviceId: 'stolen', status: 'disabled', statusReason: 'reported stolen' },
        {
          deviceId: 'thermometer',
          authentication: {
            type: 'selfSigned',
            x509Thumbprint: {
              primaryThumbprint: expect.stringMatching(/^[0-9A-F]{40}$/) as unknown,
              secondaryThumbprint: expect.stringMatching(/^[0-9A-F]{40}$/) as unknown,
            },
          },
        },
      ]);
      expect(devices).toHaveLength(5);

      const events = await readEvents(endpoints, 4);
      const fromPump = events.filter(
        (event) => event.systemProperties?.['iothub-connection-device-id'] === 'pump',
      );
      expect(fromPump.map(({ sequenceNumber, body }) => [sequenceNumber, body as unknown])).toEqual([
        [0, { pressure: 4.25 }],
        [1, Buffer.from([0, 1, 2, 253, 254, 255])],
        [2, Buffer.alloc(0)],
      ]);
      expect(fromPump[0]).toMatchObject({
        messageId: 'message 1',
        correlationId: 'job 7',
        contentType: 'application/json',
        properties: { level: 'alarm', größe: '5 µm' },
      });
      const fromThermometer = events.filter((event) => !fromPump.includes(event));
      expect(fromThermometer.map(({ body }) => body as unknown)).toEqual([21.5]);
      expect(fromThermometer[0]?.systemProperties?.['iothub-connection-auth-method']).toContain('"x509"');

      const { hubs, resources } = armClients(endpoints);
      const { certificates, iotHubResource } = hubs;
      expect((await certificates.listByIotHub('local', 'local-hub')).value).toMatchObject([
        { name: 'test-root', properties: { subject: 'CN=Test Root', isVerified: true } },
        { name: 'unverified-root', properties: { subject: 'CN=Unverified Root', isVerified: false } },
      ]);
      const policies = await allOf(iotHubResource.listKeys('local', 'local-hub'));
      expect(policies.map(({ keyName }) => keyName)).toEqual([
        'iothubowner',
        'service',
        'device',
        'registryRead',
        'registryReadWrite',
        'dashboard',
      ]);
      expect(policies.at(-1)).toMatchObject({ rights: 'ServiceConnect', primaryKey: testKey('dashboard') });
      const own = await iotHubResource.get('local', 'local-hub');
      expect(own.properties?.routing?.routes).toEqual([
        {
          name: 'alarms',
          source: 'DeviceMessages',
          condition: "level = 'alarm'",
          endpointNames: ['events'],
          isEnabled: true,
        },
      ]);
      const groupsOf = async (group: string, name: string) =>
        (await allOf(iotHubResource.listEventHubConsumerGroups(group, name, 'events'))).map(
          (one) => one.name,
        );
      expect(await groupsOf('local', 'local-hub')).toEqual(['$Default', 'archive', 'dashboard']);

      const other = await hubOf(endpoints, 'plant', 'plant-hub');
      expect(other.description).toMatchObject({
        location: 'eastlocal',
        tags: { stage: 'test' },
        sku: { name: 'S2', capacity: 2 },
        properties: {
          state: 'Active',
          provisioningState: 'Succeeded',
          minTlsVersion: '1.2',
          eventHubEndpoints: { events: { partitionCount: 3, retentionTimeInDays: 7 } },
        },
      });
      expect(await groupsOf('plant', 'plant-hub')).toEqual(['$Default', 'line-1']);
      expect((await other.registry().list()).responseBody).toMatchObject([
        { deviceId: 'press', authentication: { symmetricKey: { primaryKey: testKey('press') } } },
      ]);
      expect(await readBodies(endpoints, other, 5)).toEqual([0, 1, 2, 3, 4]);
      const groups = await allOf(resources.resourceGroups.list());
      expect(groups.map(({ name, tags }) => [name, tags?.owner])).toEqual([
        ['empty', 'test'],
        ['local', undefined],
        ['plant', 'test'],
      ]);
      const roles = await rest(
        endpoints,
        `${other.description.id ?? ''}/providers/Microsoft.Authorization/roleAssignments?${version}`,
      );
      expect(roles.body.value).toMatchObject([{ name: '11111111-2222-3333-4444-555555555555' }]);
    } finally {
      await hub.close();
    }
  });

  it('is migrated once: a second open does not change the file', async () => {
    for (const folder of ['.', 'hubs/plant-hub']) {
      const dataFolder = path.join(unversionedFolder(), folder);
      const file = path.join(dataFolder, 'hub.db');
      const before = await openRaw(file, sqlEngine);
      expect(schemaVersion(before)).toBe(0);
      const content = contentOf(before);
      for (const table of ['device', 'event', 'meta', 'partition']) {
        expect(content[table]?.rows).not.toEqual([]);
      }
      before.close();

      const first = await openDatabase(dataFolder, sqlEngine);
      expect(schemaVersion(first)).toBe(hubMigrations.length);
      expect(contentOf(first)).toEqual(content);
      first.close();
      const afterFirst = digest(file);
      const second = await openDatabase(dataFolder, sqlEngine);
      expect(schemaVersion(second)).toBe(hubMigrations.length);
      second.close();
      expect(digest(file)).toBe(afterFirst);
    }
  });
});

describe.each(engines)('schema versions with SQLite %s', (engine) => {
  it('a new database has the newest version', async () => {
    const sql = await openDatabase(newFolder(), engine);
    expect(schemaVersion(sql)).toBe(hubMigrations.length);
    sql.close();
  });

  it('a database of a newer version is refused with one sentence and stays as it is', async () => {
    const dataFolder = newFolder();
    const file = path.join(dataFolder, 'hub.db');
    const newer = await openRaw(file, engine);
    newer.prepare('PRAGMA journal_mode=WAL').all();
    newer.exec('CREATE TABLE fromTheFuture (id INTEGER); PRAGMA user_version = 41');
    newer.close();
    const before = digest(file);
    const opening = openDatabase(dataFolder, engine);
    await expect(opening).rejects.toThrow(NewerDatabaseError);
    await expect(opening).rejects.toThrow(
      `The database ${file} has schema version 41, but this version of IoT Hub Workbench supports only versions up to ${hubMigrations.length}: update IoT Hub Workbench, or use another data folder.`,
    );
    expect(digest(file)).toBe(before);
    // The file is not locked and can be opened again.
    const again = await openRaw(file, engine);
    expect(schemaVersion(again)).toBe(41);
    again.close();
  });

  it('migrations run in order from the version found, each one completely or not at all', async () => {
    const sql = await openSqlite(path.join(newFolder(), 'steps.db'), engine);
    const steps = [
      'CREATE TABLE thing (id INTEGER PRIMARY KEY)',
      (database: Sql) => {
        database.exec('ALTER TABLE thing ADD COLUMN name TEXT');
        database.prepare('INSERT INTO thing (name) VALUES (?)').run('second');
      },
      "INSERT INTO thing (name) VALUES ('third'); INSERT INTO missing VALUES (1)",
    ];
    const namesOf = () =>
      sql
        .prepare('SELECT name FROM thing ORDER BY id')
        .all()
        .map(({ name }) => name);
    migrate(sql, steps.slice(0, 1));
    expect(schemaVersion(sql)).toBe(1);
    expect(() => {
      migrate(sql, steps);
    }).toThrow(/missing/);
    expect(schemaVersion(sql)).toBe(2);
    expect(namesOf()).toEqual(['second']);
    migrate(sql, [...steps.slice(0, 2), "INSERT INTO thing (name) VALUES ('third')"]);
    expect(schemaVersion(sql)).toBe(3);
    expect(namesOf()).toEqual(['second', 'third']);
    sql.close();
  });
});

describe('the account file', () => {
  it('of version 1 is migrated with the next change and keeps everything', () => {
    const file = path.join(unversionedFolder(), 'account.json');
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<'hubs' | 'groups', object[]>;
    const before = digest(file);
    const account = new AccountFile(file);
    expect(digest(file)).toBe(before);
    const [, { phase, kept, ...plant }] = stored.hubs as [object, { phase: string; kept: object }];
    expect(account.current.hubs[1]).toEqual({ ...plant, provisioningState: phase, storedProperties: kept });
    account.change({});
    const migrated = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(migrated).toEqual({ version: accountVersion, ...account.current });
    expect(migrated).toMatchObject({ groups: stored.groups });
    expect(new AccountFile(file).current).toEqual(account.current);
  });
});
