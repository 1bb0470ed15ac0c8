import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readCertificateInfo } from '../../../src/core/certificate/certificate';
import { type KeyType, keyTypes } from '../../../src/core/certificate/keyType';
import type * as Keys from '../../../src/core/x509/keys';
import { nextTestKey } from '../../support/keys';
import { day, engine, issuerOf, OpenSsl } from './support/openssl';

// Prepared keys save time; keys.test.ts generates keys of every type.
vi.mock('../../../src/core/x509/keys', async (original) => {
  const actual = await original<typeof Keys>();
  const newPrivateKey = (type: KeyType) => nextTestKey(type) ?? actual.newPrivateKey(type);
  return { ...actual, newPrivateKey };
});

const now = Date.now();
const openssl = new OpenSsl();
afterAll(() => openssl.dispose());

const rootOf = (keyType: KeyType, days = 3650) =>
  engine.createAuthority({ subject: { commonName: 'Root' }, keyType, days, now });
const infoOf = (certificate: string) => readCertificateInfo(new X509Certificate(certificate));

/** Result of openssl for a chain of root, intermediate, and device certificate. */
async function verified(rootKey: KeyType, middleKey: KeyType, deviceKey: KeyType): Promise<string> {
  const root = await rootOf(rootKey);
  const middle = await engine.createAuthority({
    subject: { commonName: 'Intermediate' },
    keyType: middleKey,
    days: 900,
    now,
    issuer: issuerOf(root),
  });
  const device = await engine.issueDevice({
    deviceId: 'sensor-1',
    keyType: deviceKey,
    days: 90,
    now,
    issuer: issuerOf(middle),
  });
  expect(new X509Certificate(device.certificate).checkPrivateKey(createPrivateKey(device.key))).toBe(true);
  return openssl.verify(device.certificate, [middle.certificate, root.certificate]);
}

describe('Chain with an intermediate CA', () => {
  it.each(keyTypes)('passes the strict check of openssl for a chain of %s keys', async (keyType) => {
    expect(await verified(keyType, keyType, keyType)).toBe('leaf.pem: OK');
  });

  it.each([
    ['rsa-2048', 'ec-p256', 'rsa-2048'],
    ['ec-p384', 'rsa-2048', 'ec-p256'],
    ['rsa-3072', 'rsa-2048', 'ec-p384'],
  ] as const)(
    'passes the strict check of openssl for a chain of %s, %s, and %s keys',
    async (root, middle, device) => {
      expect(await verified(root, middle, device)).toBe('leaf.pem: OK');
    },
  );

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'does not let an intermediate CA with key type %s issue another CA',
    async (keyType) => {
      const root = await rootOf(keyType);
      const request = { subject: { commonName: 'Below' }, keyType, days: 10, now };
      const middle = await engine.createAuthority({ ...request, issuer: issuerOf(root) });
      expect(openssl.describe(middle.certificate)).toMatch(/CA:TRUE, pathlen:0/);
      await expect(engine.createAuthority({ ...request, issuer: issuerOf(middle) })).rejects.toMatchObject({
        code: 'invalidInput',
        message: expect.stringMatching(
          /"Below" can issue device certificates, but not certificate authorities/,
        ) as string,
      });
    },
  );
});

