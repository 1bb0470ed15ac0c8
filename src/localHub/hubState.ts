import fs from 'node:fs';
import { Authenticator } from './auth/authenticator';
import type { EntraAccess } from './auth/entra';
import type { HubContext } from './context';
import type { LogLevel } from './control/contract';
import type { Problems } from './control/problems';
import { parseCondition } from './http/query';
import { Access, unrestrictedAccess, type AccessRules } from './state/access';
import { CaCertificates } from './state/caCertificates';
import { ConsumerGroups } from './state/consumerGroups';
import { DailyQuota } from './state/dailyQuota';
import { databaseFile } from './state/databaseFiles';
import { openDatabase, type Durability, type HubDatabase, type SqlEngine } from './state/database';
import { DeviceRegistry } from './state/deviceRegistry';
import { EventLog } from './state/eventLog';
import { KeyValueStore } from './state/keyValueStore';
import { Policies } from './state/policies';
import { Routing } from './state/routing';
import { StorageError } from './state/storageError';
import { Throttle } from './state/throttle';

/** What a hub is reached by; known once its ports are open. */
export type HubPlace = Pick<HubContext, 'hostName' | 'ports'>;

/** The limits of a tier. */
export interface HubLimits {
  /** 0 for no limit. */
  readonly messagesPerDay: number;
  readonly meterBytes: number;
  readonly maxDevices?: number;
}

export interface HubStateOptions {
  readonly hubName: string;
  /** Not shared with other hubs. */
  readonly dataFolder: string;
  readonly partitionCount: number;
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly limits: HubLimits;
  /** Device-to-cloud messages that the hub accepts per second; 0 for no limit. */
  readonly messagesPerSecond: number;
  readonly access?: AccessRules;
  readonly entra?: EntraAccess;
  readonly sqlEngine?: SqlEngine;
  readonly durability?: Durability;
  /** How long after its expiry a SAS token is accepted; 5 minutes unless given, as in the service. */
  readonly tokenToleranceMs?: number;
  /** Whether the hub existed before, so that a missing database is reported. */
  readonly isKnown?: boolean;
  readonly problems?: Problems;
  readonly now: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}

export interface HubState {
  readonly context: HubContext;
  setRetention(milliseconds: number): void;
  close(): void;
}

/**
 * Opens the state of a hub, which all its protocols share.
 * @param hostAliases names that clients use for this hub, in lower case, without a port
 */
export async function openHubState(
  options: HubStateOptions,
  hostAliases: ReadonlySet<string>,
  place: HubPlace,
): Promise<HubState> {
  const sql = await openHubDatabase(options);
  try {
    try {
      return createHubState(options, sql, hostAliases, place);
    } catch (error) {
      if (!(error instanceof StorageError) || error.fault !== 'damaged') throw error;
      sql.removeListeners();
      await sql.rebuild(error.message);
      return createHubState(options, sql, hostAliases, place);
    }
  } catch (error) {
    sql.close();
    throw error;
  }
}

async function openHubDatabase(options: HubStateOptions): Promise<HubDatabase> {
  const { dataFolder, hubName, log, problems } = options;
  const file = databaseFile(dataFolder);
  const isMissing = options.isKnown === true && !fs.existsSync(file) && !fs.existsSync(`${file}-wal`);
  const sql = await openDatabase(dataFolder, options.sqlEngine, {
    durability: options.durability ?? 'normal',
    log: (level, text) => {
      log(level, text);
    },
    onFault: (text) => problems?.setFault(hubName, text),
    onSetAside: (text) => problems?.addSetAside(hubName, text),
  });
  if (isMissing) {
    const text = `The database ${file} was missing. The hub starts with a new one, without the devices, policies and messages of the old one.`;
    log('error', `Storage: ${text}`);
    problems?.addSetAside(hubName, text);
  }
  return sql;
}

function createHubState(
  options: HubStateOptions,
  sql: HubDatabase,
  hostAliases: ReadonlySet<string>,
  place: HubPlace,
): HubState {
  const { dataFolder, hubName, limits, log, now } = options;
  const meta = new KeyValueStore(sql);
  const readNumber = (key: string, initial: number): number => {
    meta.getOrCreate(key, () => String(initial));
    return Number(meta.getJson(key));
  };
  const policies = new Policies(meta);
  const registry = new DeviceRegistry(sql, now, limits.maxDevices);
  const certificates = new CaCertificates(sql, now, log);
  const access = new Access(options.access ?? unrestrictedAccess);
  let { retentionMs } = options;
  const events = new EventLog(sql, {
    // A hub keeps the partition count that it was created with.
    partitionCount: readNumber('partitionCount', options.partitionCount),
    get retentionMs() {
      return retentionMs;
    },
    maxBytes: options.maxBytes,
    now,
  });
  log(
    'info',
    `Data folder ${dataFolder} (SQLite: ${sql.engine}): ${registry.count} devices, ${events.size} bytes of events`,
  );
  const context: HubContext = {
    hubName,
    get hostName() {
      return place.hostName;
    },
    // In Azure the entity path differs from the hub's name too; a client that confuses them must fail here.
    eventHubName: `iothub-ehub-${hubName}`,
    createdAtMs: readNumber('createdAtMs', now()),
    access,
    ...(options.entra ? { entra: options.entra } : {}),
    registry,
    certificates,
    policies,
    events,
    consumerGroups: new ConsumerGroups(meta, now),
    routing: new Routing(parseCondition, meta),
    throttle: new Throttle(options.messagesPerSecond, now),
    quota: new DailyQuota(limits.messagesPerDay, limits.meterBytes, now),
    authenticator: new Authenticator({
      registry,
      policies,
      certificates,
      access,
      hostAliases,
      now,
      tokenToleranceMs: options.tokenToleranceMs ?? 300_000,
    }),
    now,
    log,
    get ports() {
      return place.ports;
    },
  };
  return {
    context,
    setRetention: (milliseconds) => {
      retentionMs = milliseconds;
    },
    close: () => {
      events.close();
      registry.close();
      sql.close();
    },
  };
}
