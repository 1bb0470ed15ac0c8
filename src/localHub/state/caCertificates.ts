import { randomBytes, X509Certificate } from 'node:crypto';
import { entityTag } from './entityTag';
import type { Sql, SqlStatement } from '../../sqlite/sql';

/** A CA certificate that an administrator uploaded. */
export interface CaCertificate {
  readonly name: string;
  /** Text that was uploaded, which is handed out again as it came. */
  readonly uploaded: string;
  /** Base64. */
  readonly der: string;
  /** The name's attributes in one line, the last one of the certificate first, as the service shows it. */
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

export type CertificateRefusalCode = 'invalid' | 'stale' | 'notFound' | 'tooMany';

/** Why a change was refused, in words for the client. */
export class CertificateRefusal extends Error {
  constructor(
    readonly code: CertificateRefusalCode,
    message: string,
  ) {
    super(message);
    this.name = 'CertificateRefusal';
  }
}

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits */
export const mostCertificates = 25;

/** The certificates of this hub and their proofs of possession. A change is on disk when the call returns. */
export class CaCertificates {
  private readonly certificates = new Map<string, CaCertificate>();
  private readonly listeners = new Set<() => void>();
  private readonly upsert: SqlStatement;
  private readonly delete: SqlStatement;

  constructor(
    sql: Sql,
    private readonly now: () => number,
  ) {
    this.upsert = sql.prepare(
      'INSERT INTO certificate (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json',
    );
    this.delete = sql.prepare('DELETE FROM certificate WHERE id = ?');
    for (const row of sql.prepare('SELECT json FROM certificate ORDER BY id').all()) {
      const certificate = JSON.parse(String(row.json)) as CaCertificate;
      this.certificates.set(idOf(certificate.name), certificate);
    }
  }

  list(): readonly CaCertificate[] {
    return [...this.certificates.values()].sort((a, b) => (idOf(a.name) < idOf(b.name) ? -1 : 1));
  }

  find(name: string): CaCertificate | undefined {
    return this.certificates.get(idOf(name));
  }

  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Creates (without an ETag) or replaces one; a replaced one has to be verified again.
   * @param uploaded Base64 of DER or PEM, or PEM.
   * @throws CertificateRefusal
   */
  put(
    name: string,
    uploaded: string,
    isVerified: boolean,
    ifMatch?: string,
  ): { isNew: boolean; certificate: CaCertificate } {
    const known = this.find(name);
    if (known) this.checkTag(known, ifMatch);
    else if (ifMatch !== undefined && entityTag(ifMatch) !== '*') throw stale();
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw new CertificateRefusal(
        'invalid',
        `The certificate name '${name}' must have 1 to 64 letters, digits, '-', '.' or '_'.`,
      );
    }
    if (!known && this.certificates.size >= mostCertificates) {
      throw new CertificateRefusal(
        'tooMany',
        `The maximum number of certificates, ${mostCertificates}, is reached.`,
      );
    }
    const parsed = parse(uploaded, 'The certificate');
    this.checkDates(parsed, 'The certificate');
    if (!parsed.ca) {
      throw new CertificateRefusal(
        'invalid',
        'The certificate is no certificate authority: its basic constraints do not say CA:TRUE.',
      );
    }
    const certificate: CaCertificate = {
      name: known?.name ?? name,
      uploaded,
      der: parsed.raw.toString('base64'),
      subject: oneLine(parsed.subject),
      expiresAtMs: Date.parse(parsed.validTo),
      thumbprint: parsed.fingerprint.replaceAll(':', ''),
      isVerified,
      etag: newEtag(),
      createdAtMs: known?.createdAtMs ?? this.now(),
      updatedAtMs: this.now(),
    };
    this.save(certificate);
    return { isNew: !known, certificate };
  }

  /** Each call makes a new code, and the one before worthless. @throws CertificateRefusal */
  generateVerificationCode(name: string, ifMatch: string | undefined): CaCertificate {
    const known = this.require(name);
    this.checkTag(known, ifMatch);
    return this.save({
      ...known,
      verificationCode: randomBytes(24).toString('hex').toUpperCase(),
      etag: newEtag(),
      updatedAtMs: this.now(),
    });
  }

  /**
   * Proof of possession: a certificate with the code as CN, issued by the uploaded one.
   * @throws CertificateRefusal
   */
  verify(name: string, proof: string, ifMatch: string | undefined): CaCertificate {
    const { verificationCode, ...known } = this.require(name);
    this.checkTag(known, ifMatch);
    if (verificationCode === undefined) {
      throw new CertificateRefusal('invalid', 'No verification code was generated for this certificate.');
    }
    const certificate = parse(proof, 'The verification certificate');
    const names = commonNames(certificate);
    if (names.length !== 1 || names[0] !== verificationCode) {
      throw new CertificateRefusal(
        'invalid',
        `The common name of the verification certificate is '${names.join("', '")}', not the verification code.`,
      );
    }
    this.checkDates(certificate, 'The verification certificate');
    const authority = new X509Certificate(Buffer.from(known.der, 'base64'));
    if (!isIssuedBy(certificate, authority)) {
      throw new CertificateRefusal(
        'invalid',
        'The verification certificate is not issued by the uploaded certificate, or not signed with its key.',
      );
    }
    return this.save({ ...known, isVerified: true, etag: newEtag(), updatedAtMs: this.now() });
  }

  /** `false` when there was none. @throws CertificateRefusal */
  remove(name: string, ifMatch: string | undefined): boolean {
    const known = this.find(name);
    if (!known) return false;
    this.checkTag(known, ifMatch);
    this.delete.run(idOf(name));
    this.certificates.delete(idOf(name));
    this.emit();
    return true;
  }

  private require(name: string): CaCertificate {
    const known = this.find(name);
    if (known) return known;
    throw new CertificateRefusal('notFound', `There is no certificate '${name}'.`);
  }

  private checkTag(known: { readonly etag: string }, ifMatch: string | undefined): void {
    const tag = ifMatch === undefined ? undefined : entityTag(ifMatch);
    if (tag !== '*' && tag !== known.etag) throw stale();
  }

  private checkDates(certificate: X509Certificate, what: string): void {
    if (Date.parse(certificate.validTo) < this.now()) {
      throw new CertificateRefusal('invalid', `${what} expired on ${certificate.validTo}.`);
    }
    if (Date.parse(certificate.validFrom) > this.now()) {
      throw new CertificateRefusal('invalid', `${what} is not valid before ${certificate.validFrom}.`);
    }
  }

  private save(certificate: CaCertificate): CaCertificate {
    this.upsert.run(idOf(certificate.name), JSON.stringify(certificate));
    this.certificates.set(idOf(certificate.name), certificate);
    this.emit();
    return certificate;
  }

  private emit(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

const idOf = (name: string): string => name.toLowerCase();
const newEtag = (): string => randomBytes(12).toString('base64');
const stale = (): CertificateRefusal => new CertificateRefusal('stale', 'Invalid ETag supplied.');
const oneLine = (subject: string | undefined): string => (subject ?? '').split('\n').reverse().join(', ');

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
    throw new CertificateRefusal(
      'invalid',
      `${what} comes with a private key, which is not stored. Upload the certificate alone.`,
    );
  }
  try {
    return new X509Certificate(bytes);
  } catch {
    throw new CertificateRefusal('invalid', `${what} is not an X.509 certificate in PEM or DER form.`);
  }
}
