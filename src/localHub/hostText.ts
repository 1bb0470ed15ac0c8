import type { HubContext } from './context';
import { standardPorts } from './ownAddress';

type Place = Pick<HubContext, 'hostName' | 'ports'>;

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
