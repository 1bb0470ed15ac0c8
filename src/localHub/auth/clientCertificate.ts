import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PathRequest, PathVerdict } from '../certificates/path';

/** What a TLS client presented, with the rules to judge it by, which load only when somebody does. */
export interface ClientCertificate {
  /** Its own first; DER. */
  readonly presented: readonly Uint8Array[];
  readonly checkPath: (request: PathRequest) => PathVerdict;
}

const mostPresented = 32;

/**
 * What a client presented, DER, its own certificate first; `undefined` when none. Call it once for a socket:
 * Node hands out what came along with the first certificate only the first time.
 */
export function presentedBy(socket: TLSSocket): readonly Uint8Array[] | undefined {
  let current = socket.getPeerX509Certificate();
  if (!current) return undefined;
  const presented: Uint8Array[] = [];
  const seen = new Set<string>();
  // Node links what was sent as issuers, in the order sent; a self-signed one may be its own issuer.
  while (current && !seen.has(current.fingerprint256) && presented.length < mostPresented) {
    seen.add(current.fingerprint256);
    presented.push(current.raw);
    current = current.issuerCertificate;
  }
  return presented;
}

/** Loads the rules, which only hubs with X.509 devices need. */
export async function withRules(presented: readonly Uint8Array[]): Promise<ClientCertificate> {
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
