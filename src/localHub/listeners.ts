import { constants } from 'node:crypto';
import http from 'node:http';
import type net from 'node:net';
import type tls from 'node:tls';
import type { PortName } from './control/contract';

export interface PortWish {
  readonly name: PortName;
  /** 0 means any free one. */
  readonly port: number;
}

export class PortTakenError extends Error {
  constructor(name: PortName, port: number, host: string) {
    const flag = {
      mqtt: '--mqtt-port',
      https: '--https-port',
      amqp: '--amqp-port',
      amqpPlain: '--amqp-plain-port',
    }[name];
    super(
      `Port ${port} on ${host} is in use by another program: close it, or choose another port with ${flag} (0 takes any free one).`,
    );
    this.name = 'PortTakenError';
  }
}

async function listenOnce(server: net.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as net.AddressInfo).port);
    });
  });
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/**
 * Opens a port; one in use moves to a free one when `mayMove`.
 * @throws PortTakenError
 */
export async function listen(
  server: net.Server,
  host: string,
  wish: PortWish,
  mayMove: boolean,
): Promise<number> {
  try {
    return await listenOnce(server, host, wish.port);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (!mayMove) throw new PortTakenError(wish.name, wish.port, host);
    return listenOnce(server, host, 0);
  }
}

/**
 * Server side of TLS for devices and AMQP. Sessions are never resumed: a resumed one loses the client's
 * certificate chain, on which devices with certificates are judged.
 */
export const tlsServerOptions = (identity: {
  readonly certificate: string;
  readonly key: string;
}): tls.TlsOptions => ({
  cert: identity.certificate,
  key: identity.key,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET,
  handshakeTimeout: 30_000,
});

/**
 * Asks a client for its certificate and names no authority, so that it offers any, self-signed ones too.
 * Whether it lets a device in is judged at its CONNECT, and told there.
 */
// eslint-disable-next-line no-restricted-syntax -- the client's certificate, not the server's: MQTT answers it
export const askForCertificate: tls.TlsOptions = { requestCert: true, rejectUnauthorized: false };

/** Keeps the open sockets of a server, so that it can close without waiting for its clients. */
export class OpenSockets {
  private readonly sockets = new Set<net.Socket>();

  watch(server: net.Server): void {
    server.on('connection', (socket: net.Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

export async function closeServer(server: net.Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    if (server instanceof http.Server) server.closeAllConnections();
  });
}
