import rhea from 'rhea';
import type { HubContext } from '../context';
import type { WireError } from './rheaInternals';

/**
 * Sends a client that knows only the hub to the Event Hubs-compatible endpoint (AMQP 2.8.17). Clients take
 * the entity out of `address`, and some find it only behind a port.
 */
export function redirect(context: HubContext): WireError {
  const { hostName, eventHubName, ports } = context;
  return {
    condition: 'amqp:link:redirect',
    description: `The event endpoint of this hub is ${eventHubName}.`,
    info: {
      hostname: hostName,
      'network-host': hostName,
      port: rhea.types.wrap_int(ports.amqp),
      address: `amqps://${hostName}:${ports.amqp}/${eventHubName}/$management`,
    },
  };
}
