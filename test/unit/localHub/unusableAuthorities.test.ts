import { createPublicKey } from 'node:crypto';
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator } from '../../../src/localHub/auth/authenticator';
import { unrestrictedAccess } from '../../../src/localHub/state/access';
import { authorityOf, CaCertificates, type CaCertificate } from '../../../src/localHub/state/caCertificates';
import { openDatabase, type HubDatabase } from '../../../src/localHub/state/database';
import { explicit, implicit, integer, octets, oid, sequence, tlv, utf8 } from '../../support/der';
import {
  extensionOf,
  extensions,
  generalName,
  keyOf,
  nameDer,
  purposes,
  toPem,
  utcTime,
} from '../../support/derCertificate';
import { makeLeaf, makeRoot, testTime, type Issued } from '../../support/derChain';
import { makeFolder } from './support/openHubData';

const { basicConstraints, keyUsage, extendedKeyUsage, alternativeNames, subjectKeyId } = extensions;
const ca = basicConstraints(true);
const odd = (...list: readonly Buffer[]): Issued => makeRoot({ extensions: list }, 'Odd');
const raw = (bytes: Buffer): Issued => ({ ...makeRoot({}, 'Odd'), der: bytes });

/** Certificates that no device could use, with the reason. */
const unusable: readonly (readonly [string, Issued, RegExp])[] = [
  [
    'an authority information access that is not DER',
    odd(ca, extensionOf('1.3.6.1.5.5.7.1.1', Buffer.from('x'))),
    /extension 'authority information access' of 'CN=Odd' cannot be parsed/,
  ],
  [
    'an authority information access without a location',
    odd(ca, extensionOf('1.3.6.1.5.5.7.1.1', sequence(sequence(oid('1.3.6.1.5.5.7.48.2'))))),
    /authority information access/,
  ],
  [
    'an unknown form of alternative name',
    odd(ca, alternativeNames(implicit(9, Buffer.from('x')))),
    /extension 'subject alternative name' of 'CN=Odd' cannot be parsed/,
  ],
  [
    'CRL distribution points that are cut off',
    odd(ca, extensionOf('2.5.29.31', Buffer.from('3010a00e', 'hex'))),
    /CRL distribution points/,
  ],
  [
    'certificate policies that are text',
    odd(ca, extensionOf('2.5.29.32', Buffer.from('policy'))),
    /certificate policies/,
  ],
  ['an empty key usage', odd(ca, extensionOf('2.5.29.15', Buffer.from('030107', 'hex'))), /key usage/],
  [
    'a negative path length',
    odd(extensionOf('2.5.29.19', sequence(tlv(0x01, Buffer.of(0xff)), integer(Buffer.of(0x80))))),
    /basic constraints/,
  ],
  [
    'two subject key identifiers',
    odd(ca, subjectKeyId('a'), subjectKeyId('b')),
    /'subject key identifier' more than once/,
  ],
  [
    'more than 32 KiB',
    odd(ca, extensionOf('1.2.3.4', octets(Buffer.alloc(33_000)))),
    /a certificate of 33\d\d\d bytes exceeds the limit of 32768/,
  ],
  [
    'an unknown critical extension',
    odd(ca, extensionOf('1.2.3.4', octets(), true)),
    /unknown critical extension 1\.2\.3\.4/,
  ],
  [
    'a critical authority information access',
    odd(ca, extensionOf('1.3.6.1.5.5.7.1.1', sequence(), true)),
    /unknown critical extension/,
  ],
  [
    'a key usage without the right to sign certificates',
    odd(ca, keyUsage('cRLSign')),
    /does not allow certificate signing/,
  ],
  [
    'an extended key usage for servers only',
    odd(ca, extendedKeyUsage([purposes.serverAuth])),
    /does not include clientAuth/,
  ],
  ['CA:FALSE', odd(basicConstraints(false)), /not a certificate authority \(CA:FALSE\)/],
  ['no basic constraints', odd(keyUsage('keyCertSign')), /not a certificate authority/],
  ['version 1', makeRoot({ version: Buffer.alloc(0), extensions: [] }, 'Odd'), /not a certificate authority/],
  ['an unknown version', makeRoot({ version: explicit(0, integer(7)) }, 'Odd'), /unknown X\.509 version 8/],
  [
    'an RSA key of 1,024 bits',
    makeRoot({ key: keyOf('rsa1024') }, 'Odd'),
    /RSA key of 'CN=Odd' has only 1024 bits/,
  ],
  ['an RSA key with a large exponent', withRsaKey(256, 9), /\(RSA with a large exponent\) is not RSA/],
  ['an RSA key of 20,480 bits', withRsaKey(2560, 3), /\(RSA 20480\) is not RSA/],
  [
    'an invalid date',
    makeRoot({ notAfter: utcTime('401301000000Z') }, 'Odd'),
    /validity period that cannot be read/,
  ],
  [
    'a date in another form',
    makeRoot({ notBefore: utcTime('200101000000+0000') }, 'Odd'),
    /validity period that cannot be read/,
  ],
  ['a key on P-224', makeRoot({ key: keyOf('ec224') }, 'Odd'), /\(EC secp224r1\) is not RSA/],
  ['a key on secp256k1', makeRoot({ key: keyOf('ecKoblitz') }, 'Odd'), /\(EC secp256k1\) is not RSA/],
  [
    'a key with explicit curve parameters',
    makeRoot({ key: keyOf('ecExplicit') }, 'Odd'),
    /explicit parameters/,
  ],
  ['an Ed25519 key', makeRoot({ key: keyOf('ed25519') }, 'Odd'), /\(ed25519\) is not RSA/],
  [
    'nothing that is a certificate',
    raw(Buffer.from('nothing')),
    /cannot be parsed|not an X\.509 certificate/,
  ],
];

