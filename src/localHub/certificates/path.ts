import { X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A CA certificate on the hub. */
export interface KnownAuthority {
  /** Its name on the hub. */
  readonly name: string;
  readonly der: Uint8Array;
  readonly isVerified: boolean;
}

export interface PathRequest {
  readonly deviceId: string;
  /** The certificates that the client presented, DER, its own first. */
  readonly presented: readonly Uint8Array[];
  readonly authorities: readonly KnownAuthority[];
  readonly now: number;
}

export type PathVerdict =
  | {
      readonly ok: true;
      /** Name of the verified authority that the path ends at. */ readonly anchor: string;
    }
  /** A clause for the hub's log. */
  | { readonly ok: false; readonly reason: string };

/** More than legitimate clients send; each certificate costs signature checks. */
const maxPresented = 10;
const maxChecks = 64;
const maxBytes = 32 * 1024;

/**
 * Checks that a client certificate belongs to the device and chains to a verified CA certificate of the hub. OpenSSL's
 * own result does not help: it requires a root, and the hub's CA certificate may be an intermediate.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6.1
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export function checkPath(request: PathRequest): PathVerdict {
  try {
    return { ok: true, anchor: new PathBuilder(request).find() };
  } catch (error) {
    if (error instanceof PathError) return { ok: false, reason: error.message };
    throw error;
  }
}

class PathError extends Error {}

const oids = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAlternativeName: '2.5.29.17',
  certificatePolicies: '2.5.29.32',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  anyPurpose: '2.5.29.37.0',
};
/** Extensions that are processed, or that have no effect on the result. */
const knownExtensions: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAlternativeName,
  oids.certificatePolicies,
]);
const strongHashes: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);

/** The fields of a certificate that the checks need, parsed once. */
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
  if (der.length > maxBytes)
    throw new PathError(`a certificate of ${der.length} bytes exceeds the limit of ${maxBytes}`);
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
        .filter(({ critical, type }) => critical && !knownExtensions.has(type))
        .map(({ type }) => type),
      keyId: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
      issuerKeyId: certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
    };
  } catch (error) {
    if (error instanceof PathError) throw error;
    throw new PathError(
      `a certificate cannot be parsed: ${error instanceof Error ? error.message : 'invalid DER'}`,
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
  /** The reason why the longest candidate path failed, which is the one to report. */
  private best: { readonly depth: number; readonly reason: string } | undefined;

  constructor(private readonly request: PathRequest) {
    const { presented, authorities } = request;
    if (presented.length > maxPresented) {
      throw new PathError(`${presented.length} certificates were presented, more than ${maxPresented}`);
    }
    const [leaf, ...rest] = presented.map(parse);
    if (!leaf) throw new PathError('no certificate was presented');
    this.leaf = leaf;
    this.intermediates = rest.filter(({ id }) => id !== leaf.id);
    this.authorities = authorities.map(({ der, name, isVerified }) => ({ ...parse(der), name, isVerified }));
  }

  find(): string {
    this.checkLeaf();
    const anchor = this.extend([this.leaf], 0);
    if (anchor !== undefined) return anchor;
    throw new PathError(this.best?.reason ?? 'no path was found');
  }

  private checkLeaf(): void {
    const { leaf, request } = this;
    const { label } = leaf;
    const [commonName, another] = leaf.commonNames;
    if (another !== undefined) throw new PathError(`${label} has more than one common name`);
    if (commonName !== request.deviceId) {
      throw new PathError(
        `the common name of ${label} is '${commonName ?? ''}', not the device id '${request.deviceId}'`,
      );
    }
    if (leaf.constraints?.ca)
      throw new PathError(`${label} is a certificate authority, not a device certificate`);
    const problem = this.generalProblem(leaf);
    if (problem) throw new PathError(problem);
    if (leaf.purposes && ![oids.clientAuth, oids.anyPurpose].some((oid) => leaf.purposes?.includes(oid))) {
      throw new PathError(`the extended key usage of ${label} does not include clientAuth`);
    }
    const { digitalSignature, keyAgreement } = x509.KeyUsageFlags;
    if (leaf.usages !== undefined && !(leaf.usages & (digitalSignature | keyAgreement))) {
      throw new PathError(`the key usage of ${label} does not allow digital signatures`);
    }
  }

  /** Dates, algorithm strength and extensions: the checks for each certificate of a path. */
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

  /** Extends the path in every possible way. @param below number of intermediates so far. @returns the name of the CA it ends at */
  private extend(path: readonly Parsed[], below: number): string | undefined {
    const current = path.at(-1) ?? this.leaf;
    const isHere = (one: Parsed): boolean => path.some(({ id }) => id === one.id);
    const named = (one: Parsed): boolean => one.subject === current.issuer && !isHere(one);
    for (const authority of this.authorities.filter(named)) {
      const problem = authority.isVerified
        ? this.issuerProblem(current, authority, below)
        : (this.issuerProblem(current, authority, below) ??
          `${authority.label} is on the hub as '${authority.name}' but is not verified`);
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
      `the chain ends at ${current.label}: its issuer was neither presented nor found on the hub`,
    );
    return undefined;
  }

  private note(depth: number, reason: string): void {
    if (!this.best || depth > this.best.depth) this.best = { depth, reason };
  }

  /** Why `issuer` cannot have issued `subject`, with `below` intermediates below it; undefined if it did. */
  private issuerProblem(subject: Parsed, issuer: Parsed, below: number): string | undefined {
    if (++this.checks > maxChecks)
      throw new PathError('the presented certificates form too many possible chains');
    const { label, constraints, usages } = issuer;
    if (!constraints) return `${label} has no basic constraints, so it is not a certificate authority`;
    if (!constraints.ca) return `${label} is not a certificate authority (CA:FALSE)`;
    if (usages !== undefined && !(usages & x509.KeyUsageFlags.keyCertSign)) {
      return `the key usage of ${label} does not allow certificate signing`;
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
      return `${subject.label} identifies an issuer key other than that of ${label}`;
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
