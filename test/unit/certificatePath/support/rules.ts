import {
  bits,
  boolean,
  explicit,
  ia5,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  text,
  tlv,
  utf8,
} from '../../../support/der';
import {
  attribute,
  commonName,
  extensionOf,
  extensions,
  generalizedTime,
  generalName,
  keyOf,
  nameDer,
  purposes,
  timeOf,
  utcTime,
  type CertificateSpec,
} from '../../../support/derCertificate';
import { day, makeIntermediate, makeLeaf, makeRoot, testTime, type Issued } from '../../../support/derChain';

/** What a client presents, and the authority of the hub. */
export interface RuleCase {
  readonly name: string;
  readonly presented: readonly Issued[];
  readonly authority: Issued;
  /** Code of the fault; `OK` if the device is accepted. */
  readonly result: string;
}

/** A rule of RFC 5280. */
export interface Rule {
  readonly section: string;
  readonly rule: string;
  /** What the hub does, or why the rule does not apply to it. */
  readonly hub: string;
  readonly cases: readonly RuleCase[];
}

type Change = Partial<CertificateSpec>;
const {
  basicConstraints,
  keyUsage,
  extendedKeyUsage,
  subjectKeyId,
  authorityKeyId,
  nameConstraints,
  alternativeNames,
} = extensions;
const { dns, email, uri, address, directory } = generalName;
const ca = basicConstraints(true);
const usual = basicConstraints(false);
const root = makeRoot();

/** A certificate directly below the root. */
const leaf = (name: string, result: string, change: Change): RuleCase => ({
  name,
  result,
  presented: [makeLeaf(root, change)],
  authority: root,
});
/** A certificate below an intermediate. */
function middle(name: string, result: string, change: Change, leafChange: Change = {}): RuleCase {
  const intermediate = makeIntermediate(root, change);
  return { name, result, presented: [makeLeaf(intermediate, leafChange), intermediate], authority: root };
}
/** A certificate directly below a root with a change. */
function anchor(name: string, result: string, change: Change, leafChange: Change = {}): RuleCase {
  const authority = makeRoot(change);
  return { name, result, presented: [makeLeaf(authority, leafChange)], authority };
}
/** Names of the certificate, with constraints of the intermediate. */
const names = (
  name: string,
  result: string,
  constraints: Parameters<typeof nameConstraints>[0],
  ...list: readonly Buffer[]
): RuleCase =>
  middle(
    name,
    result,
    { extensions: [ca, nameConstraints(constraints)] },
    { extensions: [usual, ...(list.length > 0 ? [alternativeNames(...list)] : [])] },
  );
/** The subject of an issuer, and the issuer in its certificate. */
const same = (name: string, result: string, subject: Buffer, issuer: Buffer): RuleCase =>
  anchor(name, result, { subject }, { issuer });
const withExtension = (value: Buffer): Change => ({ extensions: [usual, value] });
const policy = sequence(sequence(oid('1.2.3.4')));
const bmp = (value: string): Buffer => tlv(0x1e, Buffer.from(value, 'utf16le').swap16());

/** A root that certified its next key itself, which certified `levels` intermediates. */
function rolledOver(name: string, result: string, pathLength: number, hasIntermediate: boolean): RuleCase {
  const first = makeRoot({ extensions: [basicConstraints(true, pathLength)] });
  const next = makeIntermediate(first, { subject: first.spec.subject, key: keyOf('ec', 8) });
  const below = hasIntermediate ? [makeIntermediate(next)] : [];
  return { name, result, presented: [makeLeaf(below[0] ?? next), ...below, next], authority: first };
}

const notProcessed =
  'as `openssl verify` without its policy options: recognized, also if critical, and not evaluated';

