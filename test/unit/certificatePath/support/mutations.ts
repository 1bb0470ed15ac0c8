import type { Random } from '../../../fuzz/random';
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
  derCertificate,
  extensionOf,
  extensions,
  generalizedTime,
  generalName,
  keyOf,
  nameDer,
  purposes,
  timeOf,
  utcTime,
  type AttributeType,
  type DerKeyKind,
} from '../../../support/derCertificate';
import { day, testTime } from '../../../support/derChain';
import type { ChainDraft, Draft } from './chain';

/** A change of one property of a chain. */
export interface Mutation {
  readonly name: string;
  /** The certificates it can change. */
  readonly at: 'any' | 'authority' | 'device' | 'chain';
  readonly apply: (chain: ChainDraft, level: number, random: Random) => void;
}

const { basicConstraints, keyUsage, extendedKeyUsage, nameConstraints, alternativeNames } = extensions;
const second = 1000;

/** A change of one certificate only. */
const own = (
  name: string,
  at: Mutation['at'],
  change: (certificate: Draft, random: Random) => void,
): Mutation => ({
  name,
  at,
  apply: ({ certificates }, level, random) => {
    const certificate = certificates[level];
    if (certificate) change(certificate, random);
  },
});

/** A change of one extension; without a value, it is removed. */
const extension = (name: string, at: Mutation['at'], key: string, value: Buffer | undefined): Mutation =>
  own(`${key}: ${name}`, at, ({ extensions: list }) => {
    if (value) list.set(key, value);
    else list.delete(key);
  });

const time = (name: string, field: 'notBefore' | 'notAfter', value: Buffer): Mutation =>
  own(`${field}: ${name}`, 'any', (certificate) => {
    certificate[field] = value;
  });

const times: readonly Mutation[] = [
  time('in the past', 'notAfter', timeOf(testTime - day)),
  time('a second ago', 'notAfter', timeOf(testTime - second)),
  time('now', 'notAfter', timeOf(testTime)),
  time('in a second', 'notAfter', timeOf(testTime + second)),
  time('in the future', 'notBefore', timeOf(testTime + day)),
  time('in a second', 'notBefore', timeOf(testTime + second)),
  time('now', 'notBefore', timeOf(testTime)),
  time('GeneralizedTime before 2050', 'notAfter', generalizedTime('20400101000000Z')),
  time('GeneralizedTime before 2050', 'notBefore', generalizedTime('20200101000000Z')),
  time('no end', 'notAfter', generalizedTime('99991231235959Z')),
  time('UTCTime of 2049', 'notAfter', utcTime('491231235959Z')),
  time('UTCTime of 1950', 'notAfter', utcTime('500101000000Z')),
  time('UTCTime of 1950', 'notBefore', utcTime('500101000000Z')),
  time('year 1', 'notBefore', generalizedTime('00010101000000Z')),
  time('a fraction', 'notAfter', generalizedTime('20400101000000.5Z')),
  time('an offset', 'notAfter', utcTime('400101000000+0100')),
  time('no seconds', 'notAfter', utcTime('4001010000Z')),
  time('no zone', 'notAfter', generalizedTime('20400101000000')),
  time('month 13', 'notAfter', utcTime('401301000000Z')),
  time('30 February', 'notAfter', utcTime('400230000000Z')),
  time('letters', 'notAfter', utcTime('aaaaaaaaaaaaZ')),
];

const constraints = (...contents: readonly Buffer[]): Buffer =>
  extensionOf('2.5.29.19', sequence(...contents), true);
