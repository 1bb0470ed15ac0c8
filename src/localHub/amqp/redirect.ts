import rhea from 'rhea';
import type { HubContext } from '../context';
import type { AmqpErrorInfo } from './rheaInternals';

/**
 * Redirects a client that knows only the hub to the Event Hubs-compatible endpoint (AMQP 2.8.17). Clients parse the
 * entity from `address`, and some find it only after a port.
 */
export function redirect(context: HubContext): AmqpErrorInfo {
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
