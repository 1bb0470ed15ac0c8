import type net from 'node:net';
import { closeServer, listenOnce } from './listeners';

/** The ports of IoT Hub, which clients use for a host name without a port. */
export const standardPorts = { https: 443, mqtt: 8883, amqp: 5671 } as const;

type StandardServers = Readonly<Record<keyof typeof standardPorts, net.Server>>;

/** As many as there can be hubs, twice: another account on this machine has addresses too. */
const lastCandidate = 101;

/**
 * Addresses that hubs may have of their own, best first. All of 127.0.0.0/8 is this machine on Linux and Windows; on
 * macOS an address must be added to the loopback interface first.
 * @see https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3
 */
export function* candidateAddresses(preferred?: string): Generator<string> {
  if (preferred !== undefined) yield preferred;
  for (let last = 2; last <= lastCandidate; last++) {
    const address = `127.0.0.${last}`;
    if (address !== preferred) yield address;
  }
}

export interface OwnAddress {
  /** Undefined if the system permits none. */
  readonly address?: string;
  /** Why there is none. */
  readonly reason?: string;
}

/** Opens the standard ports on the first address on which all of them are free. */
export async function openOwnAddress(
  servers: StandardServers,
  candidates: Iterable<string>,
): Promise<OwnAddress> {
  let reason = 'all addresses are in use';
  for (const address of candidates) {
    const failure = await openAll(servers, address);
    if (failure === undefined) return { address };
    reason = failure.message;
    // Without the privilege for port 443, or without the address, the next one fails too.
    if (failure.code !== 'EADDRINUSE') break;
  }
  return { reason };
}

/** @returns why not all could be opened; none is open then */
async function openAll(
  servers: StandardServers,
  address: string,
): Promise<NodeJS.ErrnoException | undefined> {
  try {
    for (const name of ['https', 'mqtt', 'amqp'] as const)
      await listenOnce(servers[name], address, standardPorts[name]);
    return undefined;
  } catch (error) {
    await Promise.all(Object.values(servers).map(closeServer));
    return error instanceof Error ? error : new Error(String(error));
  }
}