const basic: readonly Mutation[] = [
  extension('absent', 'any', 'basicConstraints', undefined),
  extension('CA:FALSE', 'authority', 'basicConstraints', basicConstraints(false)),
  extension('CA:TRUE', 'device', 'basicConstraints', basicConstraints(true)),
  extension('not critical', 'any', 'basicConstraints', basicConstraints(true, undefined, false)),
  extension('path length 0', 'authority', 'basicConstraints', basicConstraints(true, 0)),
  extension('path length 1', 'authority', 'basicConstraints', basicConstraints(true, 1)),
  extension('path length 2', 'authority', 'basicConstraints', basicConstraints(true, 2)),
  extension(
    'a huge path length',
    'authority',
    'basicConstraints',
    constraints(boolean(true), integer(2 ** 30)),
  ),
  extension(
    'a negative path length',
    'any',
    'basicConstraints',
    constraints(boolean(true), integer(Buffer.of(0x80))),
  ),
  extension('path length without CA', 'any', 'basicConstraints', constraints(integer(0))),
  extension('an explicit FALSE', 'any', 'basicConstraints', constraints(boolean(false))),
  extension('TRUE as 1', 'authority', 'basicConstraints', constraints(tlv(0x01, Buffer.of(1)))),
];

const usages: readonly Mutation[] = [
  extension('absent', 'authority', 'keyUsage', undefined),
  extension('keyCertSign', 'authority', 'keyUsage', keyUsage('keyCertSign')),
  extension('cRLSign', 'authority', 'keyUsage', keyUsage('cRLSign')),
  extension(
    'everything',
    'any',
    'keyUsage',
    keyUsage('digitalSignature', 'keyEncipherment', 'keyAgreement', 'keyCertSign'),
  ),
  extension('digitalSignature', 'any', 'keyUsage', keyUsage('digitalSignature')),
  extension('keyAgreement', 'device', 'keyUsage', keyUsage('keyAgreement')),
  extension('keyEncipherment', 'device', 'keyUsage', keyUsage('keyEncipherment')),
  extension('nonRepudiation', 'device', 'keyUsage', keyUsage('nonRepudiation')),
  extension('empty', 'any', 'keyUsage', extensionOf('2.5.29.15', bits(Buffer.of(0)), true)),
  extension('no bits', 'any', 'keyUsage', extensionOf('2.5.29.15', bits(Buffer.alloc(0)), true)),
  extension(
    'decipherOnly',
    'device',
    'keyUsage',
    extensionOf('2.5.29.15', bits(Buffer.of(0x88, 0x80), 7), true),
  ),
];

const purposesOf: readonly Mutation[] = [
  extension('clientAuth', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.clientAuth])),
  extension('clientAuth, critical', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.clientAuth], true)),
  extension('serverAuth', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.serverAuth])),
  extension('serverAuth, critical', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.serverAuth], true)),
  extension('both', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.serverAuth, purposes.clientAuth])),
  extension('any', 'any', 'extendedKeyUsage', extendedKeyUsage([purposes.any])),
  extension('unknown', 'any', 'extendedKeyUsage', extendedKeyUsage(['1.2.3.4'])),
  extension(
    'unknown and clientAuth',
    'any',
    'extendedKeyUsage',
    extendedKeyUsage(['1.2.3.4', purposes.clientAuth]),
  ),
  extension('empty', 'any', 'extendedKeyUsage', extendedKeyUsage([])),
];

const key = (kind: DerKeyKind): Mutation =>
  own(`key: ${kind}`, 'any', (certificate) => {
    certificate.key = keyOf(kind);
  });
const algorithms: readonly Mutation[] = [
  ...(['sha1', 'sha224', 'sha384', 'sha512'] as const).map((hash) =>
    own(`hash: ${hash}`, 'any', (certificate) => {
      certificate.hash = hash;
    }),
  ),
  ...(['rsa2048', 'rsa1024', 'ec384', 'ec521', 'ec224', 'ecKoblitz', 'ed25519', 'ecExplicit'] as const).map(
    key,
  ),
  own('signature: a changed bit', 'any', (certificate) => {
    certificate.isForged = true;
  }),
  own('signature: by another key', 'any', (certificate) => {
    certificate.signer = keyOf('ec', 9);
  }),
  own('signature: another algorithm in the signed part', 'any', (certificate) => {
    certificate.signedAlgorithm = sequence(oid('1.2.840.10045.4.3.3'));
  }),
];

