import type { Hub, HubOptions } from '../hub';
import { unrestrictedAccess } from '../state/access';
import { loadTlsIdentity } from '../tlsIdentity';
import type { AccountOptions } from './accountOptions';
import type { HubRecord } from './accountFile';
import { hubFolder } from './hubFolder';
import { dayMs } from './hubs';
import { localResourceGroup, ownHubName } from './ids';
import { ownLocation } from './locations';
import { findTier } from './tiers';

/** Whether only this machine can connect to an address. */
export const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/** What counts as one message on the paid tiers. */
const paidMeterBytes = 4 * 1024;

type SharedOptions = Pick<
  HubOptions,
  | 'listenAddress'
  | 'loadIdentity'
  | 'maxBytes'
  | 'messagesPerSecond'
  | 'sqlEngine'
  | 'durability'
  | 'tokenToleranceMs'
  | 'problems'
  | 'now'
  | 'log'
  | 'firstByteTimeoutMs'
  | 'unauthenticatedLimits'
>;

/** Options that are the same for all hubs of the account. */
export const sharedHubOptions = (options: AccountOptions, now: () => number): SharedOptions => ({
  listenAddress: options.listenAddress,
  loadIdentity: identityLoader(options, now),
  maxBytes: options.maxBytes,
  messagesPerSecond: options.messagesPerSecond ?? 0,
  ...(options.sqlEngine ? { sqlEngine: options.sqlEngine } : {}),
  ...(options.durability ? { durability: options.durability } : {}),
  ...(options.tokenToleranceMs === undefined ? {} : { tokenToleranceMs: options.tokenToleranceMs }),
  ...(options.problems ? { problems: options.problems } : {}),
  ...(options.firstByteTimeoutMs === undefined ? {} : { firstByteTimeoutMs: options.firstByteTimeoutMs }),
  ...(options.unauthenticatedLimits ? { unauthenticatedLimits: options.unauthenticatedLimits } : {}),
  now,
  log: options.log,
});

/** Loads one identity after the other, because all hubs share the CA, which the first one may have to create. */
function identityLoader(
  { dataFolder, log, problems }: AccountOptions,
  now: () => number,
): HubOptions['loadIdentity'] {
  let last: Promise<unknown> = Promise.resolve();
  const report = (text: string, isSetAside: boolean): void => {
    log('error', `Storage: ${text}`);
    if (isSetAside) problems?.addSetAside(ownHubName, text);
  };
  return (folder, names) => {
    const next = last.then(() => loadTlsIdentity(folder, names, now(), dataFolder, report));
    last = next.catch(() => undefined);
    return next;
  };
}

/** The hub of the process itself. */
export const ownHubOptions = (options: AccountOptions) => ({
  hubName: ownHubName,
  dataFolder: options.dataFolder,
  ports: options.ports,
  movePorts: options.movePorts,
  partitionCount: options.partitionCount,
  retentionMs: options.retentionMs,
  limits: { messagesPerDay: options.dailyQuota ?? 0, meterBytes: paidMeterBytes },
});

/** A hub that was created in Azure Resource Manager. */
export function createdHubOptions(
  { dataFolder, hubAddresses, listenAddress }: AccountOptions,
  record: HubRecord,
) {
  const tier = findTier(record.sku.name);
  return {
    hubName: record.name,
    dataFolder: hubFolder(dataFolder, record.name),
    isKnown: record.port !== 0,
    ports: { https: record.port },
    ...(hubAddresses === 'auto' && isLoopback(listenAddress)
      ? { ownAddress: record.address === undefined ? {} : { preferred: record.address } }
      : {}),
    // The system chose its port, so another one is no worse.
    movePorts: true,
    partitionCount: record.partitionCount,
    retentionMs: record.retentionDays * dayMs,
    limits: {
      messagesPerDay: (tier?.messagesPerDay ?? 0) * record.sku.units,
      meterBytes: tier?.meterBytes ?? paidMeterBytes,
      ...(tier ? { maxDevices: tier.maxDevices } : {}),
    },
  };
}

export const ownHubRecord = (
  { context, localPort }: Hub,
  { retentionMs }: AccountOptions,
): Omit<HubRecord, 'etag'> => ({
  name: ownHubName,
  group: localResourceGroup,
  location: ownLocation,
  tags: {},
  sku: { name: 'S1', units: 1 },
  partitionCount: context.events.partitionCount,
  retentionDays: Math.ceil(retentionMs / dayMs),
  access: unrestrictedAccess,
  storedProperties: {},
  port: localPort,
  provisioningState: 'Succeeded',
  createdAtMs: context.createdAtMs,
});
