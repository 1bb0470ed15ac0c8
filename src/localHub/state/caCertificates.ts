import { randomBytes, X509Certificate } from 'node:crypto';
import { readAuthority, type Authority } from '../../certificatePath/index';
import { describeFault } from '../certificates/describeFault';
import type { LogLevel } from '../control/contract';
import { newEntityTag, parseEntityTag } from './entityTag';
import type { SqlStatement } from '../../sqlite/sql';
import type { HubDatabase } from './hubDatabase';

/** A CA certificate that an administrator uploaded. */
export interface CaCertificate {
  readonly name: string;
  /** The uploaded text, which is returned as it was. */
  readonly uploaded: string;
  /** Base64. */
  readonly der: string;
  /** The attributes in one line and in reverse order, as the service returns them. */
  readonly subject: string;
  readonly expiresAtMs: number;
  /** SHA-1, upper-case hexadecimal. */
  readonly thumbprint: string;
  readonly isVerified: boolean;
  readonly verificationCode?: string;
  readonly etag: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type CertificateErrorCode = 'invalid' | 'stale' | 'notFound' | 'tooMany';

/** A change was refused; the message is for the client. */
export class CertificateError extends Error {
  constructor(
    readonly code: CertificateErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'CertificateError';
  }
}

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
export const maxCertificates = 25;

/** The CA certificates of the hub and their proofs of possession. A change is on disk when the call returns. */
export class CaCertificates {
  private readonly certificates = new Map<string, CaCertificate>();
  private readonly listeners = new Set<() => void>();
  private readonly upsert: SqlStatement;
  private readonly delete: SqlStatement;

  constructor(
    sql: HubDatabase,
    private readonly now: () => number,
    log: (level: LogLevel, text: string) => void = () => undefined,
  ) {
    this.upsert = sql.prepare(
      'INSERT INTO certificate (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
    );
    this.delete = sql.prepare('DELETE FROM certificate WHERE id = ?');
    for (const row of sql.prepare('SELECT json FROM certificate ORDER BY id').all()) {
      const certificate = sql.guard(() => JSON.parse(String(row.json)) as CaCertificate);
      this.certificates.set(toId(certificate.name), certificate);
      // Stored before such certificates were refused.
      const { fault } = authorityOf(certificate);
      if (fault) {
        log('warn', `The CA certificate '${certificate.name}' is not used: ${describeFault(fault)}.`);
      }
    }
    sql.onRebuilt(() => {
      for (const one of this.certificates.values()) this.upsert.run(toId(one.name), JSON.stringify(one));
    });
  }

  list(): readonly CaCertificate[] {
    return [...this.certificates.values()].sort((a, b) => (toId(a.name) < toId(b.name) ? -1 : 1));
  }

  find(name: string): CaCertificate | undefined {
    return this.certificates.get(toId(name));
  }

  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Creates (without an ETag) or replaces a certificate; a replaced one must be verified again.
   * @param uploaded Base64 of DER or PEM, or PEM.
   * @throws CertificateError
   */
  put(
    name: string,
    uploaded: string,
    isVerified: boolean,
    ifMatch?: string,
  ): { isNew: boolean; certificate: CaCertificate } {
    const existing = this.find(name);
    if (existing) this.checkEntityTag(existing, ifMatch);
    else if (ifMatch !== undefined && parseEntityTag(ifMatch) !== '*') throw staleTagError();
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw new CertificateError(
        'invalid',
        `The certificate name '${name}' must have 1 to 64 letters, digits, '-', '.' or '_'.`,
      );
    }
    if (!existing && this.certificates.size >= maxCertificates) {
      throw new CertificateError(
        'tooMany',
        `The hub already has the maximum number of certificates (${maxCertificates}).`,
      );
    }
    const parsed = parse(uploaded, 'The certificate');
    const { fault } = readAuthority(name, parsed.raw, isVerified);
    if (fault) {
      throw new CertificateError('invalid', `The certificate cannot be used: ${describeFault(fault)}.`);
    }
    this.checkDates(parsed, 'The certificate');
    const certificate: CaCertificate = {
      name: existing?.name ?? name,
      uploaded,
      der: parsed.raw.toString('base64'),
      subject: formatSubject(parsed.subject),
      expiresAtMs: Date.parse(parsed.validTo),
      thumbprint: parsed.fingerprint.replaceAll(':', ''),
      isVerified,
      etag: newEntityTag(),
      createdAtMs: existing?.createdAtMs ?? this.now(),
      updatedAtMs: this.now(),
    };
    this.save(certificate);
    return { isNew: !existing, certificate };
  }

