import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** The certificates that a TLS client presented. */
export interface ClientCertificate {
  /** DER, the client's own certificate first. */
  readonly presented: readonly Uint8Array[];
}

const maxPresented = 32;

/** Node returns the other certificates only once, and a connection may have many requests. */
const presentedOn = new WeakMap<TLSSocket, ClientCertificate>();

/** The certificates that a client presented; `undefined` if none. */
export function presentedBy(socket: TLSSocket): ClientCertificate | undefined {
  const known = presentedOn.get(socket) ?? readPresented(socket);
  if (known) presentedOn.set(socket, known);
  return known;
}

function readPresented(socket: TLSSocket): ClientCertificate | undefined {
  let current = socket.getPeerX509Certificate();
  if (!current) return undefined;
  const presented: Uint8Array[] = [];
  const seen = new Set<string>();
  // Node links the certificates as issuers, in the order sent. One may have been sent twice, or be its own issuer.
  for (let i = 0; current && i < maxPresented; i++) {
    if (!seen.has(current.fingerprint256)) presented.push(current.raw);
    seen.add(current.fingerprint256);
    current = current.issuerCertificate;
  }
  return { presented };
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
