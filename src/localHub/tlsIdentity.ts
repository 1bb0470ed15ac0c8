import { webcrypto, X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Identity, ServerNames } from './certificates/index';
import { writeSecretFile } from './files';
import { readIdentity } from './identityFiles';
import { StorageError } from './state/storageError';

const authorityDays = 3650;
const serverDays = 90;
const dayMs = 24 * 60 * 60 * 1000;

export interface TlsIdentity {
  /** EC P-256. */
  readonly server: Identity;
  /** For clients that offer only cipher suites with RSA. */
  readonly rsaServer: Identity;
  readonly caFile: string;
  readonly caCertificate: string;
  /** When to renew the server certificate: after two thirds of its lifetime. */
  readonly renewAtMs: number;
}

/** Paths of a certificate and its private key. */
interface IdentityFiles {
  readonly certificate: string;
  readonly key: string;
}

const filesOf = (folder: string, name: string): IdentityFiles => ({
  certificate: path.join(folder, `${name}.pem`),
  key: path.join(folder, `${name}.key`),
});

let rsaKeys: Promise<webcrypto.CryptoKeyPair> | undefined;

/**
 * Generated on another thread, once per process, because that can take some hundred milliseconds: the hubs of a process
 * belong to one account.
 */
async function rsaServerKeys(): Promise<webcrypto.CryptoKeyPair> {
  rsaKeys ??= webcrypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  );
  return rsaKeys;
}

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
 * The CA and server certificates of a data folder: created at the first start, renewed before they expire. The path of
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
  const caFiles = filesOf(authorityFolder, 'ca');
  const serverFiles = filesOf(folder, 'server');
  const rsaServerFiles = filesOf(folder, 'server-rsa');
  const read = ({ certificate, key }: IdentityFiles): Identity | undefined =>
    readIdentity(certificate, key, (text) => {
      report(text, true);
    });
  const found = usableIdentities(
    { authority: read(caFiles), server: read(serverFiles), rsaServer: read(rsaServerFiles) },
    names,
    now,
  );
  // The other keys and certificates are created meanwhile.
  const newRsaKeys = found.rsaServer ? undefined : rsaServerKeys();
  const authority = found.authority ?? (await createAuthority(caFiles, now));
  const issue = async (files: IdentityFiles, keys?: webcrypto.CryptoKeyPair): Promise<Identity> => {
    const { issueServerCertificate } = await import('./certificates/index');
    const identity = await issueServerCertificate(authority, names, serverDays, now, keys);
    try {
      writeIdentity(files, identity);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // The next start issues another one.
      report(error.message, false);
    }
    return identity;
  };
  const server = found.server ?? (await issue(serverFiles));
  const rsaServer = found.rsaServer ?? (await issue(rsaServerFiles, await newRsaKeys));
  return {
    server,
    rsaServer,
    caFile: caFiles.certificate,
    caCertificate: authority.certificate,
    renewAtMs: Math.min(
      ...[server, rsaServer].map(({ certificate }) => renewalTime(new X509Certificate(certificate))),
    ),
  };
}

interface StoredIdentities {
  readonly authority?: Identity | undefined;
  readonly server?: Identity | undefined;
  readonly rsaServer?: Identity | undefined;
}

/** Without those that have to be renewed; the certificate with RSA is renewed together with the other one. */
function usableIdentities(
  { authority, server, rsaServer }: StoredIdentities,
  names: ServerNames,
  now: number,
): StoredIdentities {
  if (!authority) return {};
  if (Date.parse(new X509Certificate(authority.certificate).validTo) < now + serverDays * dayMs) return {};
  if (!server || !isServerValid(server, authority, names, now)) return { authority };
  return rsaServer && isServerValid(rsaServer, authority, names, now)
    ? { authority, server, rsaServer }
    : { authority, server };
}

/** @throws StorageError */
async function createAuthority(files: IdentityFiles, now: number): Promise<Identity> {
  const certificates = await import('./certificates/index');
  const authority = await certificates.createAuthority('IoT Hub Workbench local hub CA', authorityDays, now);
  writeIdentity(files, authority);
  return authority;
}

/** @throws StorageError */
function writeIdentity(files: IdentityFiles, { certificate, key }: Identity): void {
  writeSecretFile(files.key, key);
  writeSecretFile(files.certificate, certificate, 0o644);
}

function isServerValid(server: Identity, authority: Identity, names: ServerNames, now: number): boolean {
  const certificate = new X509Certificate(server.certificate);
  return (
    renewalTime(certificate) > now &&
    covers(certificate, names) &&
    certificate.verify(new X509Certificate(authority.certificate).publicKey)
  );
}
