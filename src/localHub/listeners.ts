import { constants } from 'node:crypto';
import http from 'node:http';
import type net from 'node:net';
import tls from 'node:tls';
import type { PortName } from './control/contract';
import type { TlsIdentity } from './tlsIdentity';

export interface PortRequest {
  readonly name: PortName;
  /** 0 for any free port. */
  readonly port: number;
}

export class PortInUseError extends Error {
  constructor(name: PortName, port: number, host: string) {
    const flag = {
      mqtt: '--mqtt-port',
      https: '--https-port',
      amqp: '--amqp-port',
      amqpPlain: '--amqp-plain-port',
    }[name];
    super(
      `Port ${port} on ${host} is in use by another program: stop that program, or choose another port with ${flag} (0 for any free port).`,
    );
    this.name = 'PortInUseError';
  }
}

/** The address to listen on is not one of this machine. */
export class ListenAddressError extends Error {
  constructor(host: string, reason: string) {
    super(`Cannot listen on ${host} (${reason}): choose an address of this machine with --host.`);
    this.name = 'ListenAddressError';
  }
}

export async function listenOnce(server: net.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    // Both are removed: a server may try many addresses.
    const onError = (error: Error): void => {
      server.off('listening', onListening);
      reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve((server.address() as net.AddressInfo).port);
    };
    server.once('error', onError).once('listening', onListening);
    server.listen({ host, port, backlog: 4096, exclusive: true });
  });
}

const isPortInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

const isForeignAddress = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error &&
  'code' in error &&
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND'].includes(String(error.code));

/**
 * Opens a port, or a free one if it is in use and `canMove`.
 * @throws PortInUseError, ListenAddressError
 */
export async function listen(
  server: net.Server,
  host: string,
  request: PortRequest,
  canMove: boolean,
): Promise<number> {
  try {
    return await listenOnce(server, host, request.port);
  } catch (error) {
    if (isForeignAddress(error)) throw new ListenAddressError(host, error.code);
    if (!isPortInUse(error)) throw error;
    if (!canMove) throw new PortInUseError(request.name, request.port, host);
    return listenOnce(server, host, 0);
  }
}

/**
 * Node's cipher suites, those with ECDSA before those with RSA, which cost the hub a multiple of the work: a client that
 * offers both gets ECDSA.
 */
const cipherSuites = [...tls.DEFAULT_CIPHERS.split(':')]
  .sort((a, b) => Number(b.includes('ECDSA')) - Number(a.includes('ECDSA')))
  .join(':');

type ServerIdentities = Pick<TlsIdentity, 'server' | 'rsaServer'>;

const bothIdentities = ({ server, rsaServer }: ServerIdentities): tls.SecureContextOptions => ({
  cert: [server.certificate, rsaServer.certificate],
  key: [server.key, rsaServer.key],
});

/** Whether the TLS library accepts two identities. BoringSSL, which Electron has instead of OpenSSL, accepts only one. */
function supportsBothIdentities(identities: ServerIdentities): boolean {
  try {
    tls.createSecureContext(bothIdentities(identities));
    return true;
  } catch {
    return false;
  }
}

/**
 * TLS options of the servers. They present the identity whose key the client supports, if the TLS library accepts two.
 * Sessions are never resumed: a resumed session has no client certificate chain, which devices with certificates
 * authenticate by.
 */
export const tlsServerOptions = (identities: ServerIdentities): tls.TlsOptions => ({
  ...(supportsBothIdentities(identities)
    ? bothIdentities(identities)
    : { cert: identities.server.certificate, key: identities.server.key }),
  ciphers: cipherSuites,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET,
  handshakeTimeout: 30_000,
});

/**
 * Requests a client certificate and names no authority, so that clients send any, self-signed ones too. Whether it
 * authenticates a device is decided at CONNECT.
 */
// eslint-disable-next-line no-restricted-syntax -- the client's certificate, not the server's: checked at CONNECT
export const requestClientCertificate: tls.TlsOptions = { requestCert: true, rejectUnauthorized: false };

/** Tracks the open sockets of a server, so that it can close without waiting for its clients. */
export class OpenSockets {
  private readonly sockets = new Set<net.Socket>();

  watch(server: net.Server): void {
    server.on('connection', (socket: net.Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // After `handshakeTimeout` a TLS server only emits this event: a client that never begins TLS would keep its socket.
    server.on('tlsClientError', (_error: Error, socket: net.Socket) => socket.destroy());
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
