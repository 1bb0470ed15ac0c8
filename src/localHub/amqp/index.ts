import type net from 'node:net';
import type tls from 'node:tls';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';
import type { HubContext } from '../context';
import { AmqpConnection, defaultLimits, type ConnectionLimits } from './connection';
import { EventReaders } from './eventReaders';
import { EncodedEvents } from './message';

/** AMQP 1.0: the service endpoint and the Event Hubs-compatible one, which differ only in their addresses. */
export interface AmqpService {
  /** Serves a connected socket, plain or after its TLS handshake. */
  handleSocket(socket: net.Socket | tls.TLSSocket, onAuthenticated?: () => void): void;
  /** Serves an accepted WebSocket of the subprotocol `AMQPWSB10`. */
  handleWebSocket(ws: WebSocket, onAuthenticated?: () => void): void;
  readonly connectionCount: number;
  /** Links that read events, over all connections. */
  readonly readerCount: number;
  /** Closes all connections if the hub's access rules no longer allow them: each is authorized by a policy. */
  applyAccessRules(): void;
  /** Closes all connections; resolves when they are closed. */
  close(): Promise<void>;
}

export interface AmqpServiceOptions {
  readonly limits?: Partial<ConnectionLimits>;
}

export function createAmqpService(context: HubContext, options: AmqpServiceOptions = {}): AmqpService {
  const endpoint = {
    context,
    groups: context.consumerGroups,
    readers: new EventReaders(),
    encoded: new EncodedEvents(),
  };
  context.consumerGroups.onRemoved((name) => endpoint.readers.closeGroup(name));
  const limits = { ...defaultLimits, ...options.limits };
  const connections = new Set<AmqpConnection>();
  let whenEmpty: (() => void) | undefined;
  let closed = false;

  const serve = (stream: Duplex, onAuthenticated: () => void = () => undefined): void => {
    if (closed) {
      stream.destroy();
      return;
    }
    connections.add(
      new AmqpConnection(endpoint, limits, stream, onAuthenticated, (connection) => {
        connections.delete(connection);
        if (connections.size === 0) whenEmpty?.();
      }),
    );
  };

  return {
    handleSocket(socket, onAuthenticated) {
      socket.setNoDelay(true);
      serve(socket, onAuthenticated);
    },
    handleWebSocket(ws, onAuthenticated) {
      serve(createWebSocketStream(ws), onAuthenticated);
    },
    get connectionCount() {
      return connections.size;
    },
    get readerCount() {
      return endpoint.readers.count;
    },
    applyAccessRules() {
      const { isPublicAccessOff, isLocalAuthOff } = context.access.rules;
      if (!isPublicAccessOff && !isLocalAuthOff) return;
      for (const connection of [...connections]) {
        connection.end('amqp:unauthorized-access', 'The hub no longer accepts shared access keys.');
      }
    },
    async close() {
      closed = true;
      if (connections.size === 0) return;
      const empty = new Promise<void>((resolve) => (whenEmpty = resolve));
      for (const connection of [...connections]) {
        connection.end('amqp:connection:forced', 'The local hub is closing.');
      }
      await empty;
    },
  };
}