/** Certificates that are unusual, but that a hub can use. */
const usable: readonly (readonly [string, Issued])[] = [
  ['a SHA-1 signature of its own', makeRoot({ hash: 'sha1' }, 'Odd')],
  ['a signature that is not its own', makeRoot({ isForged: true }, 'Odd')],
  ['a signature of an unknown issuer', makeRoot({ signer: keyOf('ec', 9) }, 'Odd')],
  [
    'two different signature algorithms',
    makeRoot({ signedAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) }, 'Odd'),
  ],
  ['an empty authority information access', odd(ca, extensionOf('1.3.6.1.5.5.7.1.1', sequence()))],
  ['an unknown extension with any bytes', odd(ca, extensionOf('1.2.3.4.5', Buffer.from('?')))],
  [
    'alternative names of all forms',
    odd(
      ca,
      alternativeNames(
        generalName.x400(),
        generalName.ediParty('p'),
        generalName.other('o'),
        generalName.registeredId(),
        generalName.directory(nameDer(['CN', 'Other'])),
        generalName.uri('urn:x'),
        generalName.email('a@b'),
        generalName.address(1, 2, 3),
      ),
    ),
  ],
  ['an empty subject', makeRoot({ subject: sequence() })],
  [
    'unique identifiers',
    makeRoot({ uniqueIds: [implicit(1, Buffer.of(0, 1)), implicit(2, Buffer.of(0, 2))] }, 'Odd'),
  ],
  ['a negative serial number', makeRoot({ serialNumber: Buffer.of(0x80) }, 'Odd')],
  ['a serial number of 30 bytes', makeRoot({ serialNumber: Buffer.alloc(30, 1) }, 'Odd')],
  ['a key of 2,048 bits', makeRoot({ key: keyOf('rsa2048') }, 'Odd')],
  ['a key on P-521', makeRoot({ key: keyOf('ec521') }, 'Odd')],
  ['basic constraints that are not critical', odd(basicConstraints(true, undefined, false))],
  ['any extended key usage', odd(ca, extendedKeyUsage([purposes.any]))],
  ['a name of several attributes', makeRoot({ subject: nameDer(['O', utf8('Contoso')], ['CN', 'Odd']) })],
];

/** A public key of any size, whose private key is not known. */
function withRsaKey(bytes: number, exponentBytes: number): Issued {
  const ones = (length: number): string => Buffer.alloc(length, 0xff).toString('base64url');
  const key = createPublicKey({ key: { kty: 'RSA', n: ones(bytes), e: ones(exponentBytes) }, format: 'jwk' });
  return makeRoot({ key, signer: keyOf() }, 'Odd');
}