describe('Certificate authority', () => {
  it.each([
    ['rsa-2048', 'sha256WithRSAEncryption'],
    ['ec-p256', 'ecdsa-with-SHA256'],
    ['ec-p384', 'ecdsa-with-SHA384'],
  ] as const)(
    'creates a certificate authority with key type %s that conforms to RFC 5280',
    async (keyType, signature) => {
      const { certificate } = await rootOf(keyType);
      const text = openssl.describe(certificate);
      expect(text).toMatch(/Version: 3/);
      expect(text).toContain(`Signature Algorithm: ${signature}`);
      expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
      expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
      const keyId = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(text)?.[1];
      expect(keyId).toBe(/Authority Key Identifier:\s+(?:keyid:)?([0-9A-F:]+)/.exec(text)?.[1]);
      expect(openssl.verify(certificate, [])).toBe('leaf.pem: OK');
    },
  );

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'keeps any characters in the subject of a CA with key type %s',
    async (keyType) => {
      const subject = {
        commonName: 'Fäbrik "Süd", #1 + 2',
        organization: 'Müller, Söhne & Co. = gut',
        organizationalUnit: '"',
        locality: '東京',
        state: 'x\\y',
        country: 'DE',
      };
      const { certificate } = await engine.createAuthority({ subject, keyType, days: 1, now });
      const lines = openssl.describe(certificate, '-nameopt', 'utf8,sep_multiline,lname,show_type');
      expect(lines).toContain('commonName=UTF8STRING:Fäbrik "Süd", #1 + 2\n');
      expect(lines).toContain('organizationName=UTF8STRING:Müller, Söhne & Co. = gut\n');
      expect(lines).toContain('organizationalUnitName=UTF8STRING:"\n');
      expect(lines).toContain('localityName=UTF8STRING:東京\n');
      expect(lines).toContain('stateOrProvinceName=UTF8STRING:x\\y\n');
      expect(lines).toContain('countryName=PRINTABLESTRING:DE\n');
      const issued = await engine.issueDevice({
        deviceId: 'd',
        keyType,
        days: 1,
        now,
        issuer: issuerOf(await engine.createAuthority({ subject, keyType, days: 1, now })),
      });
      expect(infoOf(issued.certificate).issuer).toBe(infoOf(certificate).subject);
    },
  );

  it('creates unique positive serial numbers of 20 bytes', async () => {
    const serials = new Set<string>();
    for (let i = 0; i < 40; i++) serials.add(infoOf((await rootOf('ec-p256')).certificate).serialNumber);
    expect(serials.size).toBe(40);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{39}$/);
  });

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'encodes dates from 2050 as GeneralizedTime in a certificate with key type %s',
    async (keyType) => {
      const before = Date.UTC(2049, 11, 31, 12);
      const request = { subject: { commonName: 'Late' }, keyType, now: before };
      const dates = async (days: number) => {
        const { certificate } = await engine.createAuthority({ ...request, days });
        const dump = openssl.run('asn1parse', '-in', openssl.write('dates.pem', certificate));
        return [...dump.matchAll(/(UTCTIME|GENERALIZEDTIME) +:(\S+)/g)].map(
          ([, type, time]) => `${type} ${time}`,
        );
      };
      expect(await dates(1)).toEqual(['UTCTIME 491231115500Z', 'GENERALIZEDTIME 20500101120000Z']);
      request.now -= day;
      expect(await dates(1)).toEqual(['UTCTIME 491230115500Z', 'UTCTIME 491231120000Z']);
    },
  );

  it('requires a common name and a validity of at least one day', async () => {
    const request = { keyType: 'ec-p256', now } as const;
    await expect(
      engine.createAuthority({ ...request, subject: { commonName: '' }, days: 1 }),
    ).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(
      engine.createAuthority({ ...request, subject: { commonName: 'x' }, days: 0 }),
    ).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

describe('Device certificate', () => {
  it.each([
    ['rsa-2048', 'Digital Signature, Key Encipherment'],
    ['ec-p256', 'Digital Signature'],
  ] as const)('sets the key usage of a device certificate with key type %s', async (keyType, usage) => {
    for (const issuer of [undefined, issuerOf(await rootOf('rsa-2048')), issuerOf(await rootOf('ec-p384'))]) {
      const { certificate } = await engine.issueDevice({ deviceId: 'd', keyType, days: 10, now, issuer });
      const text = openssl.describe(certificate);
      expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
      expect(text).toMatch(new RegExp(`Key Usage: critical\\s+${usage}\\n`));
      expect(text).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication\n/);
      expect(text).toMatch(/Subject Key Identifier/);
      expect(text).toMatch(/Authority Key Identifier/);
      const info = infoOf(certificate);
      expect(info.issuer === info.subject).toBe(issuer === undefined);
    }
  });

  const legal = "-:.+%_#*?!(),=@$'";
  it.each(['ec-p256', 'rsa-2048'] as const)(
    'keeps any valid device ID as the common name with key type %s',
    async (keyType) => {
      const ids = [legal, ...[...legal].flatMap((char) => [`${char}a`, `a${char}`]), `a,CN=b`, `#0403616263`];
      for (const deviceId of keyType === 'ec-p256' ? ids : [legal, '#0403616263', 'a,CN=b', '+']) {
        const { certificate } = await engine.issueDevice({ deviceId, keyType, days: 1, now });
        expect(infoOf(certificate).commonName).toBe(deviceId);
        const name = openssl.describe(certificate, '-nameopt', 'sep_multiline,lname,show_type');
        expect(name).toContain(`commonName=UTF8STRING:${deviceId}\n`);
      }
    },
  );

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'accepts a device ID of 128 characters with key type %s',
    async (keyType) => {
      // A device ID can have 128 characters, although ub-common-name is 64. openssl accepts it.
      const root = await rootOf(keyType);
      const deviceId = 'x'.repeat(128);
      const { certificate } = await engine.issueDevice({
        deviceId,
        keyType,
        days: 1,
        now,
        issuer: issuerOf(root),
      });
      expect(openssl.verify(certificate, [root.certificate])).toBe('leaf.pem: OK');
      expect(infoOf(certificate).commonName).toBe(deviceId);
    },
  );

  it('starts the validity five minutes ago and ends it after the requested days', async () => {
    const { certificate } = await engine.issueDevice({ deviceId: 'd', keyType: 'ec-p256', days: 7, now });
    const info = infoOf(certificate);
    expect(info.notBefore).toBe(Math.floor((now - 5 * 60_000) / 1000) * 1000);
    expect(info.notAfter).toBe(Math.floor((now + 7 * day) / 1000) * 1000);
  });

  it('limits the validity to that of the issuer, at both ends', async () => {
    const root = await rootOf('ec-p256', 5);
    const authority = infoOf(root.certificate);
    const { certificate } = await engine.issueDevice({
      deviceId: 'd',
      keyType: 'ec-p256',
      days: 100,
      now: authority.notBefore + 1000,
      issuer: issuerOf(root),
    });
    const info = infoOf(certificate);
    expect([info.notBefore, info.notAfter]).toEqual([authority.notBefore, authority.notAfter]);
  });
});

