import type { PathFault } from '../../certificatePath/faults';

const date = (time: number): string => new Date(time).toISOString();

/** A fault as a clause for the hub's log and its answers, which are in English. */
export function describeFault(fault: PathFault): string {
  switch (fault.code) {
    case 'noCertificate':
      return 'no certificate was presented';
    case 'tooManyCertificates':
      return `${fault.count} certificates were presented, more than ${fault.limit}`;
    case 'tooLarge':
      return `a certificate of ${fault.bytes} bytes exceeds the limit of ${fault.limit}`;
    case 'malformed':
      return `a certificate cannot be parsed: ${fault.detail}`;
    case 'tooManyPaths':
      return 'the presented certificates form too many possible chains';
    default:
      return describeCertificateFault(fault, `'${fault.certificate.label}'`);
  }
}

function describeCertificateFault(
  fault: Extract<PathFault, { readonly certificate: unknown }>,
  label: string,
): string {
  switch (fault.code) {
    case 'wrongCommonName':
      return `the common name of ${label} is '${fault.commonName}', not the device id '${fault.deviceId}'`;
    case 'severalCommonNames':
      return `${label} has more than one common name`;
    case 'isAuthority':
      return `${label} is a certificate authority, not a device certificate`;
    case 'noDigitalSignature':
      return `the key usage of ${label} does not allow digital signatures`;
    case 'invalidDate':
      return `${label} has a validity period that cannot be read`;
    case 'notYetValid':
      return `${label} is not valid before ${date(fault.notBefore)}`;
    case 'expired':
      return `${label} expired on ${date(fault.notAfter)}`;
    case 'weakSignature':
      return `${label} is signed with ${fault.algorithm}, which is too weak or unknown`;
    case 'weakKey':
      return `the RSA key of ${label} has only ${fault.bits} bits`;
    case 'unsupportedKey':
      return `the key of ${label} (${fault.key}) is not RSA with 2048 to 16384 bits or EC with P-256, P-384 or P-521`;
    case 'unknownVersion':
      return `${label} has the unknown X.509 version ${fault.version}`;
    case 'unknownCritical':
      return `${label} has an unknown critical extension ${fault.extensions.join(', ')}`;
    case 'malformedExtension':
      return `the extension '${fault.extension}' of ${label} cannot be parsed`;
    case 'duplicateExtension':
      return `${label} contains the extension '${fault.extension}' more than once`;
    case 'notForClients':
      return `the extended key usage of ${label} does not include clientAuth`;
    case 'noBasicConstraints':
      return `${label} has no basic constraints, so it is not a certificate authority`;
    case 'notAuthority':
      return `${label} is not a certificate authority (CA:FALSE)`;
    case 'noCertificateSigning':
      return `the key usage of ${label} does not allow certificate signing`;
    case 'pathTooLong':
      return `the path length constraint of ${label} allows ${fault.allowed} intermediates below it, not ${fault.found}`;
    case 'otherIssuerKey':
      return `${label} identifies an issuer key other than that of '${fault.issuer.label}'`;
    case 'wrongSignature':
      return `${label} is not signed with the key of '${fault.issuer.label}'`;
    case 'forbiddenName':
      return `the name constraints of '${fault.issuer.label}' do not allow the name '${fault.name}' of ${label}`;
    case 'unsupportedConstraint':
      return `a name constraint of '${fault.issuer.label}' cannot be evaluated for the name '${fault.name}' of ${label}`;
    case 'notVerified':
      return `${label} is on the hub as '${fault.authority}' but is not verified`;
    case 'chainEnds':
      return `the chain ends at ${label}: its issuer was neither presented nor found on the hub`;
  }
}