const versions: readonly Mutation[] = [
  own('version: 1 without extensions', 'any', (certificate) => {
    certificate.version = Buffer.alloc(0);
    certificate.extensions.clear();
  }),
  own('version: 1 with extensions', 'any', (certificate) => {
    certificate.version = Buffer.alloc(0);
  }),
  own('version: 1, explicit', 'any', (certificate) => {
    certificate.version = explicit(0, integer(0));
  }),
  own('version: 2', 'any', (certificate) => {
    certificate.version = explicit(0, integer(1));
    certificate.extensions.clear();
  }),
  own('version: 4', 'any', (certificate) => {
    certificate.version = explicit(0, integer(3));
  }),
  own('serial number: 0', 'any', (certificate) => {
    certificate.serialNumber = Buffer.of(0);
  }),
  own('serial number: negative', 'any', (certificate) => {
    certificate.serialNumber = Buffer.of(0x80, 0, 1);
  }),
  own('serial number: 30 bytes', 'any', (certificate) => {
    certificate.serialNumber = Buffer.alloc(30, 7);
  }),
  own('unique identifiers', 'any', (certificate) => {
    certificate.uniqueIds = [implicit(1, Buffer.of(0, 1)), implicit(2, Buffer.of(0, 2))];
  }),
];

const extra = (name: string, id: string, value: Buffer): Mutation[] =>
  [false, true].map((isCritical) =>
    extension(
      `${name}${isCritical ? ', critical' : ''}`,
      'any',
      `extra ${id}`,
      extensionOf(id, value, isCritical),
    ),
  );
const policies = sequence(sequence(oid('1.2.3.4')));
const extras: readonly Mutation[] = [
  ...extra('unknown', '1.2.3.4.5', octets()),
  ...extra('unknown, not DER', '1.2.3.4.6', Buffer.from('?')),
  ...extra('certificate policies', '2.5.29.32', policies),
  ...extra('policy mappings', '2.5.29.33', sequence(sequence(oid('1.2.3.4'), oid('1.2.3.5')))),
  ...extra('policy constraints', '2.5.29.36', sequence(implicit(0, Buffer.of(0)))),
  ...extra('inhibit anyPolicy', '2.5.29.54', integer(0)),
  ...extra(
    'CRL distribution points',
    '2.5.29.31',
    sequence(sequence(explicit(0, explicit(0, generalName.uri('http://a/c'))))),
  ),
  ...extra(
    'authority information access',
    '1.3.6.1.5.5.7.1.1',
    sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), generalName.uri('http://a'))),
  ),
  ...extra('issuer alternative name', '2.5.29.18', sequence(generalName.dns('ca'))),
  ...extra('subject directory attributes', '2.5.29.9', sequence(sequence(oid('2.5.4.3'), set(utf8('x'))))),
  ...extra('subject key identifier', '2.5.29.14', octets(Buffer.from('any'))),
  ...extra('authority key identifier', '2.5.29.35', sequence()),
];

const twice = (name: string, value: Buffer): Mutation =>
  own(`duplicate: ${name}`, 'any', ({ extensions: list }) => {
    list.set('first', value);
    list.set('second', value);
  });
const duplicates: readonly Mutation[] = [
  own('duplicate: basic constraints', 'any', ({ extensions: list }) => {
    const value = list.get('basicConstraints');
    if (value) list.set('second', value);
  }),
  twice('unknown', extensionOf('1.2.3.4.5', octets())),
  twice('subject key identifier', extensions.subjectKeyId('a')),
  twice('certificate policies', extensionOf('2.5.29.32', policies)),
  twice('extended key usage', extendedKeyUsage([purposes.clientAuth])),
];

const malformed = (name: string, id: string, value: Buffer): Mutation =>
  extension(`malformed ${name}`, 'any', `extra ${id}`, extensionOf(id, value));
