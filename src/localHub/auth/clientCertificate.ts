import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PathRequest, PathVerdict } from '../certificates/path';

/** The certificates that a TLS client presented, with the path check, which is loaded only when it is needed. */
export interface ClientCertificate {
  /** DER, the client's own certificate first. */
  readonly presented: readonly Uint8Array[];
  readonly checkPath: (request: PathRequest) => PathVerdict;
}

const maxPresented = 32;

/** Node returns the other certificates only once, and a connection may have many requests. */
const presentedOn = new WeakMap<TLSSocket, readonly Uint8Array[]>();

/** The certificates that a client presented, DER, its own first; `undefined` if none. */
export function presentedBy(socket: TLSSocket): readonly Uint8Array[] | undefined {
  const known = presentedOn.get(socket) ?? readPresented(socket);
  if (known) presentedOn.set(socket, known);
  return known;
}

function readPresented(socket: TLSSocket): readonly Uint8Array[] | undefined {
  let current = socket.getPeerX509Certificate();
  if (!current) return undefined;
  const presented: Uint8Array[] = [];
  const seen = new Set<string>();
  // Node links the certificates as issuers, in the order sent; a self-signed one may be its own issuer.
  while (current && !seen.has(current.fingerprint256) && presented.length < maxPresented) {
    seen.add(current.fingerprint256);
    presented.push(current.raw);
    current = current.issuerCertificate;
  }
  return presented;
}

/** Loads the path check, which only hubs with X.509 devices need. */
export async function withPathCheck(presented: readonly Uint8Array[]): Promise<ClientCertificate> {
  const { checkPath } = await import('../certificates/index');
  return { presented, checkPath };
}

/** Both hashes of a device's own certificate, upper-case hexadecimal. */
export function thumbprintsOf({ presented }: ClientCertificate): {
  readonly sha1: string;
  readonly sha256: string;
  readonly notBefore: number;
  readonly notAfter: number;
} {
  const certificate = new X509Certificate(presented[0] ?? Buffer.alloc(0));
  return {
    sha1: certificate.fingerprint.replaceAll(':', ''),
    sha256: certificate.fingerprint256.replaceAll(':', ''),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}
