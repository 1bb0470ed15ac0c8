import fs from 'node:fs';
import path from 'node:path';
import { createArm, type ArmSettings } from '../arm/index';
import type { LocalHubEndpoints, LogLevel, PortName } from '../control/contract';
import { openHub, type Hub } from '../hub';
import { hostName } from '../hubState';
import { sampleDevices, startSample, type Sample } from '../sample';
import { everythingOpen } from '../state/access';
import type { SqlEngine } from '../state/database';
import { loadTlsIdentity, type TlsIdentity } from '../tlsIdentity';
import { AccountFile, type HubRecord } from './accountFile';
import { ArmTokens } from './armToken';
import { describeEndpoints } from './endpoints';
import { hubFolder } from './hubFolder';
import { dayMs, Hubs } from './hubs';
import { hubResourceId, localResourceGroup, ownHubName } from './ids';
import { ownLocation } from './locations';
import { Operations } from './operations';
import { entraAccess, RoleAssignments } from './roleAssignments';
import { tierOf } from './tiers';

export interface AccountOptions extends ArmSettings {
  readonly dataFolder: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Whether a port in use moves to a free one; otherwise it ends the start. */
  readonly movePorts: boolean;
  /** Address to listen on; loopback unless the user asked for another. */
  readonly listenAddress: string;
  readonly sample: boolean;
  readonly partitionCount: number;
  readonly retentionMs: number;
  readonly maxBytes: number;
  /** Messages of 4 KB that the hub takes a day; none means no limit. */
  readonly dailyQuota?: number;
  /** Messages of devices that the hub takes a second; none means no limit. */
  readonly messagesPerSecond?: number;
  /** How long a bearer token is good. */
  readonly armTokenSeconds?: number;
  /** How long hubs are seen to be activated and deleted. */
  readonly armPhaseMs?: number;
  readonly sqlEngine?: SqlEngine;
  readonly firstByteTimeoutMs?: number;
  readonly now?: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}

export interface Account {
  readonly endpoints: LocalHubEndpoints;
  close(): Promise<void>;
}

/** What counts as one message on the paid tiers. */
const paidMeterBytes = 4 * 1024;
const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/**
 * Starts the process's own hub, Azure Resource Manager around it, and the hubs that were made over that. The caller
 * holds the folder's lock.
 * @throws PortTakenError, AccountFileError
 */
export async function startAccount(options: AccountOptions): Promise<Account> {
  const { dataFolder, listenAddress, log } = options;
  const now = options.now ?? Date.now;
  fs.mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = new AccountFile(path.join(dataFolder, 'account.json'));
  if (!isLoopback(listenAddress)) {
    log('warn', `The hub listens on ${listenAddress}: everybody who reaches this machine can try to log in.`);
  }
  const assignments = new RoleAssignments(file);
  const operations = new Operations((operation, error) => {
    log('warn', `ARM: a ${operation.kind} failed: ${error instanceof Error ? error.message : String(error)}`);
  });
  const shared = {
    listenAddress,
    loadIdentity: identities(dataFolder, now),
    maxBytes: options.maxBytes,
    messagesPerSecond: options.messagesPerSecond ?? 0,
    ...(options.sqlEngine ? { sqlEngine: options.sqlEngine } : {}),
    ...(options.firstByteTimeoutMs === undefined ? {} : { firstByteTimeoutMs: options.firstByteTimeoutMs }),
    now,
    log,
  };
  let tokens: ArmTokens | undefined;
  const currentTokens = (): ArmTokens => {
    if (!tokens) throw new Error('the account is not open yet');
    return tokens;
  };
  const entraOf = (record: { readonly name: string; readonly group: string }) =>
    entraAccess(currentTokens, assignments, () => hubResourceId(record));
  const hubs = new Hubs(file, operations, {
    dataFolder,
    phaseMs: options.armPhaseMs ?? 500,
    log,
    open: (record) => openHub({ ...shared, ...madeHub(dataFolder, record), entra: entraOf(record) }),
  });
  const arm = createArm({
    file,
    hubs,
    operations,
    assignments,
    tokens: currentTokens,
    settings: options,
    now,
    log,
  });
  const own = await openHub({
    ...shared,
    hubName: ownHubName,
    dataFolder,
    ports: options.ports,
    movePorts: options.movePorts,
    partitionCount: options.partitionCount,
    retentionMs: options.retentionMs,
    limits: { messagesPerDay: options.dailyQuota ?? 0, meterBytes: paidMeterBytes },
    entra: entraOf({ name: ownHubName, group: localResourceGroup }),
    surfaces: [arm],
  });
  let sample: Sample | undefined;
  const close = async (): Promise<void> => {
    sample?.stop();
    // First, so that nothing new begins.
    arm.close();
    await operations.close();
    await Promise.all([hubs.close(), own.close()]);
    tokens?.close();
  };
  const armEndpoint = `https://${hostName}:${own.context.ports.https}`;
  const armTokenFile = path.join(dataFolder, 'arm-token');
  try {
    tokens = new ArmTokens({
      file: armTokenFile,
      audience: armEndpoint,
      lifeSeconds: options.armTokenSeconds ?? 3_600,
      onRenewed: () => {
        log('debug', 'ARM: a new bearer token is in armTokenFile');
      },
    });
    hubs.adopt(own, ownRecord(own, options));
    await hubs.restore();
    if (options.sample) sample = startSample(own.context, own.identity.caCertificate);
  } catch (error) {
    await close();
    throw error;
  }
  arm.open();
  const { ports } = own.context;
  log(
    'info',
    `Ready: MQTT ${ports.mqtt}, HTTPS ${ports.https}, AMQP ${ports.amqp}, AMQP without TLS ${ports.amqpPlain}`,
  );
  const endpoints = describeEndpoints(own, {
    dataFolder,
    armTokenFile,
    sampleDevices: options.sample ? sampleDevices : [],
  });
  return { endpoints, close };
}

/** One after the other, because all hubs share the CA, which the first one may have to make. */
function identities(
  authorityFolder: string,
  now: () => number,
): (folder: string, names: Parameters<typeof loadTlsIdentity>[1]) => Promise<TlsIdentity> {
  let last: Promise<unknown> = Promise.resolve();
  return (folder, names) => {
    const next = last.then(() => loadTlsIdentity(folder, names, now(), authorityFolder));
    last = next.catch(() => undefined);
    return next;
  };
}

function madeHub(dataFolder: string, record: HubRecord) {
  const tier = tierOf(record.sku.name);
  return {
    hubName: record.name,
    dataFolder: hubFolder(dataFolder, record.name),
    ports: { https: record.port },
    // Its port was the system's choice, so another one is no worse.
    movePorts: true,
    partitionCount: record.partitionCount,
    retentionMs: record.retentionDays * dayMs,
    limits: {
      messagesPerDay: (tier?.messages ?? 0) * record.sku.units,
      meterBytes: tier?.meterBytes ?? paidMeterBytes,
      ...(tier ? { mostDevices: tier.mostDevices } : {}),
    },
  };
}

const ownRecord = ({ context }: Hub, { retentionMs }: AccountOptions): Omit<HubRecord, 'etag'> => ({
  name: ownHubName,
  group: localResourceGroup,
  location: ownLocation,
  tags: {},
  sku: { name: 'S1', units: 1 },
  partitionCount: context.events.partitionCount,
  retentionDays: Math.ceil(retentionMs / dayMs),
  access: everythingOpen,
  storedProperties: {},
  port: context.ports.https,
  provisioningState: 'Succeeded',
  createdAtMs: context.createdAtMs,
});
