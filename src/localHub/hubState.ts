import { Authenticator } from './auth/authenticator';
import type { EntraAccess } from './auth/entra';
import type { HubContext } from './context';
import type { LogLevel } from './control/contract';
import { parseCondition } from './http/query';
import { Access, everythingOpen, type AccessRules } from './state/access';
import { CaCertificates } from './state/caCertificates';
import { ConsumerGroups } from './state/consumerGroups';
import { DailyQuota } from './state/dailyQuota';
import { openDatabase, type SqlEngine } from './state/database';
import { DeviceRegistry } from './state/deviceRegistry';
import { EventLog } from './state/eventLog';
import { Meta } from './state/meta';
import { Policies } from './state/policies';
import { Routing } from './state/routing';
import { Throttle } from './state/throttle';

/** One name that is in each client's trust, its user names and its tokens: VS Code's proxy support spares it too. */
export const hostName = 'localhost';

/** What a tier gives; without it a hub takes what comes. */
export interface HubLimits {
  /** 0 is no limit. */
  readonly messagesPerDay: number;
  readonly meterBytes: number;
  readonly mostDevices?: number;
}

export interface HubStateOptions {
  readonly hubName: string;
  /** The hub's own. */
  readonly dataFolder: string;
  readonly partitionCount: number;
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly limits: HubLimits;
  /** Messages of devices that the hub takes a second; 0 is no limit. */
  readonly messagesPerSecond: number;
  readonly access?: AccessRules;
  readonly entra?: EntraAccess;
  readonly sqlEngine?: SqlEngine;
  readonly now: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}

export interface HubState {
  readonly context: HubContext;
  setRetention(milliseconds: number): void;
  close(): void;
}

/**
 * Opens what a hub knows, which all its wires share.
 * @param hostAliases names that clients use for this hub, in lower case, without a port
 */
export async function openHubState(
  options: HubStateOptions,
  hostAliases: ReadonlySet<string>,
  ports: HubContext['ports'],
): Promise<HubState> {
  const { dataFolder, hubName, limits, log, now } = options;
  const sql = await openDatabase(dataFolder, options.sqlEngine);
  try {
    const meta = new Meta(sql);
    const policies = new Policies(meta);
    const registry = new DeviceRegistry(sql, now, limits.mostDevices);
    const certificates = new CaCertificates(sql, now);
    const access = new Access(options.access ?? everythingOpen);
    let { retentionMs } = options;
    const events = new EventLog(sql, {
      // A hub keeps the partition count that it was made with.
      partitionCount: Number(meta.getOrMake('partitionCount', () => String(options.partitionCount))),
      get retentionMs() {
        return retentionMs;
      },
      maxBytes: options.maxBytes,
      now,
    });
    log(
      'info',
      `Data in ${dataFolder} (SQLite: ${sql.engine}), ${registry.count} devices, ${events.size} bytes of events`,
    );
    const context: HubContext = {
      hubName,
      hostName,
      // On Azure the entity path differs from the hub's name too; a client that mixes them up shall notice here.
      eventHubName: `iothub-ehub-${hubName}`,
      createdAtMs: Number(meta.getOrMake('createdAtMs', () => String(now()))),
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
      authenticator: new Authenticator({ registry, policies, certificates, access, hostAliases, now }),
      now,
      log,
      ports,
    };
    return {
      context,
      setRetention: (milliseconds) => {
        retentionMs = milliseconds;
      },
      close: () => {
        events.close();
        sql.close();
      },
    };
  } catch (error) {
    sql.close();
    throw error;
  }
}