const junk = Buffer.from('3003020101ff', 'hex');
const malformedOnes: readonly Mutation[] = [
  malformed('subject key identifier', '2.5.29.14', junk),
  malformed('authority key identifier', '2.5.29.35', Buffer.from('30058003', 'hex')),
  malformed('subject alternative name', '2.5.29.17', Buffer.from('junk')),
  malformed('subject alternative name of an unknown form', '2.5.29.17', sequence(implicit(9))),
  malformed('name constraints', '2.5.29.30', sequence(explicit(0, integer(1)))),
  malformed('extended key usage', '2.5.29.37', sequence(integer(1))),
  malformed('authority information access', '1.3.6.1.5.5.7.1.1', Buffer.from('junk')),
  malformed('certificate policies', '2.5.29.32', Buffer.from('junk')),
  malformed('CRL distribution points', '2.5.29.31', Buffer.from('junk')),
  malformed('issuer alternative name', '2.5.29.18', Buffer.from('junk')),
  extension('malformed', 'any', 'basicConstraints', extensionOf('2.5.29.19', junk, true)),
  extension('malformed', 'any', 'keyUsage', extensionOf('2.5.29.15', junk, true)),
];

/** The extension that identifies the key of the certificate above. */
const identified = (
  name: string,
  idOf: (above: Draft, top: Draft) => Parameters<typeof extensions.authorityKeyId>[0],
): Mutation => ({
  name: `authority key identifier: ${name}`,
  at: 'any',
  apply: ({ certificates }, level) => {
    const [above, certificate] = [certificates[Math.max(level - 1, 0)], certificates[level]];
    if (!above || !certificate) return;
    above.extensions.set('subjectKeyId', extensions.subjectKeyId('above'));
    const top = certificates[Math.max(level - 2, 0)] ?? above;
    certificate.extensions.set('authorityKeyId', extensions.authorityKeyId(idOf(above, top)));
  },
});
const keyIds: readonly Mutation[] = [
  identified('key', () => ({ keyId: 'above' })),
  identified('another key', () => ({ keyId: 'other' })),
  identified('issuer and serial number', (above, top) => ({
    issuer: top.subject,
    serialNumber: above.serialNumber,
  })),
  identified('another serial number', (_, top) => ({ issuer: top.subject, serialNumber: Buffer.of(1) })),
  identified('another issuer', (above) => ({
    issuer: commonName('Nobody'),
    serialNumber: above.serialNumber,
  })),
  identified('only a serial number', (above) => ({ serialNumber: above.serialNumber })),
  identified('key and another serial number', () => ({ keyId: 'above', serialNumber: Buffer.of(1) })),
];

/** The issuer of a certificate as another form of the subject above. */
const renamed = (
  name: string,
  subjectOf: (unique: string) => Buffer,
  issuerOf: (unique: string) => Buffer,
): Mutation => ({
  name: `name: ${name}`,
  at: 'device',
  apply: ({ certificates }, level) => {
    const [above, certificate] = [certificates[level - 1], certificates[level]];
    if (!above || !certificate) return;
    const unique = above.serialNumber.toString('hex');
    above.subject = subjectOf(unique);
    certificate.issuer = issuerOf(unique);
  },
});
const bmp = (value: string): Buffer => tlv(0x1e, Buffer.from(value, 'utf16le').swap16());
const names: readonly Mutation[] = [
  renamed(
    'another case',
    (id) => commonName(`Ca ${id}`),
    (id) => commonName(`cA ${id}`),
  ),
  renamed(
    'spaces',
    (id) => commonName(`ca  ${id}`),
    (id) => commonName(` ca ${id} `),
  ),
  renamed(
    'PrintableString and UTF8String',
    (id) => nameDer(['CN', text(0x13, `ca ${id}`)]),
    (id) => commonName(`ca ${id}`),
  ),
  renamed(
    'BMPString and UTF8String',
    (id) => nameDer(['CN', bmp(`ca ${id}`)]),
    (id) => commonName(`ca ${id}`),
  ),
  renamed(
    'TeletexString and UTF8String',
    (id) => nameDer(['CN', tlv(0x14, Buffer.from(`cä ${id}`, 'latin1'))]),
    (id) => commonName(`cä ${id}`),
  ),
  renamed(
    'IA5String and UTF8String',
    (id) => nameDer(['CN', ia5(`ca ${id}`)]),
    (id) => commonName(`ca ${id}`),
  ),
  renamed(
    'letters beyond ASCII in another case',
    (id) => commonName(`CÄ ${id}`),
    (id) => commonName(`cä ${id}`),
  ),
  renamed(
    'another attribute',
    (id) => nameDer(['O', `ca ${id}`]),
    (id) => commonName(`ca ${id}`),
  ),
  renamed(
    'attributes in another order',
    (id) => nameDer(['O', 'x'], ['CN', id]),
    (id) => nameDer(['CN', id], ['O', 'x']),
  ),
  renamed(
    'one more attribute',
    (id) => nameDer(['CN', id]),
    (id) => nameDer(['CN', id], ['O', 'x']),
  ),
  renamed(
    'several attributes in one relative name',
    (id) => sequence(set(attribute('CN', id), attribute('O', 'x'))),
    (id) => sequence(set(attribute('CN', id.toUpperCase()), attribute('O', 'X'))),
  ),
  renamed(
    'another name',
    (id) => commonName(`ca ${id}`),
    (id) => commonName(`other ${id}`),
  ),
  own('subject: two common names', 'device', (certificate) => {
    certificate.subject = nameDer(['CN', 'device'], ['CN', 'other']);
  }),
  own('subject: another common name', 'device', (certificate) => {
    certificate.subject = commonName('other');
  }),
  own('subject: empty', 'device', (certificate) => {
    certificate.subject = sequence();
  }),
  own('subject: several attributes', 'device', (certificate) => {
    certificate.subject = sequence(set(attribute('CN', 'device'), attribute('O', 'Contoso')));
  }),
];

