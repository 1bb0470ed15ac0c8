import { describe, expect, it } from 'vitest';
import {
  authorityProblem,
  findBlocking,
  preflight,
  type PreflightRequest,
} from '../../../src/core/certificate/preflight/index';
import { parseCertificate, readCertificateInfo } from '../../../src/core/certificate/certificate';
import { ensureUploaded } from '../../../src/core/certificate/possessionProof';
import { type HubCertificates } from '../../../src/core/certificate/hubCertificates';
import { type DeviceCredentials } from '../../../src/core/device/device';
import { authorityOf } from '../../../src/localHub/state/caCertificates';
import { findPath, readAuthority } from '../../../src/certificatePath/index';
import { aDevice, aHubCertificate } from '../../support/certificates';
import { implicit, octets, sequence, set } from '../../support/der';
import {
  attribute,
  commonName,
  extensionOf,
  extensions,
  generalName,
  keyOf,
  nameDer,
  purposes,
  timeOf,
  toPem,
} from '../../support/derCertificate';
import { day, makeIntermediate, makeLeaf, makeRoot, testTime, type Issued } from '../../support/derChain';
import { generateChains } from '../certificatePath/support/generate';

const { basicConstraints, extendedKeyUsage, keyUsage, nameConstraints } = extensions;
const ca = basicConstraints(true);
const deviceOf = (credentials: DeviceCredentials) => aDevice(credentials, { deviceId: 'device' });
const root = makeRoot();
const middle = makeIntermediate(root);
const onHub = ({ der }: Issued, isVerified = true) =>
  aHubCertificate({ name: 'ca', pem: toPem(der), isVerified });

const check = (presented: readonly Issued[], authority = root, more: Partial<PreflightRequest> = {}) =>
  preflight({
    device: deviceOf({ kind: 'certificateAuthority' }),
    certificate: presented.map(({ der }) => toPem(der)).join(''),
    hubCertificates: [onHub(authority)],
    now: testTime,
    ...more,
  });

/** Chains with the first finding, and a part of its sentence. */
const chains: readonly (readonly [
  string,
  readonly Issued[],
  code: string | undefined,
  text: string,
  Issued?,
])[] = [
  ['a chain with an intermediate', [makeLeaf(middle), middle], undefined, ''],
  [
    'a subject of several attributes in one relative name',
    [makeLeaf(root, { subject: sequence(set(attribute('CN', 'device'), attribute('O', 'Contoso'))) })],
    undefined,
    '',
  ],
  ['a certificate that is in the file twice', [makeLeaf(middle), middle, middle], undefined, ''],
  ['a root with a SHA-1 signature', [makeLeaf(root)], undefined, '', makeRoot({ hash: 'sha1' })],
  ...expiredChain(),
  [
    'two common names',
    [makeLeaf(root, { subject: nameDer(['CN', 'device'], ['CN', 'other']) })],
    'wrongCommonName',
    'has more than one common name',
  ],
  [
    'an intermediate for servers',
    below({ extensions: [ca, extendedKeyUsage([purposes.serverAuth])] }),
    'chainRefused',
    'The extended key usage of "CN=Middle" does not include clientAuth',
  ],
  [
    'an intermediate without basic constraints',
    below({ extensions: [] }),
    'chainRefused',
    'do not include CA:TRUE',
  ],
  [
    'an intermediate without the right to sign',
    below({ extensions: [ca, keyUsage('cRLSign')] }),
    'chainRefused',
    'The key usage of "CN=Middle" does not allow certificate signing.',
  ],
  ['a SHA-1 intermediate', below({ hash: 'sha1' }), 'chainRefused', '"CN=Middle" is signed with SHA-1.'],
  ['a small intermediate', below({ key: keyOf('rsa1024') }), 'chainRefused', 'has only 1,024 bits'],
  [
    'a forged intermediate',
    below({ isForged: true }),
    'chainRefused',
    'is not signed with the key of "CN=Root"',
  ],
  ['a SHA-1 certificate', [makeLeaf(root, { hash: 'sha1' })], 'certificateRefused', 'is signed with SHA-1'],
  [
    'a key usage for encipherment',
    [makeLeaf(root, { extensions: [keyUsage('keyEncipherment')] })],
    'certificateRefused',
    'does not allow digital signatures',
  ],
  [
    'an unknown critical extension',
    [makeLeaf(root, { extensions: [extensionOf('1.2.3.4', octets(), true)] })],
    'certificateRefused',
    'critical extensions that are not supported: 1.2.3.4.',
  ],
  [
    'a chain that is too long',
    [makeLeaf(middle), middle],
    'chainRefused',
    'the path length constraint is 0, the number of intermediate certificates is 1',
    makeRoot({ extensions: [basicConstraints(true, 0)] }),
  ],
  [
    'a name that its issuer must not issue',
    below({ extensions: [ca, nameConstraints({ excluded: [generalName.directory(commonName('device'))] })] }),
    'chainRefused',
    'The name constraints of "CN=Middle" do not allow the name "CN=device"',
  ],
  [
    'an authority on the hub that cannot be used',
    [makeLeaf(root)],
    'chainRefused',
    'The extension "subject alternative name" of "CN=Root" is malformed.',
    makeRoot({ extensions: [ca, extensions.alternativeNames(implicit(9))] }),
  ],
  [
    'an unknown issuer',
    [makeLeaf(middle)],
    'chainIncomplete',
    'The chain ends at "CN=device". Its issuer "CN=Middle"',
  ],
];

function below(change: Parameters<typeof makeIntermediate>[1]): readonly Issued[] {
  const changed = makeIntermediate(root, change);
  return [makeLeaf(changed), changed];
}

