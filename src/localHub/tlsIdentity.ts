import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Identity, ServerNames } from './certificates/index';
import { writeSecretFile } from './files';

const authorityDays = 3650;
const serverDays = 90;
const dayMs = 24 * 60 * 60 * 1000;

export interface TlsIdentity {
  readonly server: Identity;
  readonly caFile: string;
  readonly caCertificate: string;
  /** When the server certificate wants to be renewed: at two thirds of its life. */
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

function readIdentity(certificateFile: string, keyFile: string): Identity | undefined {
  try {
    return { certificate: fs.readFileSync(certificateFile, 'utf8'), key: fs.readFileSync(keyFile, 'utf8') };
  } catch {
    return undefined;
  }
}

/** Milliseconds since 1970 at which two thirds of the certificate's life are over. */
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
 * The CA and server certificate of a data folder: made at the first start, renewed before they expire. The
 * CA file keeps its path for as long as the folder lives, so that clients keep trusting the hub.
 * @param authorityFolder where the CA is, when several hubs share one
 */
export async function loadTlsIdentity(
  folder: string,
  names: ServerNames,
  now: number,
  authorityFolder = folder,
): Promise<TlsIdentity> {
  const files = filesOf(folder, authorityFolder);
  let authority = readIdentity(files.caCertificate, files.caKey);
  let server = readIdentity(files.serverCertificate, files.serverKey);
  const authorityEnds = authority ? Date.parse(new X509Certificate(authority.certificate).validTo) : 0;
  if (!authority || authorityEnds < now + serverDays * dayMs) {
    const { makeAuthority } = await import('./certificates/index');
    authority = await makeAuthority('IoT Hub Workbench local hub CA', authorityDays, now);
    server = undefined;
    writeSecretFile(files.caKey, authority.key);
    writeSecretFile(files.caCertificate, authority.certificate, 0o644);
  }
  if (server && !isServerFit(server, authority, names, now)) server = undefined;
  if (!server) {
    const { makeServerCertificate } = await import('./certificates/index');
    server = await makeServerCertificate(authority, names, serverDays, now);
    writeSecretFile(files.serverKey, server.key);
    writeSecretFile(files.serverCertificate, server.certificate, 0o644);
  }
  return {
    server,
    caFile: files.caCertificate,
    caCertificate: authority.certificate,
    renewAtMs: renewalTime(new X509Certificate(server.certificate)),
  };
}

function isServerFit(server: Identity, authority: Identity, names: ServerNames, now: number): boolean {
  const certificate = new X509Certificate(server.certificate);
  return (
    renewalTime(certificate) > now &&
    covers(certificate, names) &&
    certificate.verify(new X509Certificate(authority.certificate).publicKey)
  );
}
