import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CaCertificates } from '../../../../src/localHub/state/caCertificates';
import {
  openDatabase,
  type HubDatabase,
  type HubDatabaseOptions,
  type SqlEngine,
} from '../../../../src/localHub/state/database';
import { DeviceRegistry } from '../../../../src/localHub/state/deviceRegistry';
import { EventLog } from '../../../../src/localHub/state/eventLog';
import type { NewEvent, StoredEvent } from '../../../../src/localHub/state/events';
import { KeyValueStore } from '../../../../src/localHub/state/keyValueStore';
import { Policies } from '../../../../src/localHub/state/policies';
import { loadNodeSqlite } from '../../../../src/sqlite/nodeSqlite';

/** The engines that this Node has. */
export const engines: SqlEngine[] = loadNodeSqlite() ? ['node', 'wasm'] : ['wasm'];

/** The stored data of a hub, and what the database reported. */
export interface HubData {
  readonly sql: HubDatabase;
  readonly log: EventLog;
  readonly registry: DeviceRegistry;
  readonly certificates: CaCertificates;
  readonly policies: Policies;
  /** Changes of the fault: its text, or `recovered`. */
  readonly faults: string[];
  readonly setAside: string[];
  append(body: string | Buffer, deviceId?: string): Promise<void>;
  /** The messages that can be read. */
  bodies(deviceId?: string): string[];
  events(deviceId?: string): StoredEvent[];
  close(): void;
}

export const makeFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'hub-data-'));

export async function openHubData(
  folder: string,
  engine: SqlEngine,
  options: HubDatabaseOptions = {},
): Promise<HubData> {
  const faults: string[] = [];
  const setAside: string[] = [];
  const sql = await openDatabase(folder, engine, {
    onFault: (text) => faults.push(text ?? 'recovered'),
    onSetAside: (text) => setAside.push(text),
    ...options,
  });
  const log = new EventLog(sql, { partitionCount: 2, retentionMs: 1e12, maxBytes: 1e9, now: Date.now });
  const registry = new DeviceRegistry(sql, Date.now);
  const policies = new Policies(new KeyValueStore(sql));
  const certificates = new CaCertificates(sql, Date.now);
  const events = (deviceId = 'd'): StoredEvent[] => log.read(log.partitionOf(deviceId), 0, 1e6);
  return {
    sql,
    log,
    registry,
    certificates,
    policies,
    faults,
    setAside,
    append: (body, deviceId = 'd') =>
      new Promise((resolve, reject) => {
        log.append(newEvent(deviceId, body), (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    bodies: (deviceId) => events(deviceId).map(({ body }) => Buffer.from(body).toString()),
    events,
    close: () => {
      log.close();
      registry.close();
      sql.close();
    },
  };
}

const newEvent = (deviceId: string, body: string | Buffer): NewEvent => ({
  deviceId,
  authMethod: '{}',
  generationId: '1',
  source: 'Telemetry',
  system: {},
  properties: {},
  body: Buffer.from(body),
});

/** Waits for work that the data does in later turns of the event loop. */
export const turns = async (count = 10): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};