describe('Issuer', () => {
  const request = { deviceId: 'd', keyType: 'ec-p256', days: 1, now } as const;

  it('does not sign if the issuer has expired or is not valid yet', async () => {
    const root = await rootOf('ec-p256', 5);
    const issue = (at: number) => engine.issueDevice({ ...request, now: at, issuer: issuerOf(root) });
    await expect(issue(now + 6 * day)).rejects.toThrow(
      /"Root" expired on .* Create a new certificate authority/,
    );
    await expect(issue(now - day)).rejects.toThrow(/not valid before/);
  });

  it('does not sign if the issuer is not a certificate authority', async () => {
    const device = await engine.issueDevice(request);
    await expect(engine.issueDevice({ ...request, issuer: issuerOf(device) })).rejects.toThrow(
      /"d" is not a certificate authority/,
    );
    openssl.line(
      'req -x509 -newkey rsa:2048 -nodes -keyout nosign.key -out nosign.pem -subj /CN=NoSign -addext keyUsage=critical,digitalSignature',
    );
    const noSign = { certificate: openssl.text('nosign.pem'), key: { pem: openssl.text('nosign.key') } };
    await expect(engine.issueDevice({ ...request, issuer: noSign })).rejects.toThrow(
      /"NoSign" is not a certificate/,
    );
  });

  it('does not sign with a key that does not belong to the issuer', async () => {
    const [a, b] = [await rootOf('ec-p256'), await rootOf('ec-p256')];
    const issuer = { certificate: a.certificate, key: { pem: b.key } };
    await expect(engine.issueDevice({ ...request, issuer })).rejects.toThrow(
      /does not belong to the certificate/,
    );
  });

  it('requires the passphrase of an encrypted issuer key', async () => {
    const subject = { commonName: 'Locked' };
    const root = await engine.createAuthority({ ...request, subject, passphrase: 'päss wörd' });
    const issue = (passphrase?: string) =>
      engine.issueDevice({ ...request, issuer: issuerOf(root, passphrase) });
    await expect(issue()).rejects.toMatchObject({ code: 'wrongPassphrase' });
    await expect(issue('other')).rejects.toMatchObject({ code: 'wrongPassphrase' });
    const { certificate } = await issue('päss wörd');
    expect(openssl.verify(certificate, [root.certificate])).toBe('leaf.pem: OK');
  });

  it.each([
    ['P-256', 'ec -pkeyopt ec_paramgen_curve:P-256', 'ecdsa-with-SHA256'],
    ['P-384', 'ec -pkeyopt ec_paramgen_curve:P-384', 'ecdsa-with-SHA384'],
    ['P-521', 'ec -pkeyopt ec_paramgen_curve:P-521', 'ecdsa-with-SHA512'],
    ['RSA', 'rsa -pkeyopt rsa_keygen_bits:2048', 'sha256WithRSAEncryption'],
  ])(
    'issues device certificates of both key families from an openssl CA with key type %s',
    async (_, options, signature) => {
      openssl.line(`genpkey -algorithm ${options} -out theirs.key`);
      // The name has PrintableString and UTF8String, and two attributes in one RDN, so it must be copied byte by byte.
      openssl.run(
        ...'req -x509 -new -key theirs.key -days 100 -out theirs.pem -addext keyUsage=critical,keyCertSign'.split(
          ' ',
        ),
        '-utf8',
        '-subj',
        '/C=DE/O=Müller, Söhne+OU=A "b"/CN=Their CA',
      );
      const issuer = { certificate: openssl.text('theirs.pem'), key: { pem: openssl.text('theirs.key') } };
      for (const keyType of ['ec-p256', 'rsa-2048'] as const) {
        const device = await engine.issueDevice({ ...request, keyType, issuer });
        expect(openssl.verify(device.certificate, [issuer.certificate])).toBe('leaf.pem: OK');
        expect(openssl.describe(device.certificate)).toContain(`Signature Algorithm: ${signature}`);
      }
      const middle = await engine.createAuthority({ ...request, subject: { commonName: 'M' }, issuer });
      const device = await engine.issueDevice({ ...request, issuer: issuerOf(middle) });
      expect(openssl.verify(device.certificate, [middle.certificate, issuer.certificate])).toBe(
        'leaf.pem: OK',
      );
    },
  );

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'creates a CA with key type %s that openssl can sign with',
    async (keyType) => {
      const root = await rootOf(keyType);
      openssl.write('ours.pem', root.certificate);
      openssl.write('ours.key', root.key);
      openssl.line('req -new -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=device');
      openssl.write(
        'leaf.ext',
        'basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
      );
      openssl.line(
        'x509 -req -in leaf.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 5 -extfile leaf.ext -out theirleaf.pem',
      );
      expect(openssl.verify(openssl.text('theirleaf.pem'), [root.certificate])).toBe('leaf.pem: OK');
    },
  );

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'issues a verification certificate from a CA with key type %s',
    async (keyType) => {
      const root = await rootOf(keyType);
      const code = 'A1B2C3D4E5F6';
      const proof = await engine.issueVerification({ code, issuer: issuerOf(root), now });
      expect(infoOf(proof).commonName).toBe(code);
      expect(openssl.verify(proof, [root.certificate])).toBe('leaf.pem: OK');
    },
  );
});

