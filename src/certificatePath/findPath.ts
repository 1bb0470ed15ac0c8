import { readPathCertificate, type PathCertificate } from './certificate';
import { findAuthorityFault, findFault, findIssuerFault } from './certificateFault';
import { isSameName } from './distinguishedName';
import { keyUsageBits } from './extensions';
import { UnreadableCertificateError, type PathFault } from './faults';
import { findForbiddenName, type ComparisonBudget } from './nameConstraints';

/** A CA certificate on the hub. */
export interface Authority {
  /** Its name on the hub. */
  readonly name: string;
  readonly isVerified: boolean;
  /** Absent if it cannot be read. */
  readonly certificate?: PathCertificate;
  /** Why no path can end at it. */
  readonly fault?: PathFault;
}

/** Reads a CA certificate, which costs more than a search. One that cannot be used does not affect others. */
export function readAuthority(name: string, der: Uint8Array, isVerified: boolean): Authority {
  const read = tryRead(der);
  if ('fault' in read) return { name, isVerified, fault: read.fault };
  const { certificate } = read;
  const fault = findAuthorityFault(certificate);
  return { name, isVerified, certificate, ...(fault ? { fault } : {}) };
}

export interface PathRequest {
  readonly deviceId: string;
  /** The certificates that the client presents, DER, its own first. */
  readonly presented: readonly Uint8Array[];
  readonly authorities: readonly Authority[];
  readonly now: number;
}

export interface PathResult {
  /** Every fault of the device certificate itself. */
  readonly leafFaults: readonly PathFault[];
  /** Why there is no path; `undefined` also if it was not looked for. */
  readonly pathFault?: PathFault;
  /** The verified authority that the path ends at. */
  readonly anchor?: Authority;
}

/** More than legitimate clients send; each certificate costs signature checks. */
const maxPresented = 10;
const maxChecks = 64;
const maxNameComparisons = 65_536;

/**
 * Checks that a client certificate belongs to the device and chains to a verified CA certificate of the hub. OpenSSL's
 * own result does not help: it requires a root, and the hub's CA certificate may be an intermediate.
 * @param alwaysSearch looks for a path even if the device certificate has a fault
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6.1
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-x509
 */
export function findPath(request: PathRequest, alwaysSearch = false): PathResult {
  // Clients may send a certificate twice.
  const presented = [
    ...new Map(request.presented.map((der) => [Buffer.from(der).toString('latin1'), der])).values(),
  ];
  const [own, ...others] = presented;
  if (!own) return { leafFaults: [{ code: 'noCertificate' }] };
  if (presented.length > maxPresented) {
    const { length: count } = presented;
    return { leafFaults: [{ code: 'tooManyCertificates', count, limit: maxPresented }] };
  }
  const leaf = tryRead(own);
  if ('fault' in leaf) return { leafFaults: [leaf.fault] };
  const leafFaults = findLeafFaults(leaf.certificate, request);
  if (leafFaults.length > 0 && !alwaysSearch) return { leafFaults };
  const read = others.map(tryRead);
  const intermediates = read.flatMap((one) => ('certificate' in one ? one.certificate : []));
  const found = new PathBuilder(leaf.certificate, intermediates, request).find();
  // The missing issuer may be the one that cannot be read.
  const [unreadable] = read.flatMap((one) => ('fault' in one ? one.fault : []));
  const isMissing = found.pathFault?.code === 'chainEnds';
  return { leafFaults, ...found, ...(unreadable && isMissing ? { pathFault: unreadable } : {}) };
}

function tryRead(der: Uint8Array): { readonly certificate: PathCertificate } | { readonly fault: PathFault } {
  try {
    return { certificate: readPathCertificate(der) };
  } catch (error) {
    if (!(error instanceof UnreadableCertificateError)) throw error;
    return { fault: error.fault };
  }
}

function findLeafFaults(
  certificate: PathCertificate,
  { deviceId, now }: Pick<PathRequest, 'deviceId' | 'now'>,
): readonly PathFault[] {
  const { commonNames, extensions } = certificate;
  const [commonName = '', another] = commonNames;
  const faults: (PathFault | undefined)[] = [];
  if (another !== undefined) faults.push({ code: 'severalCommonNames', certificate });
  else if (commonName !== deviceId)
    faults.push({ code: 'wrongCommonName', certificate, commonName, deviceId });
  if (extensions.basicConstraints?.ca) faults.push({ code: 'isAuthority', certificate });
  faults.push(findTimeFault(certificate, now), findSignatureFault(certificate), findFault(certificate));
  const { digitalSignature, keyAgreement } = keyUsageBits;
  if (extensions.keyUsage !== undefined && !(extensions.keyUsage & (digitalSignature | keyAgreement))) {
    faults.push({ code: 'noDigitalSignature', certificate });
  }
  return faults.filter((fault) => fault !== undefined);
}

function findTimeFault(certificate: PathCertificate, now: number): PathFault | undefined {
  const { notBefore, notAfter } = certificate;
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return { code: 'invalidDate', certificate };
  if (notBefore > now) return { code: 'notYetValid', certificate, notBefore };
  // The last second belongs to the period.
  return Math.floor(now / 1000) * 1000 > notAfter ? { code: 'expired', certificate, notAfter } : undefined;
}

const findSignatureFault = (certificate: PathCertificate): PathFault | undefined =>
  certificate.signature.isStrong
    ? undefined
    : { code: 'weakSignature', certificate, algorithm: certificate.signature.label };

