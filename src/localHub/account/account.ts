import path from 'node:path';
import { createArm, type Arm } from '../arm/index';
import { createManagedIdentity, type ManagedIdentity } from '../arm/managedIdentity';
import type { LocalHubEndpoints } from '../control/contract';
import { createDataFolder } from '../files';
import { openHub, type Hub } from '../hub';
import { httpsOrigin } from '../hostText';
import { sampleDevices, startSample, type Sample } from '../sample';
import { AccountFile } from './accountFile';
import { adoptHubs } from './adoptHubs';
import { ArmTokens } from './armToken';
import { describeEndpoints } from './endpoints';
import type { AccountOptions } from './accountOptions';
import { createdHubOptions, isLoopback, ownHubOptions, ownHubRecord, sharedHubOptions } from './hubOptions';
import { Hubs } from './hubs';
import { hubResourceId, localResourceGroup, ownHubName } from './ids';
import { Operations } from './operations';
import { entraAccess, RoleAssignments } from './roleAssignments';

export interface Account {
  readonly endpoints: LocalHubEndpoints;
  close(): Promise<void>;
}

/**
 * Starts the process's own hub, Azure Resource Manager, and the hubs that were created in it. The caller holds the lock
 * of the data folder.
 * @throws PortInUseError, AccountFileError, NewerDatabaseError, StorageError
 */
export async function startAccount(options: AccountOptions): Promise<Account> {
  const { dataFolder } = options;
  createDataFolder(dataFolder);
  warnIfExposed(options);
  const parts = createParts(options);
  const { arm, hubs, operations, tokens, managedIdentity, armTokenFile, openOwnHub } = parts;
  const own = await openOwnHub();
  let sample: Sample | undefined;
  const close = async (): Promise<void> => {
    sample?.stop();
    // First, so that no new operation starts.
    arm.close();
    await operations.close();
    await Promise.all([hubs.close(), own.close()]);
    tokens.close();
  };
  let identityHeader: string;
  try {
    tokens.open(armTokenFile, httpsOrigin(own.context));
    hubs.addOwnHub(own, ownHubRecord(own, options));
    identityHeader = managedIdentity.open(own.context.policies.all);
    await hubs.restore();
    if (options.sample) sample = startSample(own.context, own.identity.caCertificate);
  } catch (error) {
    await close();
    throw error;
  }
  arm.open();
  logReady(own, options);
  const endpoints = describeEndpoints(own, {
    dataFolder,
    armTokenFile,
    identityHeader,
    sampleDevices: options.sample ? sampleDevices : [],
  });
  return { endpoints, close };
}

interface AccountParts {
  readonly arm: Arm;
  readonly hubs: Hubs;
  readonly operations: Operations;
  readonly tokens: TokenHolder;
  readonly managedIdentity: ManagedIdentity;
  readonly armTokenFile: string;
  readonly openOwnHub: () => Promise<Hub>;
}

/** Everything of the account that needs no open hub. */
function createParts(options: AccountOptions): AccountParts {
  const { dataFolder, log } = options;
  const now = options.now ?? Date.now;
  const file = new AccountFile(path.join(dataFolder, 'account.json'), {
    initial: () => adoptHubs(dataFolder, now()),
    onSetAside: (text) => {
      log('error', `Storage: ${text}`);
      options.problems?.addSetAside(ownHubName, text);
    },
  });
  const assignments = new RoleAssignments(file);
  const operations = new Operations((operation, error) => {
    const reason = error instanceof Error ? error.message : String(error);
    log('warn', `ARM: the operation '${operation.kind}' failed: ${reason}`);
  });
  const tokens = createTokenHolder(options);
  const shared = sharedHubOptions(options, now);
  const entraOf = (hub: { readonly name: string; readonly group: string }) =>
    entraAccess(tokens.current, assignments, () => hubResourceId(hub));
  const hubs = new Hubs(file, operations, {
    dataFolder,
    phaseMs: options.armPhaseMs ?? 500,
    log,
    open: (record) => openHub({ ...shared, ...createdHubOptions(options, record), entra: entraOf(record) }),
  });
  const arm = createArm({
    file,
    hubs,
    operations,
    assignments,
    tokens: tokens.current,
    settings: options,
    now,
    log,
  });
  const armTokenFile = path.join(dataFolder, 'arm-token');
  const managedIdentity = createManagedIdentity(armTokenFile, log);
  const entra = entraOf({ name: ownHubName, group: localResourceGroup });
  const isKnown = hubs.find(ownHubName) !== undefined;
  const openOwnHub = () =>
    openHub({ ...shared, ...ownHubOptions(options), isKnown, entra, mountedApis: [arm, managedIdentity] });
  return { arm, hubs, operations, tokens, managedIdentity, armTokenFile, openOwnHub };
}

/** The bearer tokens, whose audience is known only once the own hub has its port. */
interface TokenHolder {
  readonly current: () => ArmTokens;
  open(file: string, audience: string): void;
  close(): void;
}

function createTokenHolder({ armTokenSeconds, log }: AccountOptions): TokenHolder {
  let tokens: ArmTokens | undefined;
  return {
    current: () => {
      if (!tokens) throw new Error('The account is not open yet.');
      return tokens;
    },
    open: (file, audience) => {
      tokens = new ArmTokens({
        file,
        audience,
        lifetimeSeconds: armTokenSeconds ?? 3_600,
        log,
        onRenewed: () => {
          log('debug', 'ARM: wrote a new bearer token to armTokenFile');
        },
      });
    },
    close: () => tokens?.close(),
  };
}

function warnIfExposed({ listenAddress, log }: AccountOptions): void {
  if (isLoopback(listenAddress)) return;
  log(
    'warn',
    `The hub listens on ${listenAddress}: anyone who can reach this machine can try to authenticate.`,
  );
}

function logReady({ context: { ports } }: Hub, { log }: AccountOptions): void {
  log(
    'info',
    `Ready: MQTT ${ports.mqtt}, HTTPS ${ports.https}, AMQP ${ports.amqp}, AMQP without TLS ${ports.amqpPlain}`,
  );
}
