import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readCertificateInfo } from '../../../src/core/certificate/certificate';
import { type KeyType, keyTypes } from '../../../src/core/certificate/keyType';
import type * as Keys from '../../../src/core/x509/keys';
import { nextTestKey } from '../../support/keys';
import { day, engine, issuerOf, OpenSsl } from './support/openssl';

// Certificates are the point here; keys.test.ts makes real ones of every kind.
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

/** Root, intermediate and device, as openssl verifies them. */
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

describe('A chain with an intermediate', () => {
  it.each(keyTypes)('of %s passes the strict check of openssl', { timeout: 60_000 }, async (keyType) => {
    expect(await verified(keyType, keyType, keyType)).toBe('leaf.pem: OK');
  });

  it.each([
    ['rsa-2048', 'ec-p256', 'rsa-2048'],
    ['ec-p384', 'rsa-2048', 'ec-p256'],
    ['rsa-3072', 'rsa-2048', 'ec-p384'],
  ] as const)('of %s, %s and %s does too', { timeout: 60_000 }, async (root, middle, device) => {
    expect(await verified(root, middle, device)).toBe('leaf.pem: OK');
  });

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'of %s lets no authority follow the intermediate',
    async (keyType) => {
      const root = await rootOf(keyType);
      const request = { subject: { commonName: 'Below' }, keyType, days: 10, now };
      const middle = await engine.createAuthority({ ...request, issuer: issuerOf(root) });
      expect(openssl.describe(middle.certificate)).toMatch(/CA:TRUE, pathlen:0/);
      await expect(engine.createAuthority({ ...request, issuer: issuerOf(middle) })).rejects.toMatchObject({
        code: 'invalidInput',
        message: expect.stringMatching(/"Below" may issue device certificates only/) as string,
      });
    },
  );
});

describe('An authority', () => {
  it.each([
    ['rsa-2048', 'sha256WithRSAEncryption'],
    ['ec-p256', 'ecdsa-with-SHA256'],
    ['ec-p384', 'ecdsa-with-SHA384'],
  ] as const)('of %s is what RFC 5280 asks', async (keyType, signature) => {
    const { certificate } = await rootOf(keyType);
    const text = openssl.describe(certificate);
    expect(text).toMatch(/Version: 3/);
    expect(text).toContain(`Signature Algorithm: ${signature}`);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    const keyId = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(text)?.[1];
    expect(keyId).toBe(/Authority Key Identifier:\s+(?:keyid:)?([0-9A-F:]+)/.exec(text)?.[1]);
    expect(openssl.verify(certificate, [])).toBe('leaf.pem: OK');
  });

  it.each(['ec-p256', 'rsa-2048'] as const)('of %s has a name in any writing', async (keyType) => {
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
  });

  it('has a serial number of 20 bytes, positive, never twice', async () => {
    const serials = new Set<string>();
    for (let i = 0; i < 40; i++) serials.add(infoOf((await rootOf('ec-p256')).certificate).serialNumber);
    expect(serials.size).toBe(40);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{39}$/);
  });

  it.each(['ec-p256', 'rsa-2048'] as const)('of %s writes its dates by their year', async (keyType) => {
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
  });

  it('needs a name and some days', async () => {
    const request = { keyType: 'ec-p256', now } as const;
    await expect(
      engine.createAuthority({ ...request, subject: { commonName: '' }, days: 1 }),
    ).rejects.toMatchObject({ code: 'invalidInput' });
    await expect(
      engine.createAuthority({ ...request, subject: { commonName: 'x' }, days: 0 }),
    ).rejects.toMatchObject({ code: 'invalidInput' });
  });
});