export const rules: readonly Rule[] = [
  {
    section: '4.1.1.1',
    rule: 'The certificate is the DER of a signed part, an algorithm and a signature.',
    hub: 'Other bytes are refused.',
    cases: [
      {
        name: 'no certificate',
        result: 'malformed',
        presented: [{ ...root, der: Buffer.from('x') }],
        authority: root,
      },
      {
        name: 'bytes after it',
        result: 'malformed',
        presented: [{ ...root, der: Buffer.concat([makeLeaf(root).der, Buffer.of(0)]) }],
        authority: root,
      },
    ],
  },
  {
    section: '4.1.1.2',
    rule: 'The algorithm is the same inside and outside of the signed part.',
    hub: 'Checked with the signature; not for an anchor, whose own signature does not matter.',
    cases: [
      leaf('another one', 'wrongSignature', { signedAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) }),
      anchor('another one of the anchor', 'OK', { signedAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) }),
    ],
  },
  {
    section: '4.1.1.3',
    rule: 'The signature is valid for the key of the issuer.',
    hub: 'Checked, with SHA-256, SHA-384 or SHA-512 only.',
    cases: [
      leaf('a changed bit', 'wrongSignature', { isForged: true }),
      leaf('another key', 'wrongSignature', { signer: keyOf('ec', 9) }),
      leaf('SHA-1', 'weakSignature', { hash: 'sha1' }),
      leaf('SHA-384', 'OK', { hash: 'sha384' }),
      leaf('SHA-512', 'OK', { hash: 'sha512' }),
      anchor('RSA-PSS with SHA-256', 'OK', { key: keyOf('rsa2048') }, { pss: 'sha256' }),
      anchor('RSA-PSS with SHA-1', 'weakSignature', { key: keyOf('rsa2048') }, { pss: 'sha1' }),
      anchor(
        'RSA-PSS, forged',
        'wrongSignature',
        { key: keyOf('rsa2048') },
        { pss: 'sha256', isForged: true },
      ),
      middle('a changed bit of an intermediate', 'wrongSignature', { isForged: true }),
      middle('SHA-1 of an intermediate', 'weakSignature', { hash: 'sha1' }),
    ],
  },
  {
    section: '4.1.2.1',
    rule: 'Versions 1 to 3 exist; extensions need version 3.',
    hub: 'Other versions are refused. Extensions are read in each version, as by OpenSSL.',
    cases: [
      leaf('version 4', 'unknownVersion', { version: explicit(0, integer(3)) }),
      leaf('version 1', 'OK', { version: Buffer.alloc(0), extensions: [] }),
      middle('an intermediate of version 1', 'noBasicConstraints', {
        version: Buffer.alloc(0),
        extensions: [],
      }),
    ],
  },
  {
    section: '4.1.2.2',
    rule: 'Serial numbers are positive and have at most 20 octets; others are handled gracefully.',
    hub: 'Each integer is accepted.',
    cases: [
      leaf('zero', 'OK', { serialNumber: Buffer.of(0) }),
      leaf('negative', 'OK', { serialNumber: Buffer.of(0x80) }),
      leaf('30 octets', 'OK', { serialNumber: Buffer.alloc(30, 1) }),
    ],
  },
  {
    section: '4.1.2.3',
    rule: 'The signed part names the algorithm of the signature.',
    hub: 'As 4.1.1.2.',
    cases: [],
  },
  {
    section: '4.1.2.4',
    rule: 'The issuer is a name that is not empty.',
    hub: 'An empty one is accepted, as by OpenSSL, and compared like others.',
    cases: [
      same('empty', 'OK', sequence(), sequence()),
      same('other', 'chainEnds', sequence(), commonName('Root')),
    ],
  },
  {
    section: '4.1.2.5',
    rule: 'The certificate is valid from its first to its last second, inclusive.',
    hub: 'Checked for each certificate of a path, also the anchor.',
    cases: [
      leaf('the last second', 'OK', { notAfter: timeOf(testTime) }),
      leaf('a second later', 'expired', { notAfter: timeOf(testTime - 1000) }),
      leaf('the first second', 'OK', { notBefore: timeOf(testTime) }),
      leaf('a second earlier', 'notYetValid', { notBefore: timeOf(testTime + 1000) }),
      middle('an expired intermediate', 'expired', { notAfter: timeOf(testTime - day) }),
      middle('a future intermediate', 'notYetValid', { notBefore: timeOf(testTime + day) }),
      anchor('an expired anchor', 'expired', { notAfter: timeOf(testTime - day) }),
    ],
  },
  {
    section: '4.1.2.5.1',
    rule: 'UTCTime has seconds and ends with Z; its years are 1950 to 2049.',
    hub: 'Other forms are refused.',
    cases: [
      leaf('2049', 'OK', { notAfter: utcTime('491231235959Z') }),
      leaf('1950', 'expired', { notAfter: utcTime('500101000000Z') }),
      leaf('since 1950', 'OK', { notBefore: utcTime('500101000000Z') }),
      leaf('no seconds', 'invalidDate', { notAfter: utcTime('4001010000Z') }),
      leaf('an offset', 'invalidDate', { notAfter: utcTime('400101000000+0100') }),
      leaf('30 February', 'invalidDate', { notAfter: utcTime('400230000000Z') }),
      middle('an intermediate with letters', 'invalidDate', { notBefore: utcTime('aaaaaaaaaaaaZ') }),
    ],
  },
  {
    section: '4.1.2.5.2',
    rule: 'GeneralizedTime has seconds, no fraction, and ends with Z; it is for dates from 2050.',
    hub: 'Other forms are refused; earlier dates are accepted, as by OpenSSL.',
    cases: [
      leaf('no end', 'OK', { notAfter: generalizedTime('99991231235959Z') }),
      leaf('2040', 'OK', { notAfter: generalizedTime('20400101000000Z') }),
      leaf('a fraction', 'invalidDate', { notAfter: generalizedTime('20400101000000.5Z') }),
      leaf('local time', 'invalidDate', { notAfter: generalizedTime('20400101000000') }),
      leaf('an integer', 'malformed', { notAfter: integer(5) }),
    ],
  },
  {
    section: '4.1.2.6',
    rule: 'The subject identifies the owner of the key.',
    hub: 'Its only common name is the device ID, character by character, wherever it is in the subject.',
    cases: [
      leaf('another case', 'wrongCommonName', { subject: commonName('Device') }),
      leaf('a space', 'wrongCommonName', { subject: commonName('device ') }),
      leaf('empty', 'wrongCommonName', { subject: sequence() }),
      leaf('two', 'severalCommonNames', { subject: nameDer(['CN', 'device'], ['CN', 'device']) }),
      leaf('two in one relative name', 'severalCommonNames', {
        subject: sequence(set(attribute('CN', 'a'), attribute('CN', 'device'))),
      }),
      leaf('among other attributes', 'OK', { subject: nameDer(['O', 'x'], ['CN', 'device'], ['OU', 'y']) }),
      leaf('in one relative name with others', 'OK', {
        subject: sequence(set(attribute('O', 'x'), attribute('CN', 'device'))),
      }),
      leaf('a BMPString', 'OK', { subject: nameDer(['CN', bmp('device')]) }),
    ],
  },
  {
    section: '4.1.2.7',
    rule: 'The key has an algorithm and parameters.',
    hub: 'RSA from 2,048 bits, or EC with the named curves P-256, P-384 and P-521.',
    cases: [
      leaf('RSA 2048', 'OK', { key: keyOf('rsa2048') }),
      leaf('P-384', 'OK', { key: keyOf('ec384') }),
      leaf('P-521', 'OK', { key: keyOf('ec521') }),
      leaf('RSA 1024', 'weakKey', { key: keyOf('rsa1024') }),
      leaf('P-224', 'unsupportedKey', { key: keyOf('ec224') }),
      leaf('explicit parameters', 'unsupportedKey', { key: keyOf('ecExplicit') }),
      leaf('Ed25519', 'unsupportedKey', { key: keyOf('ed25519') }),
      middle('an intermediate with RSA 1024', 'weakKey', { key: keyOf('rsa1024') }),
      anchor('an anchor with RSA 1024', 'weakKey', { key: keyOf('rsa1024') }),
      anchor('an anchor with RSA 2048', 'OK', { key: keyOf('rsa2048') }),
    ],
  },
  {
    section: '4.1.2.8',
    rule: 'Unique identifiers may be present; CAs do not generate them.',
    hub: 'Accepted and not compared.',
    cases: [leaf('both', 'OK', { uniqueIds: [implicit(1, Buffer.of(0, 1)), implicit(2, Buffer.of(0, 2))] })],
  },
  {
    section: '4.1.2.9',
    rule: 'Extensions are a sequence.',
    hub: 'As 4.2; a certificate may have none.',
    cases: [leaf('none', 'OK', { extensions: [] })],
  },
  {
    section: '4.2',
    rule: 'An unknown critical extension, or two of a kind, make the certificate unacceptable; other unknown ones are ignored.',
    hub: 'The same for each certificate of a path, also the anchor.',
    cases: [
      leaf('unknown', 'OK', withExtension(extensionOf('1.2.3.4', Buffer.from('?')))),
      leaf('unknown and critical', 'unknownCritical', withExtension(extensionOf('1.2.3.4', octets(), true))),
      leaf('twice', 'duplicateExtension', { extensions: [usual, subjectKeyId('a'), subjectKeyId('b')] }),
      middle('unknown and critical at an intermediate', 'unknownCritical', {
        extensions: [ca, extensionOf('1.2.3.4', octets(), true)],
      }),
      anchor('unknown and critical at the anchor', 'unknownCritical', {
        extensions: [ca, extensionOf('1.2.3.4', octets(), true)],
      }),
    ],
  },
  {
    section: '4.2.1.1',
    rule: 'The authority key identifier tells apart issuers with the same name.',
    hub: 'Its key, issuer and serial number have to be those of the issuer, as far as they are present in both.',
    cases: [
      anchor(
        'the key',
        'OK',
        { extensions: [ca, subjectKeyId('a')] },
        withExtension(authorityKeyId({ keyId: 'a' })),
      ),
      anchor(
        'another key',
        'otherIssuerKey',
        { extensions: [ca, subjectKeyId('a')] },
        withExtension(authorityKeyId({ keyId: 'b' })),
      ),
      anchor('a key that the issuer does not name', 'OK', {}, withExtension(authorityKeyId({ keyId: 'b' }))),
      anchor(
        'the issuer and its serial number',
        'OK',
        { serialNumber: Buffer.of(5) },
        withExtension(authorityKeyId({ issuer: commonName('ROOT'), serialNumber: Buffer.of(0, 5) })),
      ),
      anchor(
        'another serial number',
        'otherIssuerKey',
        { serialNumber: Buffer.of(5) },
        withExtension(authorityKeyId({ issuer: commonName('Root'), serialNumber: Buffer.of(6) })),
      ),
      anchor(
        'another issuer',
        'otherIssuerKey',
        { serialNumber: Buffer.of(5) },
        withExtension(authorityKeyId({ issuer: commonName('x'), serialNumber: Buffer.of(5) })),
      ),
      leaf('malformed', 'malformedExtension', withExtension(extensionOf('2.5.29.35', Buffer.from('x')))),
    ],
  },
  {
    section: '4.2.1.2',
    rule: 'The subject key identifier names the key.',
    hub: 'Compared as in 4.2.1.1; it may have any value.',
    cases: [
      leaf('any value', 'OK', withExtension(subjectKeyId('x'))),
      leaf('malformed', 'malformedExtension', withExtension(extensionOf('2.5.29.14', integer(1)))),
    ],
  },
  {
    section: '4.2.1.3',
    rule: 'The key is used only as the key usage says.',
    hub: 'Issuers need keyCertSign, devices digitalSignature or keyAgreement, if the extension is present.',
    cases: [
      leaf('digitalSignature', 'OK', withExtension(keyUsage('digitalSignature'))),
      leaf('keyAgreement', 'OK', withExtension(keyUsage('keyAgreement'))),
      leaf('keyEncipherment', 'noDigitalSignature', withExtension(keyUsage('keyEncipherment'))),
      leaf('no bit', 'malformedExtension', withExtension(extensionOf('2.5.29.15', bits(Buffer.of(0))))),
      middle('an issuer without keyCertSign', 'noCertificateSigning', {
        extensions: [ca, keyUsage('cRLSign')],
      }),
      anchor('an anchor without keyCertSign', 'noCertificateSigning', {
        extensions: [ca, keyUsage('cRLSign')],
      }),
      middle('an issuer without the extension', 'OK', { extensions: [ca] }),
    ],
  },
  {
    section: '4.2.1.4',
    rule: 'Certificate policies.',
    hub: notProcessed,
    cases: [
      leaf('critical', 'OK', withExtension(extensionOf('2.5.29.32', policy, true))),
      leaf('malformed', 'OK', withExtension(extensionOf('2.5.29.32', Buffer.from('x')))),
      leaf(
        'critical and malformed',
        'malformedExtension',
        withExtension(extensionOf('2.5.29.32', Buffer.from('x'), true)),
      ),
    ],
  },
  {
    section: '4.2.1.5',
    rule: 'Policy mappings.',
    hub: notProcessed,
    cases: [
      middle('critical', 'OK', {
        extensions: [ca, extensionOf('2.5.29.33', sequence(sequence(oid('1.2.3.4'), oid('1.2.3.5'))), true)],
      }),
    ],
  },
  {
    section: '4.2.1.6',
    rule: 'Subject alternative names; critical if the subject is empty.',
    hub: 'Names of all nine forms are accepted, also if critical; the device ID is always the common name.',
    cases: [
      leaf(
        'all forms',
        'OK',
        withExtension(
          alternativeNames(
            dns('a'),
            email('a@b'),
            uri('a:b'),
            address(1, 2, 3, 4),
            directory(commonName('x')),
            generalName.x400(),
            generalName.ediParty('x'),
            generalName.other('x'),
            generalName.registeredId(),
          ),
        ),
      ),
      leaf('the device ID only there', 'wrongCommonName', {
        subject: sequence(),
        extensions: [usual, alternativeNames(dns('device'))],
      }),
      leaf('critical', 'OK', withExtension(extensionOf('2.5.29.17', sequence(dns('a')), true))),
      leaf('an unknown form', 'malformedExtension', withExtension(alternativeNames(implicit(9)))),
    ],
  },
  {
    section: '4.2.1.7',
    rule: 'Issuer alternative names are not processed as part of validation; not critical.',
    hub: 'Ignored; refused if critical, as by OpenSSL.',
    cases: [
      leaf('present', 'OK', withExtension(extensionOf('2.5.29.18', sequence(dns('a'))))),
      leaf('critical', 'unknownCritical', withExtension(extensionOf('2.5.29.18', sequence(dns('a')), true))),
    ],
  },
  {
    section: '4.2.1.8',
    rule: 'Subject directory attributes; not critical.',
    hub: 'Ignored; refused if critical.',
    cases: [
      leaf('present', 'OK', withExtension(extensionOf('2.5.29.9', sequence()))),
      leaf('critical', 'unknownCritical', withExtension(extensionOf('2.5.29.9', sequence(), true))),
    ],
  },
  {
    section: '4.2.1.9',
    rule: 'An issuer has CA:TRUE; its path length limits the intermediates below it that are not self-issued.',
    hub: 'Checked for each issuer, also the anchor. A device certificate must not have CA:TRUE.',
    cases: [
      middle('absent', 'noBasicConstraints', { extensions: [] }),
      middle('CA:FALSE', 'notAuthority', { extensions: [usual] }),
      middle('not critical', 'OK', { extensions: [basicConstraints(true, undefined, false)] }),
      leaf('CA:TRUE of a device', 'isAuthority', { extensions: [ca] }),
      middle('path length 0 of the issuer', 'OK', { extensions: [basicConstraints(true, 0)] }),
      middle('a negative path length', 'malformedExtension', {
        extensions: [extensionOf('2.5.29.19', sequence(boolean(true), integer(Buffer.of(0x80))))],
      }),
      anchor('path length 0 of the anchor', 'OK', { extensions: [basicConstraints(true, 0)] }),
    ],
  },
  {
    section: '4.2.1.10',
    rule: 'Names of the certificates below are within the permitted and outside of the excluded subtrees.',
    hub: 'Evaluated for directory names, DNS names, email addresses, URIs and IP addresses, critical or not; others are refused if the certificate has such a name.',
    cases: [
      names('the subject, permitted', 'OK', { permitted: [directory(commonName('device'))] }),
      names('the subject, not permitted', 'forbiddenName', { permitted: [directory(commonName('x'))] }),
      names('the subject, excluded', 'forbiddenName', { excluded: [directory(commonName('DEVICE'))] }),
      names(
        'a directory name',
        'forbiddenName',
        { excluded: [directory(commonName('x'))] },
        directory(commonName('x')),
      ),
      names('a DNS name below', 'OK', { permitted: [dns('a.test')] }, dns('b.a.test')),
      names('another DNS name', 'forbiddenName', { permitted: [dns('a.test')] }, dns('ba.test')),
      names('a second name', 'forbiddenName', { permitted: [dns('a.test')] }, dns('a.test'), dns('c.test')),
      names('an email address', 'OK', { permitted: [email('x@a.test')] }, email('x@A.test')),
      names('another email address', 'forbiddenName', { permitted: [email('x@a.test')] }, email('X@a.test')),
      names('an email host', 'forbiddenName', { permitted: [email('a.test')] }, email('x@b.a.test')),
      names('an email domain', 'OK', { permitted: [email('.a.test')] }, email('x@b.a.test')),
      names('a URI', 'OK', { permitted: [uri('a.test')] }, uri('https://user@a.test:1/p?q')),
      names('another URI', 'forbiddenName', { excluded: [uri('.a.test')] }, uri('https://b.a.test')),
      names('a URI without a host', 'unsupportedConstraint', { permitted: [uri('a.test')] }, uri('urn:x')),
      names('an address', 'OK', { permitted: [address(10, 0, 0, 0, 255, 0, 0, 0)] }, address(10, 9, 9, 9)),
      names(
        'another address',
        'forbiddenName',
        { permitted: [address(10, 0, 0, 0, 255, 0, 0, 0)] },
        address(11, 9, 9, 9),
      ),
      names('names of another form', 'OK', { permitted: [dns('a.test')] }, email('x@b.test')),
      names(
        'a form that is not evaluated',
        'unsupportedConstraint',
        { permitted: [generalName.other('x')] },
        generalName.other('x'),
      ),
      names('such a form without such a name', 'OK', { permitted: [generalName.other('x')] }, dns('a')),
      middle('a maximum', 'unsupportedConstraint', {
        extensions: [
          ca,
          extensionOf(
            '2.5.29.30',
            sequence(explicit(0, sequence(directory(sequence()), implicit(1, Buffer.of(1))))),
            true,
          ),
        ],
      }),
      middle(
        'an email address in the subject',
        'forbiddenName',
        { extensions: [ca, nameConstraints({ permitted: [email('a.test')] })] },
        { subject: nameDer(['CN', 'device'], ['E', ia5('x@b.test')]) },
      ),
      middle('not critical', 'forbiddenName', {
        extensions: [ca, nameConstraints({ permitted: [directory(commonName('x'))] }, false)],
      }),
      middle('malformed', 'malformedExtension', {
        extensions: [ca, extensionOf('2.5.29.30', sequence(integer(1)), true)],
      }),
      anchor('of the anchor', 'forbiddenName', {
        extensions: [ca, nameConstraints({ permitted: [directory(commonName('x'))] })],
      }),
    ],
  },
  {
    section: '4.2.1.11',
    rule: 'Policy constraints.',
    hub: notProcessed,
    cases: [
      middle('critical', 'OK', {
        extensions: [ca, extensionOf('2.5.29.36', sequence(implicit(0, Buffer.of(0))), true)],
      }),
    ],
  },
  {
    section: '4.2.1.12',
    rule: 'The key is used only for the purposes of the extended key usage.',
    hub: 'Each certificate of a path, also the anchor, includes clientAuth or anyExtendedKeyUsage, if the extension is present.',
    cases: [
      leaf('clientAuth', 'OK', withExtension(extendedKeyUsage([purposes.clientAuth], true))),
      leaf('any', 'OK', withExtension(extendedKeyUsage([purposes.any]))),
      leaf('serverAuth', 'notForClients', withExtension(extendedKeyUsage([purposes.serverAuth]))),
      leaf('none', 'notForClients', withExtension(extendedKeyUsage([]))),
      middle('an issuer for servers', 'notForClients', {
        extensions: [ca, extendedKeyUsage([purposes.serverAuth])],
      }),
      middle('an issuer for both', 'OK', {
        extensions: [ca, extendedKeyUsage([purposes.serverAuth, purposes.clientAuth])],
      }),
      anchor('an anchor for servers', 'notForClients', {
        extensions: [ca, extendedKeyUsage([purposes.serverAuth])],
      }),
    ],
  },
  {
    section: '4.2.1.13',
    rule: 'CRL distribution points.',
    hub: 'Recognized, also if critical, and not used: CRLs are not checked, as in Azure.',
    cases: [leaf('critical', 'OK', withExtension(extensionOf('2.5.29.31', sequence(), true)))],
  },
  {
    section: '4.2.1.14',
    rule: 'Inhibit anyPolicy.',
    hub: notProcessed,
    cases: [middle('critical', 'OK', { extensions: [ca, extensionOf('2.5.29.54', integer(0), true)] })],
  },
  {
    section: '4.2.1.15',
    rule: 'Freshest CRL; not critical.',
    hub: 'Ignored; refused if critical.',
    cases: [
      leaf('present', 'OK', withExtension(extensionOf('2.5.29.46', sequence()))),
      leaf('critical', 'unknownCritical', withExtension(extensionOf('2.5.29.46', sequence(), true))),
    ],
  },
  ...(['4.2.2.1', '4.2.2.2'] as const).map((section): Rule => {
    const id = section === '4.2.2.1' ? '1.3.6.1.5.5.7.1.1' : '1.3.6.1.5.5.7.1.11';
    return {
      section,
      rule:
        section === '4.2.2.1'
          ? 'Authority information access; not critical.'
          : 'Subject information access; not critical.',
      hub: 'Ignored, also if malformed; refused if critical. A malformed one of an authority is refused at upload.',
      cases: [
        leaf(
          'present',
          'OK',
          withExtension(extensionOf(id, sequence(sequence(oid('1.2.3'), uri('http://a'))))),
        ),
        leaf('malformed', 'OK', withExtension(extensionOf(id, Buffer.from('x')))),
        leaf('critical', 'unknownCritical', withExtension(extensionOf(id, sequence(), true))),
        anchor('malformed at the anchor', 'malformedExtension', {
          extensions: [ca, extensionOf(id, Buffer.from('x'))],
        }),
      ],
    };
  }),
  {
    section: '6.1',
    rule: 'A path ends at a trust anchor; no certificate occurs twice in it.',
    hub: 'A path ends at a verified authority of the hub, which may be an intermediate. Each possible path is tried, within limits.',
    cases: [
      middle('a path with an intermediate', 'OK', {}),
      {
        name: 'an intermediate as the anchor',
        result: 'OK',
        presented: [makeLeaf(makeIntermediate(root))],
        authority: makeIntermediate(root),
      },
      {
        name: 'no anchor',
        result: 'chainEnds',
        presented: [makeLeaf(makeIntermediate(root))],
        authority: root,
      },
      ...sentOddly(),
    ],
  },
  {
    section: '6.1.1',
    rule: 'The anchor is a name and a key; its own signature is not part of the path.',
    hub: 'The same. Its period, basic constraints, key usages and name constraints apply too, as in OpenSSL.',
    cases: [
      anchor('SHA-1', 'OK', { hash: 'sha1' }),
      anchor('a changed bit', 'OK', { isForged: true }),
      anchor('signed by another', 'OK', { issuer: commonName('Other'), signer: keyOf('ec', 9) }),
    ],
  },
  {
    section: '6.1.2',
    rule: 'Initial values.',
    hub: 'The user does not select policies or initial subtrees, so all are allowed.',
    cases: [],
  },
  {
    section: '6.1.3',
    rule: 'Each certificate: signature, period, revocation, issuer name, name constraints, policies.',
    hub: 'As 4.1.1.3, 4.1.2.5, 7.1 and 4.2.1.10; revocation and policies are not checked.',
    cases: [
      middle('constraints two levels above', 'forbiddenName', {
        extensions: [ca, nameConstraints({ excluded: [directory(commonName('device'))] })],
      }),
      selfIssuedBelowConstraints(),
    ],
  },
  {
    section: '6.1.4',
    rule: 'Each certificate but the last: CA, path length, key usage, critical extensions.',
    hub: 'As 4.2.1.9, 4.2.1.3 and 4.2. Self-issued certificates do not count for the path length.',
    cases: [
      { ...middle('beyond the path length', 'pathTooLong', {}), ...beyondPathLength() },
      rolledOver('a self-issued certificate below path length 0', 'OK', 0, false),
      rolledOver('and one more below it', 'pathTooLong', 0, true),
      rolledOver('and one more below path length 1', 'OK', 1, true),
    ],
  },
  {
    section: '6.1.5',
    rule: 'The last certificate: policies and critical extensions.',
    hub: 'As 4.2.',
    cases: [],
  },
  {
    section: '6.1.6',
    rule: 'The result contains the working key.',
    hub: 'TLS has proved that the client owns the key.',
    cases: [],
  },
  {
    section: '7.1',
    rule: 'Names are compared after string preparation: kind of string, case and insignificant spaces make no difference.',
    hub: 'The same; attributes and relative names have to be the same in number, type and order.',
    cases: [
      same('case', 'OK', commonName('Factory CA'), commonName('fACTORY ca')),
      same('spaces', 'OK', commonName('Factory  CA '), commonName(' Factory CA')),
      same('PrintableString', 'OK', nameDer(['CN', text(0x13, 'Factory CA')]), commonName('Factory CA')),
      same('BMPString', 'OK', nameDer(['CN', bmp('Fabrik Süd')]), commonName('Fabrik Süd')),
      same(
        'TeletexString',
        'OK',
        nameDer(['CN', tlv(0x14, Buffer.from('Süd', 'latin1'))]),
        commonName('Süd'),
      ),
      same('case beyond ASCII', 'OK', commonName('SÜD'), commonName('süd')),
      same('composed characters', 'OK', commonName('Su\u0308d'), commonName('S\u00fcd')),
      same('a missing space', 'chainEnds', commonName('Factory CA'), commonName('FactoryCA')),
      same('another type', 'chainEnds', nameDer(['O', 'x']), commonName('x')),
      same('another order', 'chainEnds', nameDer(['O', 'x'], ['CN', 'y']), nameDer(['CN', 'y'], ['O', 'x'])),
      same('one more', 'chainEnds', nameDer(['CN', 'y']), nameDer(['CN', 'y'], ['O', 'x'])),
      same(
        'an attribute that is split off',
        'chainEnds',
        sequence(set(attribute('CN', 'y'), attribute('O', 'x'))),
        nameDer(['CN', 'y'], ['O', 'x']),
      ),
      same(
        'bytes that are not text',
        'malformed',
        nameDer(['CN', utf8('a')], ['O', tlv(0x0c, Buffer.of(0xff))]),
        nameDer(['CN', utf8('A')], ['O', tlv(0x0c, Buffer.of(0xff))]),
      ),
    ],
  },
  {
    section: '7.2',
    rule: 'Internationalized DNS names are compared in their ASCII form, without case.',
    hub: 'The same: no other form is converted.',
    cases: [
      names('an A-label', 'OK', { permitted: [dns('xn--bcher-kva.test')] }, dns('shop.XN--BCHER-KVA.test')),
      names(
        'another A-label',
        'forbiddenName',
        { permitted: [dns('xn--bcher-kva.test')] },
        dns('bucher.test'),
      ),
    ],
  },
  {
    section: '7.3',
    rule: 'Domain components are compared without case.',
    hub: 'As 7.1.',
    cases: [
      same(
        'a domain component',
        'OK',
        sequence(set(sequence(oid('0.9.2342.19200300.100.1.25'), ia5('Contoso')))),
        sequence(set(sequence(oid('0.9.2342.19200300.100.1.25'), ia5('contoso')))),
      ),
    ],
  },
  {
    section: '7.4',
    rule: 'Hosts of URIs are compared in their ASCII form, without case.',
    hub: 'The same, for name constraints.',
    cases: [names('a host', 'OK', { permitted: [uri('A.test')] }, uri('mqtts://a.TEST'))],
  },
  {
    section: '7.5',
    rule: 'The host of an email address is compared without case, the local part exactly.',
    hub: 'The same, for name constraints.',
    cases: [
      names('the host', 'OK', { permitted: [email('x@A.test')] }, email('x@a.TEST')),
      names('the local part', 'forbiddenName', { permitted: [email('x@a.test')] }, email('X@a.test')),
    ],
  },
];

