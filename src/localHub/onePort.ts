import type { RequestListener } from 'node:http';
import https from 'node:https';
import type tls from 'node:tls';

export interface Protocols {
  readonly http: RequestListener;
  readonly mqtt: (socket: tls.TLSSocket) => void;
  readonly amqp: (socket: tls.TLSSocket) => void;
  /** Of connections that none of them is for. */
  readonly log: (text: string) => void;
}

/** How long a client may say nothing after its handshake. */
const firstByteTimeoutMs = 30_000;
const mqttConnect = 0x10;
/** Of `AMQP`; no HTTP method in use begins with it. */
const letterA = 0x41;

/** The first byte tells the protocol: the AMQP wire looks at the others of its header itself. */
function protocolOf(first: number): 'mqtt' | 'amqp' | 'http' | undefined {
  if (first === mqttConnect) return 'mqtt';
  if (first === letterA) return 'amqp';
  return first > letterA && first <= 0x5a ? 'http' : undefined;
}

/**
 * A TLS port for HTTP (with WebSockets), MQTT and AMQP, told apart by what a client says first. So a host name with
 * a port is all that any client needs to know of a hub.
 */
export function createOnePort(
  tlsOptions: https.ServerOptions,
  protocols: Protocols,
  timeoutMs = firstByteTimeoutMs,
): https.Server {
  const known = ['http/1.1', 'mqtt', 'amqp'];
  const server = https.createServer(
    {
      ...tlsOptions,
      noDelay: true,
      ALPNCallback: ({ protocols: offered }) => offered.find((name) => known.includes(name)),
    },
    protocols.http,
  );
  // Node's own HTTP stays as it is, time limits included; it only gets its sockets a little later.
  const toHttp = server.listeners('secureConnection') as ((socket: tls.TLSSocket) => void)[];
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: tls.TLSSocket) => {
    const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`;
    const leave = (): void => {
      clearTimeout(timer);
      socket.off('readable', look).off('end', drop).off('error', drop).off('close', leave);
    };
    const drop = (): void => {
      leave();
      socket.on('error', () => undefined);
      socket.destroy();
    };
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      const protocol = protocolOf(chunk[0] ?? 0);
      if (protocol === undefined) {
        protocols.log(`${peer} speaks neither HTTP nor MQTT nor AMQP: the connection is closed`);
        drop();
        return;
      }
      leave();
      socket.unshift(chunk);
      if (protocol === 'http') for (const listener of toHttp) listener.call(server, socket);
      else protocols[protocol](socket);
    };
    const timer = setTimeout(() => {
      protocols.log(`${peer} said nothing for ${timeoutMs / 1000} seconds: the connection is closed`);
      drop();
    }, timeoutMs);
    socket.on('readable', look).on('end', drop).on('error', drop).on('close', leave);
  });
  return server;
}
