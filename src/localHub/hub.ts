import net from 'node:net';
import type { ServerNames } from './certificates/index';
import type { HubContext } from './context';
import { createDataFolder } from './files';
import { createHubServers, type HubServers, type MovedPort, type PortOptions } from './hubServers';
import { hostName, openHubState, type HubStateOptions } from './hubState';
import type { MountedApi } from './http/index';
import type { AccessRules } from './state/access';
import type { TlsIdentity } from './tlsIdentity';

export type { MovedPort } from './hubServers';

export interface HubOptions extends HubStateOptions, PortOptions {
  readonly loadIdentity: (folder: string, names: ServerNames) => Promise<TlsIdentity>;
  /** What else the HTTPS port serves. */
  readonly mountedApis?: readonly MountedApi[];
  readonly firstByteTimeoutMs?: number;
}

export interface Hub {
  readonly context: HubContext;
  readonly identity: TlsIdentity;
  readonly movedPorts: readonly MovedPort[];
  setAccess(rules: AccessRules): void;
  setRetention(milliseconds: number): void;
  close(): Promise<void>;
}

const retentionCheckMs = 30_000;
const minRenewalDelayMs = 60_000;
const maxRenewalDelayMs = 24 * 60 * 60 * 1000;
const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

/**
 * Opens an IoT hub on its own data folder, which no other hub may use meanwhile.
 * @throws PortInUseError, NewerDatabaseError
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { dataFolder } = options;
  createDataFolder(dataFolder);
  const names = serverNames(options);
  const identity = await options.loadIdentity(dataFolder, names);
  const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
  const state = await openHubState(options, hostAliases(options, names), ports);
  const { context } = state;
  const servers = createHubServers({
    context,
    identity: identity.server,
    mountedApis: options.mountedApis ?? [],
    ...(options.firstByteTimeoutMs === undefined ? {} : { firstByteTimeoutMs: options.firstByteTimeoutMs }),
  });
  const stopRetention = startRetention(context);
  let stopRenewal = (): void => undefined;
  const close = async (): Promise<void> => {
    stopRetention();
    stopRenewal();
    await servers.close();
    state.close();
  };

  let movedPorts: readonly MovedPort[];
  try {
    const opened = await servers.open(options);
    Object.assign(ports, opened.ports);
    ({ movedPorts } = opened);
    stopRenewal = startRenewal(options, names, identity, servers);
  } catch (error) {
    await close();
    throw error;
  }
  servers.setReady();
  return {
    context,
    identity,
    movedPorts,
    setAccess: (rules) => {
      context.access.set(rules);
      servers.applyAccessRules();
    },
    setRetention: (milliseconds) => {
      state.setRetention(milliseconds);
    },
    close,
  };
}

/** What the server certificate is for. */
const serverNames = ({ hubName, listenAddress }: HubOptions): ServerNames => ({
  dns: [hostName, `${hubName}.azure-devices.net`],
  addresses: [
    '127.0.0.1',
    '::1',
    ...(net.isIP(listenAddress) && !isWildcard(listenAddress) ? [listenAddress] : []),
  ],
});

/** Host names that clients may use in user names and tokens, in lower case. */
const hostAliases = ({ hubName, listenAddress }: HubOptions, names: ServerNames): ReadonlySet<string> =>
  new Set([...names.dns, ...names.addresses, hubName, listenAddress.toLowerCase()]);

function startRetention({ events }: HubContext): () => void {
  const timer = setInterval(() => {
    events.enforceRetention();
  }, retentionCheckMs);
  return () => {
    clearInterval(timer);
  };
}

/** Renews the server certificate in time, for as long as the hub is open. */
function startRenewal(
  { dataFolder, loadIdentity, now, log }: HubOptions,
  names: ServerNames,
  identity: TlsIdentity,
  servers: HubServers,
): () => void {
  let timer: NodeJS.Timeout;
  const schedule = (renewAtMs: number): void => {
    timer = setTimeout(
      () => {
        loadIdentity(dataFolder, names).then(
          (renewed) => {
            servers.setIdentity(renewed.server);
            schedule(renewed.renewAtMs);
          },
          (error: unknown) => {
            log('error', `The server certificate could not be renewed: ${String(error)}`);
            schedule(now() + minRenewalDelayMs);
          },
        );
      },
      Math.min(Math.max(renewAtMs - now(), minRenewalDelayMs), maxRenewalDelayMs),
    );
  };
  schedule(identity.renewAtMs);
  return () => {
    clearTimeout(timer);
  };
}