/** Names of the device certificate with constraints on a certificate above it. */
const constrained = (
  name: string,
  constraint: Buffer,
  change: (device: Draft) => void,
  at: Mutation['at'] = 'authority',
): Mutation => ({
  name: `name constraints: ${name}`,
  at,
  apply: ({ certificates }, level) => {
    certificates[level]?.extensions.set('nameConstraints', constraint);
    const device = certificates.at(-1);
    if (device) change(device);
  },
});
const withNames =
  (...list: readonly Buffer[]) =>
  (device: Draft): void => {
    device.extensions.set('alternativeNames', alternativeNames(...list));
  };
const withSubject =
  (...attributes: (readonly [AttributeType, Uint8Array | string])[]) =>
  (device: Draft): void => {
    device.subject = nameDer(...attributes);
  };
const unchanged = (): void => undefined;
const { dns, email, uri, address, directory } = generalName;
const subtree = (base: Buffer, ...rest: readonly Buffer[]): Buffer =>
  extensionOf('2.5.29.30', sequence(explicit(0, sequence(base, ...rest))), true);

const constraintsOnNames: readonly Mutation[] = [
  ...(
    [
      ['dns, same', dns('a.test'), dns('a.test')],
      ['dns, below', dns('a.test'), dns('b.a.test')],
      ['dns, other case', dns('A.TEST'), dns('b.a.test')],
      ['dns, similar', dns('a.test'), dns('ba.test')],
      ['dns, other', dns('a.test'), dns('b.test')],
      ['dns, leading dot, same', dns('.a.test'), dns('a.test')],
      ['dns, leading dot, below', dns('.a.test'), dns('b.a.test')],
      ['dns, everything', dns(''), dns('b.test')],
      ['email address, same', email('x@a.test'), email('x@a.test')],
      ['email address, other local part', email('x@a.test'), email('y@a.test')],
      ['email address, local part in other case', email('x@a.test'), email('X@a.test')],
      ['email address, host in other case', email('x@a.test'), email('x@A.test')],
      ['email host, same', email('a.test'), email('x@a.test')],
      ['email host, below', email('a.test'), email('x@b.a.test')],
      ['email domain, below', email('.a.test'), email('x@b.a.test')],
      ['email domain, same', email('.a.test'), email('x@a.test')],
      ['email, other', email('a.test'), email('x@b.test')],
      ['uri, same', uri('a.test'), uri('https://a.test/path')],
      ['uri, port', uri('a.test'), uri('https://a.test:8443/path')],
      ['uri, other', uri('a.test'), uri('https://b.test/')],
      ['uri, below', uri('a.test'), uri('https://b.a.test/')],
      ['uri domain, below', uri('.a.test'), uri('https://b.a.test/')],
      ['uri domain, same', uri('.a.test'), uri('https://a.test/')],
      ['uri, no authority', uri('a.test'), uri('urn:x')],
      ['address, within', address(10, 0, 0, 0, 255, 0, 0, 0), address(10, 1, 2, 3)],
      ['address, outside', address(10, 0, 0, 0, 255, 0, 0, 0), address(11, 1, 2, 3)],
      [
        'address, other family',
        address(10, 0, 0, 0, 255, 0, 0, 0),
        address(...Array.from({ length: 16 }, () => 1)),
      ],
      [
        'address, IPv6',
        address(...Array.from({ length: 32 }, (_, i) => (i < 16 ? 1 : i < 20 ? 255 : 0))),
        address(...Array.from({ length: 16 }, () => 1)),
      ],
      ['address, malformed', address(10, 0, 0, 0, 255, 0, 0, 0), address(10, 1)],
      ['address, malformed base', address(10, 0, 0), address(10, 1, 2, 3)],
      ['directory, same', directory(nameDer(['O', 'Contoso'])), directory(nameDer(['O', 'CONTOSO']))],
      ['directory, other', directory(nameDer(['O', 'Contoso'])), directory(nameDer(['O', 'Other']))],
      ['other kind', dns('a.test'), email('x@b.test')],
      ['registered id', generalName.registeredId(), generalName.registeredId()],
      ['other name', generalName.other('a'), generalName.other('a')],
      ['other name and a DNS name', generalName.other('a'), dns('a.test')],
    ] as const
  ).flatMap(([name, base, value]) => [
    constrained(`permitted ${name}`, nameConstraints({ permitted: [base] }), withNames(value)),
    constrained(`excluded ${name}`, nameConstraints({ excluded: [base] }), withNames(value)),
  ]),
  constrained(
    'permitted subject',
    nameConstraints({ permitted: [directory(commonName('DEVICE'))] }),
    unchanged,
  ),
  constrained(
    'not permitted subject',
    nameConstraints({ permitted: [directory(commonName('x'))] }),
    unchanged,
  ),
  constrained(
    'excluded subject',
    nameConstraints({ excluded: [directory(commonName('device'))] }),
    unchanged,
  ),
  constrained(
    'excluded organization',
    nameConstraints({ excluded: [directory(nameDer(['O', 'x']))] }),
    withSubject(['O', 'x'], ['CN', 'device']),
  ),
  constrained(
    'permitted organization',
    nameConstraints({ permitted: [directory(nameDer(['O', 'x']))] }),
    withSubject(['O', 'X'], ['CN', 'device']),
  ),
  constrained('every subject', nameConstraints({ permitted: [directory(sequence())] }), unchanged),
  constrained(
    'email in the subject',
    nameConstraints({ permitted: [email('a.test')] }),
    withSubject(['CN', 'device'], ['E', ia5('x@a.test')]),
  ),
  constrained(
    'other email in the subject',
    nameConstraints({ permitted: [email('a.test')] }),
    withSubject(['CN', 'device'], ['E', ia5('x@b.test')]),
  ),
  constrained(
    'not critical',
    nameConstraints({ excluded: [directory(commonName('device'))] }, false),
    unchanged,
  ),
  constrained('empty', nameConstraints({}), unchanged),
  constrained('minimum 0', subtree(dns('a.test'), implicit(0, Buffer.of(0))), withNames(dns('a.test'))),
  constrained('minimum 1', subtree(dns('a.test'), implicit(0, Buffer.of(1))), withNames(dns('a.test'))),
  constrained('maximum', subtree(dns('a.test'), implicit(1, Buffer.of(5))), withNames(dns('a.test'))),
  constrained(
    'maximum for names of another kind',
    subtree(dns('a.test'), implicit(1, Buffer.of(5))),
    withNames(email('x@a.test')),
  ),
  constrained(
    'several',
    nameConstraints({ permitted: [dns('a.test'), dns('b.test')], excluded: [dns('x.a.test')] }),
    withNames(dns('y.a.test'), dns('b.test')),
  ),
  constrained(
    'excluded within permitted',
    nameConstraints({ permitted: [dns('a.test')], excluded: [dns('x.a.test')] }),
    withNames(dns('x.a.test')),
  ),
  constrained(
    'on the device certificate',
    nameConstraints({ excluded: [directory(commonName('device'))] }),
    unchanged,
    'device',
  ),
  {
    name: 'name constraints: a device ID that looks like a host',
    at: 'authority',
    apply: (chain, level) => {
      const device = chain.certificates.at(-1);
      chain.deviceId = 'device.b.test';
      if (device) device.subject = commonName(chain.deviceId);
      chain.certificates[level]?.extensions.set(
        'nameConstraints',
        nameConstraints({ permitted: [dns('a.test')] }),
      );
    },
  },
];