function expiredChain(): typeof chains {
  const expired = { notAfter: timeOf(testTime - day) };
  const old = makeRoot(expired);
  return [
    ['an expired intermediate', below(expired), 'chainRefused', '"CN=Middle" expired on'],
    ['an expired certificate', [makeLeaf(root, expired)], 'expired', 'The certificate expired on'],
    ['an expired authority', [makeLeaf(old)], 'authorityExpired', '"CN=Root" on the hub has expired', old],
    [
      'an intermediate of the future',
      below({ notBefore: timeOf(testTime + day) }),
      'chainRefused',
      'is not valid before',
    ],
  ];
}

describe('The preflight check of a chain', () => {
  it.each(chains.map((row) => [row[0], row] as const))('agrees with the local hub: %s', (_, row) => {
    const [, presented, code, text, authority = root] = row;
    const [first, ...others] = check(presented, authority);
    expect(first?.code).toBe(code);
    expect(first?.sentence ?? '').toContain(text);
    expect(others).toEqual([]);
    const stored = { name: 'ca', der: authority.der.toString('base64'), isVerified: true };
    const { anchor } = findPath({
      deviceId: 'device',
      presented: presented.map(({ der }) => der),
      authorities: [authorityOf(stored as Parameters<typeof authorityOf>[0])],
      now: testTime,
    });
    expect(anchor?.name).toBe(code === undefined ? 'ca' : undefined);
  });

  it('agrees with the local hub on generated chains', () => {
    const chains = generateChains(0, 'preflight').filter((_, at) => at % 10 === 0);
    const verdicts = chains.map(({ deviceId, leaf, presented, anchor, mutations }) => {
      const { leafFaults, anchor: found } = findPath({
        deviceId,
        presented: [leaf, ...presented],
        authorities: anchor ? [readAuthority('ca', anchor, true)] : [],
        now: testTime,
      });
      const findings = preflight({
        device: { ...deviceOf({ kind: 'certificateAuthority' }), deviceId },
        certificate: [leaf, ...presented].map(toPem).join(''),
        hubCertificates: anchor
          ? [aHubCertificate({ name: 'ca', pem: toPem(anchor), isVerified: true })]
          : [],
        now: testTime,
      });
      return {
        mutations,
        isAcceptedByHub: found !== undefined && leafFaults.length === 0,
        isAcceptedHere: findBlocking(findings) === undefined,
      };
    });
    expect(verdicts.filter((one) => one.isAcceptedByHub !== one.isAcceptedHere)).toEqual([]);
    expect(verdicts.filter((one) => one.isAcceptedByHub).length).toBeGreaterThan(50);
    expect(verdicts.filter((one) => !one.isAcceptedByHub).length).toBeGreaterThan(50);
  });

  it('reports faults of the certificate and of the chain together', () => {
    const bad = makeLeaf(middle, { subject: commonName('other'), hash: 'sha1' });
    expect(check([bad]).map(({ code }) => code)).toEqual([
      'wrongCommonName',
      'certificateRefused',
      'chainIncomplete',
    ]);
  });

  it('names the authority that is not verified', () => {
    const [finding] = check([makeLeaf(root)], root, { hubCertificates: [onHub(root, false)] });
    expect(finding).toMatchObject({ code: 'chainNotVerified', hubCertificate: { name: 'ca' } });
  });

  it('checks only period and thumbprint of a certificate that the hub knows by its thumbprint', () => {
    const own = makeLeaf(makeRoot(), {
      subject: commonName('anything'),
      hash: 'sha1',
      extensions: [extendedKeyUsage([purposes.serverAuth])],
    });
    const { sha256 } = readCertificateInfo(parseCertificate(own.der));
    const device = deviceOf({ kind: 'selfSigned', primaryThumbprint: sha256, secondaryThumbprint: '' });
    expect(check([own], root, { device })).toEqual([]);
    expect(check([own], root, { device, now: testTime + 400 * day }).map(({ code }) => code)).toEqual([
      'expired',
    ]);
  });
});

describe('The common name of a certificate', () => {
  it.each([
    [sequence(set(attribute('O', 'Contoso'), attribute('CN', 'device'))), 'device'],
    [sequence(set(attribute('CN', 'a + O=b'), attribute('O', 'c'))), 'a + O=b'],
    [commonName('a\nb\\'), 'a\nb\\'],
    [nameDer(['O', 'CN=device']), ''],
  ])('is found wherever it is in the subject, case %$', (subject, wanted) => {
    const { der } = makeLeaf(root, { subject });
    expect(readCertificateInfo(parseCertificate(der)).commonName).toBe(wanted);
  });
});

describe('Uploading a certificate authority', () => {
  it.each([
    [
      makeRoot({ key: keyOf('rsa1024') }),
      'The RSA key of "CN=Root" has only 1,024 bits. Use a key with at least 2,048 bits.',
    ],
    [makeRoot({ key: keyOf('ecKoblitz') }), 'The key of "CN=Root" (EC secp256k1) is not supported.'],
    [makeRoot({ extensions: [] }), '"CN=Root" is not a certificate authority'],
  ])('is refused before the upload if devices could not use it, case %$', async ({ der }, sentence) => {
    const certificates = { list: async () => [] } as unknown as HubCertificates;
    await expect(ensureUploaded(certificates, { name: 'ca', pem: toPem(der) })).rejects.toMatchObject({
      code: 'invalidInput',
      message: expect.stringContaining(sentence) as unknown,
    });
  });

  it('accepts a root whose own signature is weak', () => {
    expect(authorityProblem(toPem(makeRoot({ hash: 'sha1' }).der))).toBeUndefined();
  });
});
