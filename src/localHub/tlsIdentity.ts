import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Identity, ServerNames } from './certificates/index';
import { writeSecretFile } from './files';
import { readIdentity } from './identityFiles';
import { StorageError } from './state/storageError';

const authorityDays = 3650;
const serverDays = 90;
const dayMs = 24 * 60 * 60 * 1000;

export interface TlsIdentity {
  readonly server: Identity;
  readonly caFile: string;
  readonly caCertificate: string;
  /** When to renew the server certificate: after two thirds of its lifetime. */
  readonly renewAtMs: number;
}

interface TlsFiles {
  readonly caCertificate: string;
  readonly caKey: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
}

const filesOf = (folder: string, authorityFolder: string): TlsFiles => ({
  caCertificate: path.join(authorityFolder, 'ca.pem'),
  caKey: path.join(authorityFolder, 'ca.key'),
  serverCertificate: path.join(folder, 'server.pem'),
  serverKey: path.join(folder, 'server.key'),
});

/** Milliseconds since 1970, after two thirds of the certificate's lifetime. */
function renewalTime(certificate: X509Certificate): number {
  const from = Date.parse(certificate.validFrom);
  return from + ((Date.parse(certificate.validTo) - from) * 2) / 3;
}

function covers(certificate: X509Certificate, names: ServerNames): boolean {
  return (
    names.dns.every((name) => certificate.checkHost(name) !== undefined) &&
    names.addresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

/**
 * The CA and server certificate of a data folder: created at the first start, renewed before they expire. The path of
 * the CA file never changes, so that clients keep trusting the hub.
 * @param authorityFolder folder of the CA, if several hubs share one
 * @param report called when a file is damaged or cannot be written
 * @throws StorageError if the CA, which clients must trust, cannot be written
 */
export async function loadTlsIdentity(
  folder: string,
  names: ServerNames,
  now: number,
  authorityFolder = folder,
  report: (text: string, isSetAside: boolean) => void = () => undefined,
): Promise<TlsIdentity> {
  const files = filesOf(folder, authorityFolder);
  const onSetAside = (text: string): void => {
    report(text, true);
  };
  let authority = readIdentity(files.caCertificate, files.caKey, onSetAside);
  let server = readIdentity(files.serverCertificate, files.serverKey, onSetAside);
  const authorityEnds = authority ? Date.parse(new X509Certificate(authority.certificate).validTo) : 0;
  if (!authority || authorityEnds < now + serverDays * dayMs) {
    const { createAuthority } = await import('./certificates/index');
    authority = await createAuthority('IoT Hub Workbench local hub CA', authorityDays, now);
    server = undefined;
    writeSecretFile(files.caKey, authority.key);
    writeSecretFile(files.caCertificate, authority.certificate, 0o644);
  }
  if (server && !isServerValid(server, authority, names, now)) server = undefined;
  if (!server) {
    const { issueServerCertificate } = await import('./certificates/index');
    server = await issueServerCertificate(authority, names, serverDays, now);
    try {
      writeSecretFile(files.serverKey, server.key);
      writeSecretFile(files.serverCertificate, server.certificate, 0o644);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // The next start issues another one.
      report(error.message, false);
    }
  }
  return {
    server,
    caFile: files.caCertificate,
    caCertificate: authority.certificate,
    renewAtMs: renewalTime(new X509Certificate(server.certificate)),
  };
}

function isServerValid(server: Identity, authority: Identity, names: ServerNames, now: number): boolean {
  const certificate = new X509Certificate(server.certificate);
  return (
    renewalTime(certificate) > now &&
    covers(certificate, names) &&
    certificate.verify(new X509Certificate(authority.certificate).publicKey)
  );
}
