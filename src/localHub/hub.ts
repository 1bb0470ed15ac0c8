import net from 'node:net';
import type { ServerNames } from './certificates/index';
import type { HubContext } from './context';
import { createDataFolder } from './files';
import {
  createHubServers,
  type HubServers,
  type MovedPort,
  type OpenedPorts,
  type PortOptions,
} from './hubServers';
import { hostNameOf } from './hostText';
import { openHubState, type HubStateOptions } from './hubState';
import type { MountedApi } from './http/index';
import { candidateAddresses } from './ownAddress';
import type { AccessRules } from './state/access';
import type { TlsIdentity } from './tlsIdentity';
import type { UnauthenticatedLimits } from './unauthenticatedSockets';

export type { MovedPort } from './hubServers';

export interface HubOptions extends HubStateOptions, Omit<PortOptions, 'ownAddresses'> {
  readonly loadIdentity: (folder: string, names: ServerNames) => Promise<TlsIdentity>;
  /** What else the HTTPS port serves. */
  readonly mountedApis?: readonly MountedApi[];
  readonly firstByteTimeoutMs?: number;
  readonly unauthenticatedLimits?: Partial<UnauthenticatedLimits>;
  /** Gives the hub an address of its own with the standard ports, if the system permits it; `preferred` if that is free. */
  readonly ownAddress?: { readonly preferred?: string };
}

export interface Hub {
  readonly context: HubContext;
  readonly identity: TlsIdentity;
  readonly movedPorts: readonly MovedPort[];
  /** The address that the hub has of its own, which is also its host name. */
  readonly ownAddress?: string;
  /** The port on `localhost` that accepts every protocol. */
  readonly localPort: number;
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
  const { ownAddress: wish } = options;
  let names = serverNames(options, wish?.preferred);
  let identity = await options.loadIdentity(dataFolder, names);
  const hostName = hostNameOf(options.listenAddress);
  const place = { hostName, ports: { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 } };
  const aliases = hostAliases(options, names);
  const state = await openHubState(options, aliases, place);
  const { context } = state;
  const servers = createHubServers({
    context,
    identity,
    mountedApis: options.mountedApis ?? [],
    mayHaveOwnAddress: wish !== undefined,
    ...(options.firstByteTimeoutMs === undefined ? {} : { firstByteTimeoutMs: options.firstByteTimeoutMs }),
    ...(options.unauthenticatedLimits ? { unauthenticatedLimits: options.unauthenticatedLimits } : {}),
  });
  const stopRetention = startRetention(context);
  let stopRenewal = (): void => undefined;
  const close = async (): Promise<void> => {
    stopRetention();
    stopRenewal();
    await servers.close();
    state.close();
  };

  let opened: OpenedPorts;
  try {
    opened = await servers.open({
      ...options,
      ...(wish ? { ownAddresses: candidateAddresses(dataFolder, wish.preferred) } : {}),
    });
    const { ownAddress } = opened;
    if (ownAddress !== undefined) {
      aliases.add(ownAddress);
      if (!names.addresses.includes(ownAddress)) {
        // Nobody knows the address yet, so that no client can have seen the certificate without it.
        names = serverNames(options, ownAddress);
        identity = await options.loadIdentity(dataFolder, names);
        servers.setIdentity(identity);
      }
    }
    Object.assign(place, { hostName: ownAddress ?? hostName, ports: opened.ports });
    stopRenewal = startRenewal(options, names, identity, servers);
  } catch (error) {
    await close();
    throw error;
  }
  servers.setReady();
  return {
    context,
    identity,
    movedPorts: opened.movedPorts,
    ...(opened.ownAddress === undefined ? {} : { ownAddress: opened.ownAddress }),
    localPort: opened.localPort,
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
const serverNames = ({ hubName, listenAddress }: HubOptions, ownAddress?: string): ServerNames => ({
  dns: [
    'localhost',
    `${hubName}.azure-devices.net`,
    ...(net.isIP(listenAddress) || listenAddress === 'localhost' ? [] : [listenAddress.toLowerCase()]),
  ],
  addresses: [
    '127.0.0.1',
    '::1',
    ...(ownAddress === undefined ? [] : [ownAddress]),
    ...(net.isIP(listenAddress) && !isWildcard(listenAddress) ? [listenAddress] : []),
  ],
});

/** Host names that clients may use in user names and tokens, in lower case. */
const hostAliases = ({ hubName, listenAddress }: HubOptions, names: ServerNames): Set<string> =>
  new Set([...names.dns, ...names.addresses, hubName, listenAddress.toLowerCase()]);

function startRetention({ events }: HubContext): () => void {
  const timer = setInterval(() => {
    events.enforceRetention();
  }, retentionCheckMs);
  return () => {
    clearInterval(timer);
  };
}

/** Renews the server certificates in time, for as long as the hub is open. */
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
            servers.setIdentity(renewed);
            schedule(renewed.renewAtMs);
          },
          (error: unknown) => {
            log('error', `The server certificates could not be renewed: ${String(error)}`);
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
