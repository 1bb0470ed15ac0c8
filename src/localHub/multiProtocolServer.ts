import type { RequestListener } from 'node:http';
import https from 'node:https';
import type tls from 'node:tls';
import { peerOf } from './peer';

export interface Protocols {
  readonly http: RequestListener;
  readonly mqtt: (socket: tls.TLSSocket) => void;
  readonly amqp: (socket: tls.TLSSocket) => void;
  /** Reports connections of other protocols. */
  readonly log: (text: string) => void;
}

export interface PortTimeouts {
  /** How long a client may stay silent after its handshake. */
  readonly firstByteMs: number;
  /** How long an HTTP client may neither send nor read while the hub waits for it. */
  readonly stalledHttpMs: number;
}

const defaultTimeouts: PortTimeouts = { firstByteMs: 30_000, stalledHttpMs: 120_000 };
const mqttConnect = 0x10;
/** The first byte of `AMQP`; no HTTP method in use starts with it. */
const letterA = 0x41;

/** The first byte identifies the protocol; the rest of the header is checked by the protocol itself. */
function protocolOf(first: number): 'mqtt' | 'amqp' | 'http' | undefined {
  if (first === mqttConnect) return 'mqtt';
  if (first === letterA) return 'amqp';
  return first > letterA && first <= 0x5a ? 'http' : undefined;
}

/**
 * How long an idle HTTP connection stays open. Node's default of 5 s closes connections just when a client that was
 * busy sends its next request on one, which the client sees as ECONNRESET.
 */
const idleHttpMs = 65_000;

/**
 * A TLS port for HTTP (with WebSockets), MQTT and AMQP, distinguished by the first byte of a client. A host name and a
 * port are all that any client needs to reach the hub.
 */
export function createMultiProtocolServer(
  tlsOptions: https.ServerOptions,
  protocols: Protocols,
  timeouts: Partial<PortTimeouts> = {},
): https.Server {
  const { firstByteMs, stalledHttpMs } = { ...defaultTimeouts, ...timeouts };
  const server = https.createServer(
    {
      ...tlsOptions,
      noDelay: true,
      // A list, not a callback: Node below 20.10 always adds a list to an HTTPS server and refuses both.
      ALPNProtocols: ['mqtt', 'amqp', 'http/1.1', 'http/1.0'],
    },
    protocols.http,
  );
  server.keepAliveTimeout = idleHttpMs;
  // Node ends a request that does not arrive in time, but not a client that does not read the answer.
  server.timeout = stalledHttpMs;
  // Node's HTTP server works as usual, time limits included; it only gets its sockets slightly later.
  const toHttp = server.listeners('secureConnection') as ((socket: tls.TLSSocket) => void)[];
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    const peer = peerOf(socket);
    const stopDetecting = (): void => {
      clearTimeout(timer);
      socket.off('readable', detect).off('end', drop).off('error', drop).off('close', stopDetecting);
    };
    const drop = (): void => {
      stopDetecting();
      socket.on('error', () => undefined);
      socket.destroy();
    };
    const detect = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      const protocol = protocolOf(chunk[0] ?? 0);
      if (protocol === undefined) {
        protocols.log(`${peer} uses neither HTTP nor MQTT nor AMQP: closed the connection`);
        drop();
        return;
      }
      stopDetecting();
      socket.unshift(chunk);
      if (protocol === 'http') for (const listener of toHttp) listener.call(server, socket);
      else protocols[protocol](socket);
    };
    const timer = setTimeout(() => {
      protocols.log(`${peer} sent nothing for ${firstByteMs / 1000} seconds: closed the connection`);
      drop();
    }, firstByteMs);
    socket.on('readable', detect).on('end', drop).on('error', drop).on('close', stopDetecting);
  });
  return server;
}