const good = makeRoot();
let folder: string;
let sql: HubDatabase;

beforeEach(async () => {
  folder = makeFolder();
  sql = await openDatabase(folder);
});
afterEach(() => {
  sql.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Stores a certificate as a hub did that did not check it. */
function store(name: string, { der }: Issued, isVerified = true): void {
  const certificate: CaCertificate = {
    name,
    uploaded: der.toString('base64'),
    der: der.toString('base64'),
    subject: 'CN=Odd',
    expiresAtMs: testTime + 1e9,
    thumbprint: '00',
    isVerified,
    etag: 'e',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  sql.prepare('INSERT INTO certificate (id, json) VALUES (?, ?)').run(name, JSON.stringify(certificate));
}

function connect(certificates: CaCertificates, ...presented: Issued[]): string {
  const authenticator = new Authenticator({
    registry: {
      get: (deviceId) => ({
        deviceId,
        generationId: '1',
        etag: 'e',
        status: 'enabled',
        authentication: {
          type: 'certificateAuthority',
          symmetricKey: { primaryKey: null, secondaryKey: null },
          x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
        },
        capabilities: { iotEdge: false },
        connectionState: 'Disconnected',
        statusReason: null,
        connectionStateUpdatedTime: '',
        statusUpdatedTime: '',
        lastActivityTime: '',
        cloudToDeviceMessageCount: 0,
      }),
    },
    policies: { find: () => undefined },
    certificates,
    access: { rules: unrestrictedAccess },
    hostAliases: new Set(['localhost']),
    tokenToleranceMs: 0,
    now: () => testTime,
  });
  try {
    const { certificate } = authenticator.authenticateByCertificate('device', {
      presented: presented.map(({ der }) => der),
    });
    return certificate?.type === 'certificateAuthority' ? certificate.anchor : '';
  } catch (error) {
    return String(error);
  }
}

const open = (log: string[] = []): CaCertificates =>
  new CaCertificates(
    sql,
    () => testTime,
    (level, text) => log.push(`${level} ${text}`),
  );

describe('A CA certificate that no device could use', () => {
  it.each(unusable)('is refused at upload with the reason: %s', (_, { der }, reason) => {
    const certificates = open();
    let refusal: unknown;
    try {
      certificates.put('odd', der.toString('base64'), true);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ name: 'CertificateError', code: 'invalid' });
    expect(String(refusal)).toMatch(reason);
    expect(certificates.list()).toEqual([]);
  });

  it.each(unusable)('does not affect devices of other CAs if it is on the hub: %s', (_, issued, reason) => {
    store('a-odd', issued);
    store('b-odd-unverified', issued, false);
    store('good', good);
    const log: string[] = [];
    const certificates = open(log);
    expect(connect(certificates, makeLeaf(good))).toBe('good');
    expect(connect(certificates, makeLeaf(good))).toBe('good');
    expect(log.map((line) => line.replace(/:.*/, ''))).toEqual([
      "warn The CA certificate 'a-odd' is not used",
      "warn The CA certificate 'b-odd-unverified' is not used",
    ]);
    for (const line of log) expect(line).toMatch(reason);
  });

  it('is named as the reason for the devices that it issued', () => {
    const weak = makeRoot({ key: keyOf('rsa1024') }, 'Weak');
    store('weak', weak);
    expect(connect(open(), makeLeaf(weak))).toMatch(/the RSA key of 'CN=Weak' has only 1024 bits/);
  });
});

describe('A CA certificate that is only unusual', () => {
  it.each(usable)('is accepted and authenticates devices: %s', (_, issued) => {
    const certificates = open();
    certificates.put('pem', toPem(issued.der), true);
    expect(authorityOf(certificates.list()[0] as CaCertificate)).not.toHaveProperty('fault');
    expect(connect(certificates, makeLeaf(issued))).toBe('pem');
  });

  it('is refused outside its validity period', () => {
    expect(() =>
      open().put('late', toPem(makeRoot({ notAfter: utcTime('300101000000Z') }).der), true),
    ).toThrow('expired on');
  });
});