function sentOddly(): RuleCase[] {
  const intermediate = makeIntermediate(root);
  const low = makeIntermediate(intermediate, { key: keyOf('ec', 5) }, 'Low');
  const own = makeLeaf(low);
  const stranger = makeRoot({ key: keyOf('ec', 6) }, 'Stranger');
  const twin = makeRoot({ key: keyOf('ec', 6) });
  const send = (name: string, result: string, ...presented: Issued[]): RuleCase => ({
    name,
    result,
    presented,
    authority: root,
  });
  return [
    send('in another order', 'OK', own, intermediate, low),
    send('each certificate twice', 'OK', own, own, low, low, intermediate, intermediate),
    send('with the anchor', 'OK', own, low, intermediate, root),
    send('with another root', 'OK', own, stranger, low, intermediate),
    send('with a root of the same name', 'OK', own, twin, low, intermediate),
    send(
      'eleven certificates',
      'tooManyCertificates',
      own,
      ...Array.from({ length: 10 }, (_, i) => makeRoot({}, `Extra ${i}`)),
    ),
    send(
      'ten certificates of the same name and key',
      'tooManyPaths',
      makeLeaf(stranger),
      ...Array.from({ length: 9 }, () => makeRoot({ key: keyOf('ec', 6) }, 'Stranger')),
    ),
  ];
}

function selfIssuedBelowConstraints(): RuleCase {
  const first = makeRoot({
    extensions: [ca, nameConstraints({ permitted: [directory(commonName('device'))] })],
  });
  const next = makeIntermediate(first, { subject: first.spec.subject, key: keyOf('ec', 8) });
  return {
    name: 'a self-issued intermediate may have a name that is not permitted',
    result: 'OK',
    presented: [makeLeaf(next), next],
    authority: first,
  };
}

function beyondPathLength(): Pick<RuleCase, 'presented' | 'authority'> {
  const authority = makeRoot({ extensions: [basicConstraints(true, 0)] });
  const intermediate = makeIntermediate(authority);
  return { presented: [makeLeaf(intermediate), intermediate], authority };
}