/** The root certifies its next key; such certificates do not count for the path length. Key identifiers tell OpenSSL which is which. */
function selfIssued(name: string, constraint: Buffer): Mutation {
  return {
    name,
    at: 'chain',
    apply: ({ certificates }) => {
      const [root, below] = certificates;
      if (!root || !below) return;
      const list = new Map(root.extensions);
      root.extensions.set('basicConstraints', constraint);
      root.extensions.set('subjectKeyId', extensions.subjectKeyId('first'));
      list.set('subjectKeyId', extensions.subjectKeyId('second'));
      list.set('authorityKeyId', extensions.authorityKeyId({ keyId: 'first' }));
      below.extensions.set('authorityKeyId', extensions.authorityKeyId({ keyId: 'second' }));
      certificates.splice(1, 0, {
        ...root,
        key: keyOf('ec', 7),
        serialNumber: Buffer.concat([root.serialNumber, Buffer.of(7)]),
        extensions: list,
      });
    },
  };
}

const chains: readonly Mutation[] = [
  {
    name: 'chain: reversed',
    at: 'chain',
    apply: (chain) => {
      chain.arrange = (between) => [...between].reverse();
    },
  },
  {
    name: 'chain: each certificate twice',
    at: 'chain',
    apply: (chain) => {
      chain.arrange = (between) => between.flatMap((one) => [one, one]);
    },
  },
  {
    name: 'chain: the anchor appended',
    at: 'chain',
    apply: (chain) => {
      chain.arrange = (between, anchor) => [...between, anchor];
    },
  },
  {
    name: 'chain: one missing',
    at: 'chain',
    apply: (chain, _, random) => {
      chain.arrange = (between) => between.filter((__, at) => at !== random.below(between.length));
    },
  },
  {
    name: 'chain: the others missing',
    at: 'chain',
    apply: (chain) => {
      chain.arrange = () => [];
    },
  },
  {
    name: 'chain: an unrelated certificate first',
    at: 'chain',
    apply: (chain) => {
      const { certificates } = chain;
      chain.arrange = (between) => {
        const [root] = certificates;
        if (!root) return between;
        const name = commonName('Unrelated');
        return [
          derCertificate({ ...root, subject: name, issuer: name, signer: root.key, extensions: [] }),
          ...between,
        ];
      };
    },
  },
  {
    name: 'chain: an intermediate is on the hub',
    at: 'chain',
    apply: (chain) => {
      chain.anchor = Math.min(1, chain.certificates.length - 2);
    },
  },
  {
    name: 'chain: nothing is on the hub',
    at: 'chain',
    apply: (chain) => {
      chain.anchor = -1;
      chain.arrange = (between, anchor) => [...between, anchor];
    },
  },
  selfIssued('chain: a self-issued intermediate', basicConstraints(true)),
  selfIssued('chain: a self-issued intermediate below a path length of 0', basicConstraints(true, 0)),
];

export const mutations: readonly Mutation[] = [
  ...times,
  ...basic,
  ...usages,
  ...purposesOf,
  ...algorithms,
  ...versions,
  ...extras,
  ...duplicates,
  ...malformedOnes,
  ...keyIds,
  ...names,
  ...constraintsOnNames,
  ...chains,
];

/** The levels at which a mutation can be applied to a chain of so many certificates. */
export function levelsOf({ at }: Mutation, certificates: number): readonly number[] {
  const device = certificates - 1;
  if (at === 'chain') return [0];
  if (at === 'device') return [device];
  return Array.from({ length: at === 'authority' ? device : certificates }, (_, level) => level);
}
