import { X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A CA certificate that the hub knows. */
export interface KnownAuthority {
  /** What it is called on the hub. */
  readonly name: string;
  readonly der: Uint8Array;
  readonly isVerified: boolean;
}

export interface PathRequest {
  readonly deviceId: string;
  /** What the client presented, its own certificate first; DER. */
  readonly presented: readonly Uint8Array[];
  readonly authorities: readonly KnownAuthority[];
  readonly now: number;
}

export type PathVerdict =
  | {
      readonly ok: true;
      /** Name of the verified authority that the path ends at. */ readonly anchor: string;
    }
  /** One plain sentence, for the hub's log. */
  | { readonly ok: false; readonly reason: string };

/** More than any honest client sends; each one costs signature checks. */
const mostPresented = 10;
const mostChecks = 64;
const mostBytes = 32 * 1024;

/**
 * Whether a client certificate is this device's and leads to a verified authority of the hub. OpenSSL's own
 * verdict is of no use here: it wants a root, and the hub's anchor may be an intermediate.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6.1
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export function checkPath(request: PathRequest): PathVerdict {
  try {
    return { ok: true, anchor: new PathBuilder(request).find() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    throw error;
  }
}

class Refused extends Error {}

const oids = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAlternativeName: '2.5.29.17',
  certificatePolicies: '2.5.29.32',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  anyPurpose: '2.5.29.37.0',
};
/** Understood here, or without effect on what is decided here. */
const understood: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAlternativeName,
  oids.certificatePolicies,
]);
const strongHashes: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);

/** A certificate with all that the rules ask of it, read once. */
interface Parsed {
  readonly id: string;
  readonly node: NodeCertificate;
  readonly label: string;
  readonly subject: string;
  readonly issuer: string;
  readonly commonNames: readonly string[];
  readonly hash: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly constraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly usages: number | undefined;
  readonly purposes: readonly string[] | undefined;
  readonly unknownCritical: readonly string[];
  readonly keyId: string | undefined;
  readonly issuerKeyId: string | undefined;
}

function parse(der: Uint8Array): Parsed {
  if (der.length > mostBytes) throw new Refused(`a certificate of ${der.length} bytes is over the limit`);
  try {
    const node = new NodeCertificate(der);
    const certificate = new x509.X509Certificate(der);
    const constraints = certificate.getExtension(x509.BasicConstraintsExtension);
    const algorithm = certificate.signatureAlgorithm as {
      readonly name: string;
      readonly hash?: { readonly name: string };
    };
    const purposes = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages;
    return {
      id: node.fingerprint256,
      node,
      label: `'${certificate.subject}'`,
      subject: hex(certificate.subjectName.toArrayBuffer()),
      issuer: hex(certificate.issuerName.toArrayBuffer()),
      commonNames: certificate.subjectName.getField('CN'),
      hash: algorithm.hash?.name ?? algorithm.name,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
      constraints: constraints ? { ca: constraints.ca, pathLength: constraints.pathLength } : undefined,
      usages: certificate.getExtension(x509.KeyUsagesExtension)?.usages,
      purposes: purposes?.map(String),
      unknownCritical: certificate.extensions
        .filter(({ critical, type }) => critical && !understood.has(type))
        .map(({ type }) => type),
      keyId: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
      issuerKeyId: certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
    };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(
      `a certificate cannot be parsed: ${error instanceof Error ? error.message : 'broken DER'}`,
    );
  }
}

const hex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
const date = (time: number): string => (Number.isNaN(time) ? 'no date' : new Date(time).toISOString());

class PathBuilder {
  private readonly leaf: Parsed;
  private readonly intermediates: readonly Parsed[];
  private readonly authorities: readonly (Parsed & { readonly name: string; readonly isVerified: boolean })[];
  private checks = 0;
  /** The reason of the longest attempt, which is the one to tell. */
  private best: { readonly depth: number; readonly reason: string } | undefined;

  constructor(private readonly request: PathRequest) {
    const { presented, authorities } = request;
    if (presented.length > mostPresented) {
      throw new Refused(`${presented.length} certificates were presented, more than ${mostPresented}`);
    }
    const [leaf, ...rest] = presented.map(parse);
    if (!leaf) throw new Refused('no certificate was presented');
    this.leaf = leaf;
    this.intermediates = rest.filter(({ id }) => id !== leaf.id);
    this.authorities = authorities.map(({ der, name, isVerified }) => ({ ...parse(der), name, isVerified }));
  }

  find(): string {
    this.checkLeaf();
    const anchor = this.extend([this.leaf], 0);
    if (anchor !== undefined) return anchor;
    throw new Refused(this.best?.reason ?? 'no path was found');
  }