  /** Each call generates a new code and invalidates the previous one. @throws CertificateError */
  generateVerificationCode(name: string, ifMatch: string | undefined): CaCertificate {
    const existing = this.require(name);
    this.checkEntityTag(existing, ifMatch);
    return this.save({
      ...existing,
      verificationCode: randomBytes(24).toString('hex').toUpperCase(),
      etag: newEntityTag(),
      updatedAtMs: this.now(),
    });
  }

  /**
   * Proof of possession: a certificate with the code as CN, issued by the uploaded one.
   * @throws CertificateError
   */
  verify(name: string, proof: string, ifMatch: string | undefined): CaCertificate {
    const { verificationCode, ...existing } = this.require(name);
    this.checkEntityTag(existing, ifMatch);
    if (verificationCode === undefined) {
      throw new CertificateError('invalid', 'No verification code was generated for this certificate.');
    }
    const certificate = parse(proof, 'The verification certificate');
    const names = commonNames(certificate);
    if (names.length !== 1 || names[0] !== verificationCode) {
      throw new CertificateError(
        'invalid',
        `The common name of the verification certificate is '${names.join("', '")}', not the verification code.`,
      );
    }
    this.checkDates(certificate, 'The verification certificate');
    const authority = new X509Certificate(Buffer.from(existing.der, 'base64'));
    if (!isIssuedBy(certificate, authority)) {
      throw new CertificateError(
        'invalid',
        'The verification certificate is not issued by the uploaded certificate, or not signed with its key.',
      );
    }
    return this.save({ ...existing, isVerified: true, etag: newEntityTag(), updatedAtMs: this.now() });
  }

  /** @returns `false` if there was none. @throws CertificateError */
  remove(name: string, ifMatch: string | undefined): boolean {
    const existing = this.find(name);
    if (!existing) return false;
    this.checkEntityTag(existing, ifMatch);
    this.delete.run(toId(name));
    this.certificates.delete(toId(name));
    this.emit();
    return true;
  }

  private require(name: string): CaCertificate {
    const existing = this.find(name);
    if (existing) return existing;
    throw new CertificateError('notFound', `The certificate '${name}' does not exist.`);
  }

  private checkEntityTag(existing: { readonly etag: string }, ifMatch: string | undefined): void {
    const tag = ifMatch === undefined ? undefined : parseEntityTag(ifMatch);
    if (tag !== '*' && tag !== existing.etag) throw staleTagError();
  }

  private checkDates(certificate: X509Certificate, what: string): void {
    // Negated, so that an invalid date is refused too.
    if (!(Date.parse(certificate.validTo) >= this.now())) {
      throw new CertificateError('invalid', `${what} expired on ${certificate.validTo}.`);
    }
    if (!(Date.parse(certificate.validFrom) <= this.now())) {
      throw new CertificateError('invalid', `${what} is not valid before ${certificate.validFrom}.`);
    }
  }

  private save(certificate: CaCertificate): CaCertificate {
    this.upsert.run(toId(certificate.name), JSON.stringify(certificate));
    this.certificates.set(toId(certificate.name), certificate);
    this.emit();
    return certificate;
  }

  private emit(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

const authorities = new WeakMap<CaCertificate, Authority>();

/** What path validation knows of a certificate. Reading it takes longer than a search, so it is done once. */
export function authorityOf(certificate: CaCertificate): Authority {
  const known = authorities.get(certificate);
  if (known) return known;
  const authority = readAuthority(
    certificate.name,
    Buffer.from(certificate.der, 'base64'),
    certificate.isVerified,
  );
  authorities.set(certificate, authority);
  return authority;
}

const toId = (name: string): string => name.toLowerCase();
const staleTagError = (): CertificateError => new CertificateError('stale', 'Invalid ETag supplied.');
const formatSubject = (subject: string | undefined): string =>
  (subject ?? '').split('\n').reverse().join(', ');

function commonNames(certificate: X509Certificate): readonly string[] {
  const subject = certificate.toLegacyObject().subject as { readonly CN?: string | string[] } | undefined;
  return [subject?.CN ?? []].flat();
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Clients send Base64 of DER, Base64 of a PEM file (`az`, the portal), or the PEM text itself. */
function parse(text: string, what: string): X509Certificate {
  const bytes = text.includes('-----BEGIN') ? Buffer.from(text) : Buffer.from(text, 'base64');
  if (bytes.includes('PRIVATE KEY-----')) {
    throw new CertificateError(
      'invalid',
      `${what} includes a private key, which is not stored. Upload only the certificate.`,
    );
  }
  try {
    return new X509Certificate(bytes);
  } catch {
    throw new CertificateError('invalid', `${what} is not an X.509 certificate in PEM or DER form.`);
  }
}
