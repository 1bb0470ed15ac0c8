import { createHash } from 'node:crypto';
import type net from 'node:net';
import { closeServer, listenOnce } from './listeners';

/** The ports of IoT Hub, which clients use for a host name without a port. */
export const standardPorts = { https: 443, mqtt: 8883, amqp: 5671 } as const;

type StandardServers = Readonly<Record<keyof typeof standardPorts, net.Server>>;

/** As many as there can be hubs, twice. */
const maxCandidates = 100;

/**
 * Addresses that a hub may have of its own, best first. All of 127.0.0.0/8 is this machine on Linux and Windows; on macOS
 * an address must be added to the loopback interface first. They follow from the folder of the hub, so that hubs of
 * different accounts on one machine do not take the addresses of each other while one of them restarts.
 * @see https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3
 */
export function* candidateAddresses(hubFolder: string, preferred?: string): Generator<string> {
  if (preferred !== undefined) yield preferred;
  // 127.0.2.2 to 127.0.251.251: 127.0.0.x and 127.0.1.1 have other uses.
  const octets = 250;
  const first = createHash('sha256').update(hubFolder).digest().readUInt32BE(0);
  for (let i = 0; i < maxCandidates; i++) {
    const at = (first + i) % (octets * octets);
    const address = `127.0.${2 + Math.floor(at / octets)}.${2 + (at % octets)}`;
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