  private checkLeaf(): void {
    const { leaf, request } = this;
    const { label } = leaf;
    const [commonName, another] = leaf.commonNames;
    if (another !== undefined) throw new Refused(`${label} has more than one common name`);
    if (commonName !== request.deviceId) {
      throw new Refused(
        `the common name of ${label} is '${commonName ?? ''}', not the device id '${request.deviceId}'`,
      );
    }
    if (leaf.constraints?.ca)
      throw new Refused(`${label} is a certificate authority, not a device's certificate`);
    const problem = this.generalProblem(leaf);
    if (problem) throw new Refused(problem);
    if (leaf.purposes && ![oids.clientAuth, oids.anyPurpose].some((oid) => leaf.purposes?.includes(oid))) {
      throw new Refused(`the extended key usage of ${label} does not include clientAuth`);
    }
    const { digitalSignature, keyAgreement } = x509.KeyUsageFlags;
    if (leaf.usages !== undefined && !(leaf.usages & (digitalSignature | keyAgreement))) {
      throw new Refused(`the key usage of ${label} does not allow digital signatures`);
    }
  }

  /** Dates, strength and extensions: what holds for each certificate of a path. */
  private generalProblem(certificate: Parsed): string | undefined {
    const { label, notBefore, notAfter, hash, unknownCritical, node } = certificate;
    const { now } = this.request;
    if (!(notBefore <= now)) return `${label} is not valid before ${date(notBefore)}`;
    if (!(now <= notAfter)) return `${label} expired on ${date(notAfter)}`;
    if (!strongHashes.has(hash)) return `${label} is signed with ${hash}, which is too weak or unknown`;
    if (unknownCritical.length > 0)
      return `${label} has an unknown critical extension ${unknownCritical.join(', ')}`;
    return keyProblem(label, node);
  }

  /** Name of the anchor that the path leads to, tried in every way. @param below intermediates so far */
  private extend(path: readonly Parsed[], below: number): string | undefined {
    const current = path.at(-1) ?? this.leaf;
    const isHere = (one: Parsed): boolean => path.some(({ id }) => id === one.id);
    const named = (one: Parsed): boolean => one.subject === current.issuer && !isHere(one);
    for (const authority of this.authorities.filter(named)) {
      const problem = authority.isVerified
        ? this.issuerProblem(current, authority, below)
        : (this.issuerProblem(current, authority, below) ??
          `${authority.label} is on the hub as '${authority.name}', but it is not verified`);
      if (problem === undefined) return authority.name;
      this.note(path.length + 1, problem);
    }
    for (const intermediate of this.intermediates.filter(named)) {
      const problem = this.issuerProblem(current, intermediate, below);
      if (problem === undefined) {
        const selfIssued = intermediate.subject === intermediate.issuer;
        const anchor = this.extend([...path, intermediate], selfIssued ? below : below + 1);
        if (anchor !== undefined) return anchor;
      } else {
        this.note(path.length, problem);
      }
    }
    this.note(
      path.length - 1,
      `the chain ends at ${current.label}: no issuer of it was presented, and none is on the hub`,
    );
    return undefined;
  }

  private note(depth: number, reason: string): void {
    if (!this.best || depth > this.best.depth) this.best = { depth, reason };
  }

  /** Why `issuer` cannot have issued `subject`, with `below` intermediates under it. */
  private issuerProblem(subject: Parsed, issuer: Parsed, below: number): string | undefined {
    if (++this.checks > mostChecks)
      throw new Refused('the presented certificates can be combined in too many ways');
    const { label, constraints, usages } = issuer;
    if (!constraints) return `${label} has no basic constraints, so it is no certificate authority`;
    if (!constraints.ca) return `${label} is no certificate authority (CA:FALSE)`;
    if (usages !== undefined && !(usages & x509.KeyUsageFlags.keyCertSign)) {
      return `the key usage of ${label} does not allow to sign certificates`;
    }
    if (constraints.pathLength !== undefined && below > constraints.pathLength) {
      return `the path length constraint of ${label} allows ${constraints.pathLength} intermediates below it, not ${below}`;
    }
    const general = this.generalProblem(issuer);
    if (general) return general;
    if (
      subject.issuerKeyId !== undefined &&
      issuer.keyId !== undefined &&
      subject.issuerKeyId !== issuer.keyId
    ) {
      return `${subject.label} names another key of its issuer than that of ${label}`;
    }
    return isSignedBy(subject.node, issuer.node)
      ? undefined
      : `${subject.label} is not signed with the key of ${label}`;
  }
}

function keyProblem(label: string, node: NodeCertificate): string | undefined {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = node.publicKey;
    if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) {
      return `the RSA key of ${label} has only ${details?.modulusLength ?? 0} bits`;
    }
    return undefined;
  } catch {
    return `the public key of ${label} cannot be read`;
  }
}

function isSignedBy(subject: NodeCertificate, issuer: NodeCertificate): boolean {
  try {
    return subject.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
