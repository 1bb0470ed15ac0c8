import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { HubContext } from '../context';
import { HubError } from '../errors';
import { addDeviceMessageRoutes } from './deviceMessages';
import { addDeviceRoutes } from './devices';
import { isOwnHost, isOwnOrigin } from './hosts';
import { RequestOrder } from './requestOrder';
import { checkPublicAccess } from './serviceAccess';
import {
  errorAnswer,
  readRequest,
  readTarget,
  Router,
  sendAnswer,
  type Answer,
  type HubRouter,
} from './router';

/** Another API on the port, with its own rules and errors. */
export interface MountedApi {
  /** Whether paths with this first segment belong to it. */
  owns(firstSegment: string): boolean;
  answer(message: IncomingMessage): Promise<Answer>;
}

export interface HttpServiceOptions {
  readonly mountedApis: readonly MountedApi[];
  /** Whether all ports are open. */
  readonly isReady: () => boolean;
  readonly onAmqpSocket: (webSocket: WebSocket, socket: TLSSocket) => void;
  /** Called once for each socket. */
  readonly onMqttStream: (stream: Duplex, peer: string, socket: TLSSocket) => void;
  /** Called after a request that was authorized. */
  readonly onAuthorized: (socket: Socket) => void;
}

export interface HttpService {
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close(): void;
}

/** Subprotocols by path; both AMQP paths lead to the same container. */
const webSocketPaths: Readonly<Record<string, readonly string[]>> = {
  '/$servicebus/websocket': ['AMQPWSB10', 'amqp'],
  '/$iothub/websocket': ['AMQPWSB10', 'amqp', 'mqtt'],
};

/** uamqp ends the path with a slash. */
const webSocketPathOf = (request: IncomingMessage): string => pathOf(request).replace(/\/$/, '');

/** Service REST, `/health`, WebSocket paths and mounted APIs on one port. */
export function createHttpService(context: HubContext, options: HttpServiceOptions): HttpService {
  const router: HubRouter = new Router();
  router.on('GET', '/health', () =>
    options.isReady()
      ? { status: 200, body: { status: 'ready', hubName: context.hubName } }
      : { status: 503, body: { status: 'starting' }, headers: { 'Retry-After': '1' } },
  );
  addDeviceRoutes(router, context);
  addDeviceMessageRoutes(router, context);
  const order = new RequestOrder();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    // A message that clients of these protocols send has one. Each has an object of its own until the message is complete.
    maxFragments: 1_024,
    maxBufferedChunks: 4_096,
    handleProtocols: (offered, request) => {
      const known = webSocketPaths[webSocketPathOf(request)] ?? [];
      return (
        [...offered].find((protocol) =>
          known.some((each) => each.toLowerCase() === protocol.toLowerCase()),
        ) ?? false
      );
    },
  });

  async function answer(message: IncomingMessage): Promise<Answer> {
    if (!isOwnHost(message, context.authenticator)) return refuseHost(message);
    const first = firstSegmentOf(message);
    const surface = options.mountedApis.find((one) => one.owns(first.toLowerCase()));
    if (surface) return surface.answer(message);
    try {
      const target = readTarget(message);
      const { handler, parameters } = router.find(target.method, target.path);
      if (first !== 'health') checkPublicAccess(context);
      return typeof handler === 'function'
        ? await handler(await readRequest(message), parameters)
        : await handler.answer(message, target, parameters);
    } catch (error) {
      // The client closed the connection within its request: nobody reads the answer.
      if (!(error instanceof HubError) && message.destroyed && !message.complete) return { status: 400 };
      if (!(error instanceof HubError)) return internalError(message, error);
      context.log(
        'debug',
        `HTTP: ${message.method ?? ''} ${pathOf(message)}: ${error.errorName}: ${error.message}`,
      );
      return errorAnswer(error, context.now());
    }
  }

  function internalError(message: IncomingMessage, error: unknown): Answer {
    context.log(
      'error',
      `HTTP: ${message.method ?? ''} ${pathOf(message)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    const known = new HubError('ServerError', 'Internal error in the local hub, see its log for details');
    return errorAnswer(known, context.now());
  }

  return {
    onRequest: (message, response) => {
      order.add(message, response, () => {
        void answer(message).then((result) => {
          if (isAuthorized(message, result)) options.onAuthorized(message.socket);
          if (!response.destroyed) sendAnswer(response, result, (error) => internalError(message, error));
        });
      });
    },
    onUpgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      if (!Object.hasOwn(webSocketPaths, webSocketPathOf(request))) {
        refuseUpgrade(socket, '404 Not Found');
        return;
      }
      const isForeign =
        !isOwnHost(request, context.authenticator) || !isOwnOrigin(request, context.authenticator);
      if (isForeign || context.access.rules.isPublicAccessOff) {
        if (isForeign) context.log('warn', 'WebSocket: refused a client with a foreign Host or Origin');
        refuseUpgrade(socket, '403 Forbidden');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', (error) => {
          context.log('debug', `WebSocket: ${error.message}`);
        });
        if (webSocket.protocol.toLowerCase() === 'mqtt') {
          const stream = createWebSocketStream(webSocket);
          const peer = `${request.socket.remoteAddress ?? ''} (WebSocket)`;
          // This port is TLS only.
          options.onMqttStream(stream, peer, request.socket as TLSSocket);
        } else if (webSocket.protocol === '') {
          webSocket.close(1002, 'offer the subprotocol AMQPWSB10 or mqtt');
        } else {
          options.onAmqpSocket(webSocket, request.socket as TLSSocket);
        }
      });
    },
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

/** Ends the socket too: the client may never do so. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Paths that are answered without authorization. */
const publicPaths: readonly string[] = ['health', 'metadata'];

const isAuthorized = (message: IncomingMessage, { status }: Answer): boolean =>
  status < 400 && !publicPaths.includes(firstSegmentOf(message).toLowerCase());

/** In the forms of the service and of Azure Resource Manager. */
function refuseHost({ headers: { host = '' } }: IncomingMessage): Answer {
  const message = `'${host.slice(0, 100)}' is not a name of this hub.`;
  return { status: 400, body: { Message: message, error: { code: 'InvalidHostName', message } } };
}

/** Clients that join a base URL with a slash at its end and a path send two slashes. */
const firstSegmentOf = (request: IncomingMessage): string =>
  pathOf(request)
    .split('/')
    .find((segment) => segment !== '') ?? '';

/** Path without query; clients may percent-encode the `$`. */
function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