describe('Certificate signing request', () => {
  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)(
    'creates a signed request with the common name and a %s key',
    async (keyType) => {
      const { request, key } = await engine.createRequest({ commonName: '#a, "b"', keyType });
      openssl.write('request.csr', request);
      const text = openssl.run(
        ...'req -in request.csr -verify -noout -text -nameopt sep_multiline,lname'.split(' '),
      );
      expect(text).toContain('commonName=#a, "b"\n');
      expect(openssl.line('req -in request.csr -noout -pubkey')).toBe(openssl.publicKeyOf(key));
      // The certificate that openssl issues for it can be read together with the key.
      const root = await rootOf('rsa-2048');
      openssl.write('ours.pem', root.certificate);
      openssl.write('ours.key', root.key);
      openssl.line('x509 -req -in request.csr -CA ours.pem -CAkey ours.key -CAcreateserial -out signed.pem');
      const bundle = await engine.readFiles([
        { name: 'signed.pem', bytes: openssl.read('signed.pem') },
        { name: 'ca.pem', bytes: Buffer.from(root.certificate) },
        { name: 'key.pem', bytes: Buffer.from(key) },
      ]);
      expect(bundle).toEqual({ certificate: openssl.text('signed.pem'), chain: [root.certificate], key });
    },
  );
});
