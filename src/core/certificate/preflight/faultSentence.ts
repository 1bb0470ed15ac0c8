import * as l10n from '@vscode/l10n';
import { type PathFault } from '../../../certificatePath/faults';
import { formatDate, formatDateTime } from '../../base/dates';
import { listText } from '../../base/lists';
import { formatCount } from '../../base/numbers';

type CertificateFault = Extract<PathFault, { readonly certificate: unknown }>;

/** A fault of a certificate or its chain, for the person. */
export function faultSentence(fault: PathFault): string {
  switch (fault.code) {
    case 'noCertificate':
      return l10n.t('The file contains no certificate.');
    case 'tooManyCertificates':
      return l10n.t(
        'The file contains {0} different certificates, but the hub accepts at most {1}. Remove those that the device does not need.',
        formatCount(fault.count),
        formatCount(fault.limit),
      );
    case 'tooLarge':
      return l10n.t(
        'A certificate has {0} bytes, but the hub accepts at most {1}.',
        formatCount(fault.bytes),
        formatCount(fault.limit),
      );
    case 'malformed':
      return l10n.t('A certificate is malformed, so the hub cannot read it. Create it again.');
    case 'tooManyPaths':
      return l10n.t(
        'The certificates form too many possible chains. Remove those that the device does not need.',
      );
    default:
      return certificateSentence(fault, fault.certificate.label);
  }
}

function certificateSentence(fault: CertificateFault, subject: string): string {
  switch (fault.code) {
    case 'wrongCommonName':
      return l10n.t(
        'The common name of the certificate is "{0}", but it must be the device ID "{1}".',
        fault.commonName,
        fault.deviceId,
      );
    case 'severalCommonNames':
      return l10n.t(
        '"{0}" has more than one common name. The only common name must be the device ID.',
        subject,
      );
    case 'isAuthority':
      return l10n.t('"{0}" is a certificate authority, not a device certificate.', subject);
    case 'noDigitalSignature':
      return l10n.t(
        'The key usage of "{0}" does not allow digital signatures, which client authentication requires.',
        subject,
      );
    case 'invalidDate':
      return l10n.t('The validity period of "{0}" is malformed.', subject);
    case 'notYetValid':
      return l10n.t('"{0}" is not valid before {1}.', subject, formatDateTime(fault.notBefore));
    case 'expired':
      return l10n.t('"{0}" expired on {1}.', subject, formatDate(fault.notAfter));
    case 'notForClients':
      return l10n.t(
        'The extended key usage of "{0}" does not include clientAuth, so neither it nor the certificates below it authenticate devices.',
        subject,
      );
    case 'pathTooLong':
      return l10n.t(
        'The chain below "{0}" is too long: the path length constraint is {1}, the number of intermediate certificates is {2}.',
        subject,
        formatCount(fault.allowed),
        formatCount(fault.found),
      );
    case 'otherIssuerKey':
      return l10n.t('"{0}" names an issuer key other than that of "{1}".', subject, fault.issuer.label);
    case 'wrongSignature':
      return l10n.t('"{0}" is not signed with the key of "{1}".', subject, fault.issuer.label);
    case 'forbiddenName':
      return l10n.t(
        'The name constraints of "{0}" do not allow the name "{1}" of "{2}".',
        fault.issuer.label,
        fault.name,
        subject,
      );
    case 'unsupportedConstraint':
      return l10n.t(
        'A name constraint of "{0}" cannot be evaluated for the name "{1}" of "{2}".',
        fault.issuer.label,
        fault.name,
        subject,
      );
    case 'notVerified':
      return l10n.t(
        'The certificate authority "{0}" on the hub is not verified. Verify it first.',
        fault.authority,
      );
    case 'chainEnds':
      return fault.isSelfIssued
        ? l10n.t('The chain ends at "{0}", which is not on this hub. Upload and verify it.', subject)
        : l10n.t(
            'The chain ends at "{0}". Its issuer "{1}" is neither in the file nor on this hub. Upload the issuer, or add the missing intermediate certificate to the file.',
            subject,
            fault.issuerName,
          );
    default:
      return contentSentence(fault, subject);
  }
}

/** Faults that only a new certificate removes. */
function contentSentence(
  fault: Extract<
    CertificateFault,
    {
      readonly code:
        | 'weakSignature'
        | 'weakKey'
        | 'unsupportedKey'
        | 'unknownVersion'
        | 'unknownCritical'
        | 'malformedExtension'
        | 'duplicateExtension'
        | 'noBasicConstraints'
        | 'notAuthority'
        | 'noCertificateSigning';
    }
  >,
  subject: string,
): string {
  switch (fault.code) {
    case 'weakSignature':
      return l10n.t(
        '"{0}" is signed with {1}. Use RSA or ECDSA with SHA-256, SHA-384, or SHA-512.',
        subject,
        fault.algorithm,
      );
    case 'weakKey':
      return l10n.t(
        'The RSA key of "{0}" has only {1} bits. Use a key with at least {2} bits.',
        subject,
        formatCount(fault.bits),
        formatCount(2048),
      );
    case 'unsupportedKey':
      return l10n.t(
        'The key of "{0}" ({1}) is not supported. Use RSA with at least {2} bits, or EC with P-256, P-384, or P-521.',
        subject,
        fault.key,
        formatCount(2048),
      );
    case 'unknownVersion':
      return l10n.t('"{0}" has the unknown X.509 version {1}.', subject, formatCount(fault.version));
    case 'unknownCritical':
      return l10n.t(
        '"{0}" contains critical extensions that are not supported: {1}.',
        subject,
        listText(fault.extensions),
      );
    case 'malformedExtension':
      return l10n.t('The extension "{0}" of "{1}" is malformed.', fault.extension, subject);
    case 'duplicateExtension':
      return l10n.t('"{0}" contains the extension "{1}" more than once.', subject, fault.extension);
    case 'noBasicConstraints':
    case 'notAuthority':
      return l10n.t(
        '"{0}" is not a certificate authority: its basic constraints do not include CA:TRUE.',
        subject,
      );
    case 'noCertificateSigning':
      return l10n.t('The key usage of "{0}" does not allow certificate signing.', subject);
  }
}