describe('A device certificate', () => {
  it.each([
    ['rsa-2048', 'Digital Signature, Key Encipherment'],
    ['ec-p256', 'Digital Signature'],
  ] as const)('of %s says what the key is for', async (keyType, usage) => {
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
  it.each(['ec-p256', 'rsa-2048'] as const)('of %s keeps every device id as it is', async (keyType) => {
    const ids = [legal, ...[...legal].flatMap((char) => [`${char}a`, `a${char}`]), `a,CN=b`, `#0403616263`];
    for (const deviceId of keyType === 'ec-p256' ? ids : [legal, '#0403616263', 'a,CN=b', '+']) {
      const { certificate } = await engine.issueDevice({ deviceId, keyType, days: 1, now });
      expect(infoOf(certificate).commonName).toBe(deviceId);
      const name = openssl.describe(certificate, '-nameopt', 'sep_multiline,lname,show_type');
      expect(name).toContain(`commonName=UTF8STRING:${deviceId}\n`);
    }
  });

  it.each(['ec-p256', 'rsa-2048'] as const)(
    'of %s may have a longer name than RFC 5280 has',
    async (keyType) => {
      // 128 characters are a legal device id, though ub-common-name is 64. openssl takes it.
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

  it('begins five minutes ago and ends after its days', async () => {
    const { certificate } = await engine.issueDevice({ deviceId: 'd', keyType: 'ec-p256', days: 7, now });
    const info = infoOf(certificate);
    expect(info.notBefore).toBe(Math.floor((now - 5 * 60_000) / 1000) * 1000);
    expect(info.notAfter).toBe(Math.floor((now + 7 * day) / 1000) * 1000);
  });

  it('never goes beyond its issuer, at either end', async () => {
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

describe('An issuer', () => {
  const request = { deviceId: 'd', keyType: 'ec-p256', days: 1, now } as const;

  it('that has expired, or is not valid yet, signs nothing', async () => {
    const root = await rootOf('ec-p256', 5);
    const issue = (at: number) => engine.issueDevice({ ...request, now: at, issuer: issuerOf(root) });
    await expect(issue(now + 6 * day)).rejects.toThrow(/"Root" expired on .* Create a new authority/);
    await expect(issue(now - day)).rejects.toThrow(/not valid before/);
  });

  it('that is no authority signs nothing', async () => {
    const device = await engine.issueDevice(request);
    await expect(engine.issueDevice({ ...request, issuer: issuerOf(device) })).rejects.toThrow(
      /"d" is no certificate authority/,
    );
    openssl.line(
      'req -x509 -newkey rsa:2048 -nodes -keyout nosign.key -out nosign.pem -subj /CN=NoSign -addext keyUsage=critical,digitalSignature',
    );
    const noSign = { certificate: openssl.text('nosign.pem'), key: { pem: openssl.text('nosign.key') } };
    await expect(engine.issueDevice({ ...request, issuer: noSign })).rejects.toThrow(
      /"NoSign" is no certificate/,
    );
  });

  it('has to come with its own key', async () => {
    const [a, b] = [await rootOf('ec-p256'), await rootOf('ec-p256')];
    const issuer = { certificate: a.certificate, key: { pem: b.key } };
    await expect(engine.issueDevice({ ...request, issuer })).rejects.toThrow(
      /does not belong to the certificate/,
    );
  });

  it('with an encrypted key needs its passphrase', async () => {
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
  ])('of openssl with a key on %s issues devices of both families', async (_, options, signature) => {
    openssl.line(`genpkey -algorithm ${options} -out theirs.key`);
    // A name in PrintableString and UTF8String, with two attributes in one RDN: it has to be copied byte by byte.
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
    expect(openssl.verify(device.certificate, [middle.certificate, issuer.certificate])).toBe('leaf.pem: OK');
  });

  it.each(['ec-p256', 'rsa-2048'] as const)('of ours with %s signs by openssl as well', async (keyType) => {
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
  });

  it.each(['ec-p256', 'rsa-2048'] as const)('with %s proves its possession', async (keyType) => {
    const root = await rootOf(keyType);
    const code = 'A1B2C3D4E5F6';
    const proof = await engine.issueVerification({ code, issuer: issuerOf(root), now });
    expect(infoOf(proof).commonName).toBe(code);
    expect(openssl.verify(proof, [root.certificate])).toBe('leaf.pem: OK');
  });
});

describe('A request', () => {
  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)(
    'of %s is signed and has the name',
    async (keyType) => {
      const { request, key } = await engine.createRequest({ commonName: '#a, "b"', keyType });
      openssl.write('request.csr', request);
      const text = openssl.run(
        ...'req -in request.csr -verify -noout -text -nameopt sep_multiline,lname'.split(' '),
      );
      expect(text).toContain('commonName=#a, "b"\n');
      expect(openssl.line('req -in request.csr -noout -pubkey')).toBe(openssl.publicKeyOf(key));
      // A certificate that openssl makes of it comes back in with the key.
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
