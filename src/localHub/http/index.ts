import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { HubContext } from '../context';
import { HubError } from '../errors';
import { addDeviceRoutes } from './devices';
import { checkPublicAccess } from './serviceAccess';
import { errorAnswer, readRequest, Router, sendAnswer, type Answer } from './router';

/** Something else that the port serves, with rules and errors of its own. */
export interface Surface {
  /** Whether a path, whose first segment this is, belongs to it. */
  owns(firstSegment: string): boolean;
  answer(message: IncomingMessage): Promise<Answer>;
}

export interface HttpWireOptions {
  readonly surfaces: readonly Surface[];
  /** Whether every listener is open and the hub takes work. */
  readonly isReady: () => boolean;
  readonly onAmqpSocket: (socket: WebSocket) => void;
  /** Called once for a socket. */
  readonly onMqttStream: (stream: Duplex, peer: string, socket: TLSSocket) => void;
}

export interface HttpWire {
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close(): void;
}

/** Sub-protocols by path; both AMQP paths are one container. */
const webSocketPaths: Readonly<Record<string, readonly string[]>> = {
  '/$servicebus/websocket': ['AMQPWSB10', 'amqp'],
  '/$iothub/websocket': ['AMQPWSB10', 'amqp', 'mqtt'],
};

/** Service REST, `/health`, the WebSocket paths and what else there is on one port. */
export function createHttpWire(context: HubContext, options: HttpWireOptions): HttpWire {
  const router = new Router();
  router.on('GET', '/health', () =>
    options.isReady()
      ? { status: 200, body: { status: 'ready', hubName: context.hubName } }
      : { status: 503, body: { status: 'starting' }, headers: { 'Retry-After': '1' } },
  );
  addDeviceRoutes(router, context);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    handleProtocols: (offered, request) => {
      const known = webSocketPaths[pathOf(request)] ?? [];
      return (
        [...offered].find((protocol) =>
          known.some((each) => each.toLowerCase() === protocol.toLowerCase()),
        ) ?? false
      );
    },
  });

  async function answer(message: IncomingMessage): Promise<Answer> {
    const first = pathOf(message).split('/')[1] ?? '';
    const surface = options.surfaces.find((one) => one.owns(first.toLowerCase()));
    if (surface) return surface.answer(message);
    try {
      const request = await readRequest(message);
      const { handler, parameters } = router.find(request.method, request.path);
      if (first !== 'health') checkPublicAccess(context);
      return await handler(request, parameters);
    } catch (error) {
      const known =
        error instanceof HubError ? error : new HubError('ServerError', 'The local hub failed, see its log');
      if (known === error)
        context.log(
          'debug',
          `HTTP: ${message.method ?? ''} ${pathOf(message)}: ${known.errorName}: ${known.message}`,
        );
      else
        context.log(
          'error',
          `HTTP: ${message.method ?? ''} ${pathOf(message)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      return errorAnswer(known, context.now());
    }
  }

  return {
    onRequest: (message, response) => {
      void answer(message).then((result) => {
        if (!response.destroyed) sendAnswer(response, result);
      });
    },
    onUpgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      if (!Object.hasOwn(webSocketPaths, pathOf(request))) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      if (context.access.rules.isPublicAccessOff) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', (error) => {
          context.log('debug', `WebSocket: ${error.message}`);
        });
        if (webSocket.protocol === 'mqtt') {
          const stream = createWebSocketStream(webSocket);
          const peer = `${request.socket.remoteAddress ?? ''} (WebSocket)`;
          // This port speaks TLS only.
          options.onMqttStream(stream, peer, request.socket as TLSSocket);
        } else if (webSocket.protocol === '') {
          webSocket.close(1002, 'offer the sub-protocol AMQPWSB10 or mqtt');
        } else {
          options.onAmqpSocket(webSocket);
        }
      });
    },
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

/** Path without query; the `$` may come percent-encoded. */
function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
