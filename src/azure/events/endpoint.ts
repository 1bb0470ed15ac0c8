import { EventHubConsumerClient, type EventHubConsumerClientOptions } from '@azure/event-hubs';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import { findEventHub } from './eventHubAddress';
import { tolerateLostLinks } from './linkAddress';
import { ownWebSockets } from './ownWebSockets';
import { agentOf, webSocketPortOf, type EventTransport } from './eventTransport';

const retryOptions = { maxRetries: 2, retryDelayInMs: 500, timeoutInMs: 15_000 };

interface EndpointRequest {
  readonly target: EventsTarget;
  readonly consumerGroup: string;
  /** The CA to trust, when it is not one of the system's. */
  readonly ca: string | undefined;
}

export interface Endpoint {
  readonly client: EventHubConsumerClient;
  readonly port: number;
  readonly transport: EventTransport['transport'];
  /** Ends what the client could not close: a dead connection does not confirm that it is closed. */
  end(this: void): void;
}

/**
 * A client of a target's event endpoint. The SDK accepts a CA for WebSockets only, so a hub with its own CA is read
 * through its HTTPS port; otherwise the address of the redirect is used.
 */
export async function openEndpoint(
  { target, consumerGroup, ca }: EndpointRequest,
  chosen: EventTransport,
  signal: AbortSignal,
): Promise<Endpoint> {
  const { host, entityPath } =
    'entityPath' in target ? target : await findEventHub(target, ca, chosen, signal);
  const isPlain = 'isPlain' in target && target.isPlain;
  const isWebSocket = !isPlain && (chosen.transport === 'webSocket' || ca !== undefined);
  const credentials = `SharedAccessKeyName=${target.policyName};SharedAccessKey=${target.key};EntityPath=${entityPath}`;
  const agent = agentOf(chosen);
  tolerateLostLinks();
  const { OwnWebSocket, end } = ownWebSockets();
  const options: EventHubConsumerClientOptions = {
    retryOptions,
    ...(isWebSocket
      ? {
          webSocketOptions: {
            webSocket: OwnWebSocket,
            webSocketConstructorOptions: { ...(ca === undefined ? {} : { ca }), ...(agent ? { agent } : {}) },
          },
        }
      : {}),
  };
  // A hub with its own CA serves its events on the port of its host name.
  const isOwn = ca !== undefined && !('entityPath' in target);
  const port = isWebSocket ? webSocketPortOf(target) : 'entityPath' in target ? (target.port ?? 5671) : 5671;
  const address = `${isOwn ? target.hostName : host}${portText(port, isWebSocket)}`;
  const text = `Endpoint=sb://${address}/;${credentials}${isPlain ? ';UseDevelopmentEmulator=true' : ''}`;
  return {
    client: new EventHubConsumerClient(consumerGroup, text, options),
    port,
    transport: isWebSocket ? 'webSocket' : 'amqp',
    end,
  };
}

/** The port is part of the audience of tokens: default ports are left out, as the service expects. */
const portText = (port: number, isWebSocket: boolean): string =>
  port === (isWebSocket ? 443 : 5671) ? '' : `:${port}`;
