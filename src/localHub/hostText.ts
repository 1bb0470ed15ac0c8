import net from 'node:net';
import type { HubContext } from './context';
import { standardPorts } from './ownAddress';

type Place = Pick<HubContext, 'hostName' | 'ports'>;

const localHostName = 'localhost';
const localAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '0.0.0.0']);

/**
 * The host name of a hub that listens on an address: `localhost`, which VS Code's proxy support excludes too, unless the
 * hub listens on another IPv4 address only. Connection strings have no form for an IPv6 address.
 */
export function hostNameOf(listenAddress: string): string {
  const isReachedLocally = localAddresses.has(listenAddress) || net.isIPv6(listenAddress);
  return isReachedLocally ? localHostName : listenAddress.toLowerCase();
}

/** The address of the port without TLS, which is never reachable from other machines. */
export const plainAddressOf = (listenAddress: string): string =>
  /^127\./.test(listenAddress) ? listenAddress : '127.0.0.1';

/** Whether clients reach a hub without knowing its ports. */
export const hasStandardPorts = ({ ports }: Place): boolean =>
  ports.https === standardPorts.https &&
  ports.mqtt === standardPorts.mqtt &&
  ports.amqp === standardPorts.amqp;

/**
 * The host name of a hub as Azure Resource Manager returns it: clients get no other information about ports, so it
 * contains the port that accepts every protocol, unless the hub has the standard ports.
 */
export const hostWithPort = (place: Place): string =>
  hasStandardPorts(place) ? place.hostName : `${place.hostName}:${place.ports.https}`;

/** `https://localhost:8443`, without the port 443. */
export const httpsOrigin = ({ hostName, ports }: Place): string =>
  ports.https === standardPorts.https ? `https://${hostName}` : `https://${hostName}:${ports.https}`;
