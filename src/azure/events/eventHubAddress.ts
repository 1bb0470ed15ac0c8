import net from 'node:net';
import { serviceHostOf } from '../../core/hub/hubHosts';
import * as l10n from '@vscode/l10n';
import rhea from 'rhea';
import { abortError } from '../../core/base/abort';
import { IotError } from '../../core/errors';
import { hubShortName, type HubConnection } from '../../core/hub/hubConnection';
import { createSasToken } from '../../core/hub/sasToken';
import { eventsFailure } from './eventsFailure';
import { ownWebSockets } from './ownWebSockets';
import { agentOf, type EventTransport } from './eventTransport';

export interface EventHubAddress {
  readonly host: string;
  readonly entityPath: string;
}

const timeoutMs = 20_000;
const tokenMs = 10 * 60_000;
/** How long the hub may take to confirm that the connection is closed. */
const closeMs = 2_000;

/**
 * Finds the Event Hubs-compatible endpoint of a hub. There is no API for it with only an IoT Hub connection string,
 * but a receiver on the hub's own AMQP endpoint is redirected there.
 */
export function findEventHub(
  { hostName, ...connection }: HubConnection,
  ca: string | undefined,
  chosen: EventTransport,
  signal: AbortSignal,
): Promise<EventHubAddress> {
  const hub = { ...connection, hostName: serviceHostOf(hostName) };
  const container = rhea.create_container();
  const port = chosen.transport === 'webSocket' ? hub.httpsPort : hub.amqpPort;
  const { OwnWebSocket, end } = ownWebSockets();
  return new Promise<EventHubAddress>((resolve, reject) => {
    const onAbort = () => finish(() => reject(abortError()));
    const timer = setTimeout(
      () =>
        fail(
          new IotError(
            'timeout',
            l10n.t(
              '{0} did not respond within {1} seconds. A firewall may be blocking port {2}.',
              `${hub.hostName}:${port}`,
              timeoutMs / 1000,
              port,
            ),
          ),
        ),
      timeoutMs,
    );
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
      connection.close();
      setTimeout(end, closeMs).unref();
    };
    const fail = (error: unknown) => finish(() => reject(eventsFailure(error, hub, port)));

    container.on('connection_error', (context: rhea.EventContext) =>
      fail(context.connection.error ?? context.error),
    );
    container.on('disconnected', (context: rhea.EventContext) =>
      fail(context.error ?? new Error('The connection was closed.')),
    );
    // rhea throws events that have no listener.
    container.on('error', fail);
    container.on('receiver_close', (context: rhea.EventContext) =>
      fail(context.receiver?.error ?? new Error('The hub closed the link.')),
    );
    container.on('receiver_error', (context: rhea.EventContext) => {
      const address = readRedirect(context.receiver?.error);
      if (address) finish(() => resolve(address));
      else fail(context.receiver?.error);
    });

    const connection = container.connect({
      ...(chosen.transport === 'webSocket'
        ? overWebSocket(container.websocket_connect(OwnWebSocket), hub, ca, chosen)
        : overTls(hub, ca)),
      hostname: hub.hostName,
      reconnect: false,
      username: `${hub.policyName}@sas.root.${hubShortName(hub.hostName)}`,
      password: createSasToken({
        resource: hub.hostName,
        key: hub.key,
        policyName: hub.policyName,
        expiresAt: Date.now() + tokenMs,
      }),
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    connection.open_receiver({ source: `amqps://${hub.hostName}/messages/events/$management` });
  });
}

const overTls = (hub: HubConnection, ca: string | undefined) => ({
  transport: 'tls' as const,
  host: hub.hostName,
  port: hub.amqpPort,
  // An address is no server name; rhea would send it as one.
  servername: net.isIP(hub.hostName) ? '' : hub.hostName,
  ...(ca ? { ca } : {}),
});

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support */
function overWebSocket(
  connector: unknown,
  hub: HubConnection,
  ca: string | undefined,
  chosen: EventTransport,
) {
  const agent = agentOf(chosen);
  // rhea passes the options to the constructor as they are, although its types have none.
  const connect = connector as (
    url: string,
    protocols: string[],
    options: object,
  ) => NonNullable<rhea.ConnectionOptions['connection_details']>;
  return {
    transport: 'tls' as const,
    connection_details: connect(`wss://${hub.hostName}:${hub.httpsPort}/$iothub/websocket`, ['AMQPWSB10'], {
      ...(ca === undefined ? {} : { ca }),
      ...(agent ? { agent } : {}),
    }),
  };
}

/** The error `amqp:link:redirect` carries the address in its `info` map. */
function readRedirect(error: unknown): EventHubAddress | undefined {
  if (typeof error !== 'object' || error === null || !('condition' in error) || !('info' in error))
    return undefined;
  if (error.condition !== 'amqp:link:redirect' || typeof error.info !== 'object' || error.info === null)
    return undefined;
  const info = error.info as Readonly<Record<string, unknown>>;
  const host = info['hostname'] ?? info['network-host'];
  const entityPath =
    typeof info['address'] === 'string'
      ? /^\w+:\/\/[^/]+\/(.+?)\/\$management/i.exec(info['address'])?.[1]
      : undefined;
  return typeof host === 'string' && entityPath ? { host, entityPath } : undefined;
}