/** One search. */
class PathBuilder {
  private checks = 0;
  private readonly comparisons: ComparisonBudget = { left: maxNameComparisons };
  private isTooMany = false;
  /** The fault of the longest candidate, which is the one to report. */
  private best: { readonly depth: number; readonly fault: PathFault } | undefined;
  private readonly issuerFaults = new Map<string, PathFault | undefined>();

  constructor(
    private readonly leaf: PathCertificate,
    private readonly intermediates: readonly PathCertificate[],
    private readonly request: PathRequest,
  ) {}

  find(): Pick<PathResult, 'anchor' | 'pathFault'> {
    const anchor = this.extend([this.leaf], 0);
    if (anchor) return { anchor };
    if (this.isTooMany || !this.best) return { pathFault: { code: 'tooManyPaths' } };
    return { pathFault: this.best.fault };
  }

  /** Extends the path in every possible way. @param below number of intermediates so far that are not self-issued */
  private extend(path: readonly PathCertificate[], below: number): Authority | undefined {
    const current = path.at(-1) ?? this.leaf;
    const isCandidate = (one: PathCertificate): boolean =>
      isSameName(one.subject, current.issuer) && !path.some(({ id }) => id === one.id);
    for (const authority of this.request.authorities) {
      const { certificate } = authority;
      if (!certificate || !isCandidate(certificate)) continue;
      const fault =
        authority.fault ??
        this.findIssuingFault(current, certificate, below) ??
        this.findNameFault([...path, certificate]) ??
        (authority.isVerified ? undefined : { code: 'notVerified', certificate, authority: authority.name });
      if (this.isTooMany) return undefined;
      if (!fault) return authority;
      this.note(path.length + 1, fault);
    }
    for (const intermediate of this.intermediates) {
      if (!isCandidate(intermediate)) continue;
      const fault = findSignatureFault(intermediate) ?? this.findIssuingFault(current, intermediate, below);
      if (this.isTooMany) return undefined;
      if (fault) {
        this.note(path.length, fault);
        continue;
      }
      const isSelfIssued = isSameName(intermediate.subject, intermediate.issuer);
      const anchor = this.extend([...path, intermediate], isSelfIssued ? below : below + 1);
      if (anchor ?? this.isTooMany) return anchor;
    }
    this.note(path.length - 1, {
      code: 'chainEnds',
      certificate: current,
      issuerName: current.issuer.label,
      isSelfIssued: isSameName(current.subject, current.issuer),
    });
    return undefined;
  }

  private note(depth: number, fault: PathFault): void {
    if (!this.best || depth > this.best.depth) this.best = { depth, fault };
  }

  /** Why `issuer` cannot have issued `subject`, with `below` intermediates below it; undefined if it did. */
  private findIssuingFault(
    subject: PathCertificate,
    issuer: PathCertificate,
    below: number,
  ): PathFault | undefined {
    if (++this.checks > maxChecks) {
      this.isTooMany = true;
      return undefined;
    }
    const allowed = issuer.extensions.basicConstraints?.pathLength;
    if (allowed !== undefined && below > allowed) {
      return { code: 'pathTooLong', certificate: issuer, allowed, found: below };
    }
    return (
      this.findIssuerFault(issuer) ??
      (isIdentified(issuer, subject)
        ? undefined
        : { code: 'otherIssuerKey', certificate: subject, issuer }) ??
      (isSignedBy(subject, issuer) ? undefined : { code: 'wrongSignature', certificate: subject, issuer })
    );
  }

  private findIssuerFault(issuer: PathCertificate): PathFault | undefined {
    if (!this.issuerFaults.has(issuer.id)) {
      this.issuerFaults.set(issuer.id, findIssuerFault(issuer) ?? findTimeFault(issuer, this.request.now));
    }
    return this.issuerFaults.get(issuer.id);
  }

  /** Self-issued intermediates may have any name. */
  private findNameFault(path: readonly PathCertificate[]): PathFault | undefined {
    for (const [at, issuer] of path.entries()) {
      const constraints = issuer.extensions.nameConstraints;
      if (!constraints) continue;
      for (const [place, certificate] of path.slice(0, at).entries()) {
        if (place > 0 && isSameName(certificate.subject, certificate.issuer)) continue;
        const problem = findForbiddenName(certificate, constraints, this.comparisons);
        if (problem === 'tooMany') {
          this.isTooMany = true;
          return undefined;
        }
        if (problem) {
          const { name, isUnsupported } = problem;
          return {
            code: isUnsupported ? 'unsupportedConstraint' : 'forbiddenName',
            certificate,
            name,
            issuer,
          };
        }
      }
    }
    return undefined;
  }
}

/** Whether the issuer is the one that the authority key identifier names, as far as it does. */
function isIdentified(issuer: PathCertificate, subject: PathCertificate): boolean {
  const { authorityKeyId } = subject.extensions;
  if (!authorityKeyId) return true;
  const { keyId, issuer: issuerOfIssuer, serialNumber } = authorityKeyId;
  const { subjectKeyId } = issuer.extensions;
  return (
    (keyId === undefined || subjectKeyId === undefined || keyId === subjectKeyId) &&
    (serialNumber === undefined || serialNumber === issuer.serialNumber) &&
    (issuerOfIssuer === undefined || isSameName(issuerOfIssuer, issuer.issuer))
  );
}

function isSignedBy(subject: PathCertificate, issuer: PathCertificate): boolean {
  try {
    return subject.node.verify(issuer.node.publicKey);
  } catch {
    return false;
  }
}
