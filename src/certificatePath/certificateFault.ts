import type { PathCertificate } from './certificate';
import { keyUsageBits } from './extensions';
import type { PathFault } from './faults';

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/** Curves with which TLS clients can authenticate to IoT Hub, as Node names them. */
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const minRsaBits = 2048;
/** OpenSSL's own limit; a larger key costs too much time. */
const maxRsaBits = 16_384;
/** Larger exponents make the verification of a signature slow, and Windows does not accept them. */
const maxRsaExponent = 2n ** 32n;

/** Why a certificate can have no place in a path, at any time. */
export function findFault(certificate: PathCertificate): PathFault | undefined {
  const { version, extensions } = certificate;
  if (version < 1 || version > 3) return { code: 'unknownVersion', certificate, version };
  const critical = extensions.problems
    .filter(({ kind }) => kind === 'unknownCritical')
    .map(({ extension }) => extension);
  if (critical.length > 0) return { code: 'unknownCritical', certificate, extensions: critical };
  const problem = extensions.problems.find(({ isProcessed }) => isProcessed);
  if (problem) return toFault(certificate, problem);
  const { extendedKeyUsage: purposes } = extensions;
  if (purposes && !purposes.includes(clientAuth) && !purposes.includes(anyPurpose)) {
    return { code: 'notForClients', certificate };
  }
  return findKeyFault(certificate);
}

/** Why a certificate cannot issue others that devices authenticate with. */
export function findIssuerFault(certificate: PathCertificate): PathFault | undefined {
  const { basicConstraints, keyUsage } = certificate.extensions;
  const isMalformed = certificate.extensions.problems.some(({ kind }) => kind !== 'unknownCritical');
  if (!basicConstraints && !isMalformed) return { code: 'noBasicConstraints', certificate };
  if (basicConstraints?.ca === false) return { code: 'notAuthority', certificate };
  if (keyUsage !== undefined && !(keyUsage & keyUsageBits.keyCertSign)) {
    return { code: 'noCertificateSigning', certificate };
  }
  return (
    findFault(certificate) ?? (basicConstraints ? undefined : { code: 'noBasicConstraints', certificate })
  );
}

/** Why an administrator's certificate cannot be the end of a path. Its own signature does not matter. */
export function findAuthorityFault(certificate: PathCertificate): PathFault | undefined {
  const fault = findIssuerFault(certificate);
  if (fault) return fault;
  if (Number.isNaN(certificate.notBefore) || Number.isNaN(certificate.notAfter)) {
    return { code: 'invalidDate', certificate };
  }
  const [problem] = certificate.extensions.problems;
  return problem && toFault(certificate, problem);
}

const toFault = (
  certificate: PathCertificate,
  { kind, extension }: PathCertificate['extensions']['problems'][number],
): PathFault => ({
  code: kind === 'duplicate' ? 'duplicateExtension' : 'malformedExtension',
  certificate,
  extension,
});

function findKeyFault(certificate: PathCertificate): PathFault | undefined {
  const unsupported = (key: string): PathFault => ({ code: 'unsupportedKey', certificate, key });
  try {
    const { asymmetricKeyType: type = '', asymmetricKeyDetails: details = {} } = certificate.node.publicKey;
    if (type === 'rsa' || type === 'rsa-pss') {
      const { modulusLength: bits = 0, publicExponent = 0n } = details;
      if (bits < minRsaBits) return { code: 'weakKey', certificate, bits };
      if (bits > maxRsaBits) return unsupported(`RSA ${bits}`);
      return publicExponent > maxRsaExponent ? unsupported('RSA with a large exponent') : undefined;
    }
    if (type !== 'ec') return unsupported(type);
    const { namedCurve = 'unnamed curve' } = details;
    if (certificate.hasExplicitCurve) return unsupported('EC with explicit parameters');
    return curves.has(namedCurve) ? undefined : unsupported(`EC ${namedCurve}`);
  } catch {
    // Node cannot read a key on a curve that it does not know.
    return unsupported('unknown');
  }
}
