import 'reflect-metadata';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extensions, generalName, nameDer } from '../support/derCertificate';
import { makeCertificate, nameOf, patched, type TestCertificate, type TestRequest } from '../support/x509';
import {
  attemptConnect,
  createCertificateDevice,
  deleteAuthority,
  uploadAuthority,
  type Presentation,
} from './support/certificates';
import { createDevice, registryOf, startTestHub, type TestHub } from './support/hub';

const day = 24 * 60 * 60 * 1000;
const { keyCertSign, keyEncipherment } = x509.KeyUsageFlags;

let hub: TestHub;
/** Root and intermediate that the hub trusts. */
let root: TestCertificate;
let middle: TestCertificate;
let flat: TestCertificate;
let stranger: TestCertificate;
let unverified: TestCertificate;
let bound: TestCertificate;
let bound2: TestCertificate;

const authority = async (request: TestRequest): Promise<TestCertificate> =>
  makeCertificate({ isAuthority: true, ...request });
const leaf = async (more: Partial<TestRequest> = {}): Promise<TestCertificate> =>
  makeCertificate({ commonName: 'device', issuer: root, ...more });
const present = (
  own: Pick<TestCertificate, 'pem' | 'keyPem'>,
  ...others: Pick<TestCertificate, 'pem'>[]
): Presentation => ({ certificates: [own, ...others].map(({ pem }) => pem), keyPem: own.keyPem });

/** Attempts to connect, and returns what the hub logged meanwhile. */
async function attempt(
  presentation: Presentation | undefined,
  deviceId = 'device',
  at = hub,
): Promise<{ returnCode: number | undefined; failure: string; log: string }> {
  const before = at.logLines.length;
  const { returnCode, failure, close } = await attemptConnect(at, deviceId, presentation);
  close();
  return { returnCode, failure, log: at.logLines.slice(before).join('\n') };
}

beforeAll(async () => {
  hub = await startTestHub();
  root = await authority({ commonName: 'Root' });
  middle = await authority({ commonName: 'Middle', issuer: root });
  flat = await authority({ commonName: 'Flat', pathLength: 0 });
  stranger = await authority({ commonName: 'Stranger' });
  unverified = await authority({ commonName: 'Unverified' });
  bound = await authority({ commonName: 'Bound' });
  bound2 = await authority({ commonName: 'Bound', issuer: stranger });
  await uploadAuthority(hub, 'root', root.pem);
  await uploadAuthority(hub, 'flat', flat.pem);
  await uploadAuthority(hub, 'unverified', unverified.pem, false);
  await createCertificateDevice(hub, 'device');
});

afterAll(async () => {
  await hub.close();
});

/** An unknown extension, or one whose value is not evaluated. */
const extension = (oid: string, critical: boolean): x509.Extension =>
  new x509.Extension(oid, critical, AsnConvert.serialize(new OctetString(Buffer.from('?'))));

interface Row {
  readonly name: string;
  readonly make: () => Promise<Presentation | undefined>;
  readonly reason: RegExp;
  readonly deviceId?: string;
}

const rows: readonly Row[] = [
  {
    name: 'a chain to a certificate that is not verified',
    make: async () => present(await leaf({ issuer: unverified })),
    reason: /'CN=Unverified' is on the hub as 'unverified' but is not verified/,
  },
  {
    name: 'a chain to a certificate unknown to the hub',
    make: async () => present(await leaf({ issuer: stranger }), stranger),
    reason: /chain ends at 'CN=Stranger': its issuer was neither presented/,
  },
  {
    name: 'an expired certificate',
    make: async () => present(await leaf({ from: -10, until: -1 })),
    reason: /'CN=device' expired on/,
  },
  {
    name: 'a certificate that is not valid yet',
    make: async () => present(await leaf({ from: 1 })),
    reason: /'CN=device' is not valid before/,
  },
  {
    name: 'an expired intermediate',
    make: async () => {
      const old = await authority({ commonName: 'Old', issuer: root, from: -10, until: -1 });
      return present(await leaf({ issuer: old }), old);
    },
    reason: /'CN=Old' expired on/,
  },
  {
    name: 'an intermediate that is not valid yet',
    make: async () => {
      const young = await authority({ commonName: 'Young', issuer: root, from: 1 });
      return present(await leaf({ issuer: young }), young);
    },
    reason: /'CN=Young' is not valid before/,
  },
  {
    name: 'a certificate of another device',
    make: async () => present(await leaf({ commonName: 'other' })),
    reason: /common name of 'CN=other' is 'other', not the device id 'device'/,
  },
  {
    name: 'a common name that differs in case',
    make: async () => present(await leaf({ commonName: 'Device' })),
    reason: /is 'Device', not the device id 'device'/,
  },
  {
    name: 'a common name with a trailing space',
    make: async () => present(await leaf({ commonName: 'device ' })),
    reason: /is 'device ', not the device id 'device'/,
  },
  {
    name: 'two common names, the incorrect one first',
    make: async () => present(await leaf({ subject: nameOf('other', 'device') })),
    reason: /more than one common name/,
  },
  {
    name: 'two common names, the correct one first',
    make: async () => present(await leaf({ subject: nameOf('device', 'other') })),
    reason: /more than one common name/,
  },
  {
    name: 'the device ID as organization, and no common name',
    make: async () => present(await leaf({ subject: [{ O: ['device'] }] })),
    reason: /common name of 'O=device' is '', not the device id/,
  },
  {
    name: 'an empty subject',
    make: async () => present(await leaf({ subject: [] })),
    reason: /common name of '' is '', not the device id/,
  },
  {
    name: 'a zero byte in the common name',
    make: async () => present(await leaf({ commonName: 'device\0.other' })),
    reason: /not the device id 'device'/,
  },
  {
    name: 'the correct issuer name, signed with another key',
    make: async () => present(await leaf({ signer: stranger })),
    reason: /'CN=device' is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'an intermediate with the name of the CA',
    make: async () => {
      const twin = await authority({ commonName: 'Root' });
      return present(await leaf({ issuer: twin }), twin);
    },
    reason: /not signed with the key of 'CN=Root'/,
  },
  {
    name: 'a signature with one changed bit',
    make: async () =>
      present(
        patched(await leaf(), (der) => {
          der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
        }),
      ),
    reason: /'CN=device' is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'a common name changed after signing',
    make: async () =>
      present(
        patched(await leaf({ commonName: 'devicf' }), (der) => {
          der.write('device', der.indexOf('devicf'));
        }),
      ),
    reason: /'CN=device' is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'an issuer with CA:FALSE',
    make: async () => {
      const no = await authority({ commonName: 'No CA', issuer: root, isAuthority: false });
      return present(await leaf({ issuer: no }), no);
    },
    reason: /'CN=No CA' is not a certificate authority \(CA:FALSE\)/,
  },
  {
    name: 'an issuer without basic constraints',
    make: async () => {
      const no = await authority({ commonName: 'Bare', issuer: root, withoutBasicConstraints: true });
      return present(await leaf({ issuer: no }), no);
    },
    reason: /'CN=Bare' has no basic constraints/,
  },
  {
    name: 'an issuer without the right to sign certificates',
    make: async () => {
      const no = await authority({ commonName: 'Mute', issuer: root, usages: x509.KeyUsageFlags.cRLSign });
      return present(await leaf({ issuer: no }), no);
    },
    reason: /key usage of 'CN=Mute' does not allow certificate signing/,
  },
  {
    name: 'a chain beyond the path length of an intermediate',
    make: async () => {
      const short = await authority({ commonName: 'Short', issuer: root, pathLength: 0 });
      const below = await authority({ commonName: 'Below', issuer: short });
      return present(await leaf({ issuer: below }), below, short);
    },
    reason: /path length constraint of 'CN=Short' allows 0 intermediates below it, not 1/,
  },
  {
    name: 'a chain beyond the path length of the CA',
    make: async () => {
      const below = await authority({ commonName: 'Below', issuer: flat });
      return present(await leaf({ issuer: below }), below);
    },
    reason: /path length constraint of 'CN=Flat' allows 0 intermediates below it, not 1/,
  },
  {
    name: 'a missing intermediate',
    make: async () => present(await leaf({ issuer: middle })),
    reason: /chain ends at 'CN=device': its issuer was neither presented/,
  },
  {
    name: 'the intermediates of another chain',
    make: async () => present(await leaf({ issuer: middle }), bound2, stranger),
    reason: /chain ends at 'CN=device': its issuer was neither presented/,
  },
  {
    name: "a certificate issued by another device's certificate",
    make: async () => {
      const other = await leaf({ commonName: 'other' });
      return present(await leaf({ issuer: other }), other);
    },
    reason: /'CN=other' is not a certificate authority \(CA:FALSE\)/,
  },
  {
    name: 'the CA itself, with the name of the device',
    deviceId: 'Root',
    make: async () => present(root),
    reason: /'CN=Root' is a certificate authority, not a device certificate/,
  },
  {
    name: 'a device certificate with CA:TRUE',
    make: async () => present(await leaf({ isAuthority: true })),
    reason: /'CN=device' is a certificate authority, not a device certificate/,
  },
  {
    name: 'a certificate for TLS servers only',
    make: async () => present(await leaf({ purposes: [x509.ExtendedKeyUsage.serverAuth] })),
    reason: /extended key usage of 'CN=device' does not include clientAuth/,
  },
  {
    name: 'a key for encipherment only',
    make: async () => present(await leaf({ usages: keyEncipherment })),
    reason: /key usage of 'CN=device' does not allow digital signatures/,
  },
  {
    name: 'an intermediate for TLS servers only',
    make: async () => {
      const servers = await authority({
        commonName: 'Servers',
        issuer: root,
        purposes: [x509.ExtendedKeyUsage.serverAuth],
      });
      return present(await leaf({ issuer: servers }), servers);
    },
    reason: /extended key usage of 'CN=Servers' does not include clientAuth/,
  },
  {
    name: 'an unknown critical extension',
    make: async () => present(await leaf({ extensions: [extension('1.2.3.4.5', true)] })),
    reason: /'CN=device' has an unknown critical extension 1\.2\.3\.4\.5/,
  },
  {
    name: 'a name that an intermediate must not issue',
    make: async () => {
      const elsewhere = generalName.directory(nameDer(['O', 'Elsewhere']));
      const names = new x509.Extension(extensions.nameConstraints({ permitted: [elsewhere] }));
      const named = await authority({ commonName: 'Named', issuer: root, extensions: [names] });
      return present(await leaf({ issuer: named }), named);
    },
    reason: /the name constraints of 'CN=Named' do not allow the name 'CN=device' of 'CN=device'/,
  },
  {
    name: 'a SHA-1 signature',
    make: async () => present(await leaf({ hash: 'SHA-1' })),
    reason: /'CN=device' is signed with SHA-1, which is too weak/,
  },
  {
    name: 'a SHA-1 signature of an intermediate',
    make: async () => {
      const weak = await authority({ commonName: 'Weak', issuer: root, hash: 'SHA-1' });
      return present(await leaf({ issuer: weak }), weak);
    },
    reason: /'CN=Weak' is signed with SHA-1, which is too weak/,
  },
  {
    name: 'an RSA key of 1024 bits',
    make: async () => present(await leaf({ keyKind: 'RSA-1024' })),
    reason: /RSA key of 'CN=device' has only 1024 bits/,
  },
  {
    name: 'an intermediate with an RSA key of 1024 bits',
    make: async () => {
      const weak = await authority({ commonName: 'Small', issuer: root, keyKind: 'RSA-1024' });
      return present(await leaf({ issuer: weak }), weak);
    },
    reason: /RSA key of 'CN=Small' has only 1024 bits/,
  },
  {
    name: "the key identifier of another issuer's key",
    make: async () => {
      const issuer = await authority({
        commonName: 'Keyed',
        issuer: root,
        extensions: [await x509.SubjectKeyIdentifierExtension.create(middle.keys.publicKey)],
      });
      const extensions = [await x509.AuthorityKeyIdentifierExtension.create(stranger.keys.publicKey)];
      return present(await leaf({ issuer, extensions }), issuer);
    },
    reason: /'CN=device' identifies an issuer key other than that of 'CN=Keyed'/,
  },
  {
    name: 'more than ten certificates',
    make: async () => {
      const others: TestCertificate[] = [];
      for (let i = 0; i < 10; i++) others.push(await authority({ commonName: `Extra ${i}` }));
      return present(await leaf(), ...others);
    },
    reason: /11 certificates were presented, more than 10/,
  },
  {
    name: 'a self-signed certificate for a device with a CA',
    make: async () => present(await makeCertificate({ commonName: 'device' })),
    reason: /chain ends at 'CN=device': its issuer was neither presented/,
  },
  {
    name: 'two intermediates that sign each other',
    make: async () => {
      const a = await authority({ commonName: 'A' });
      const b = await authority({ commonName: 'B' });
      const aByB = await authority({ commonName: 'A', issuer: b, keys: a.keys });
      const bByA = await authority({ commonName: 'B', issuer: a, keys: b.keys });
      return present(await leaf({ issuer: a }), aByB, bByA);
    },
    reason: /chain ends at 'CN=[AB]': its issuer was neither presented/,
  },
  {
    name: 'nine intermediates with the same name and key, which match in any order',
    make: async () => {
      const one = await authority({ commonName: 'Same' });
      const same: TestCertificate[] = [];
      for (let i = 0; i < 9; i++) {
        same.push(await authority({ commonName: 'Same', keys: one.keys, until: 20 + i }));
      }
      return present(await leaf({ issuer: one }), ...same);
    },
    reason: /form too many possible chains/,
  },
  {
    name: 'a common name with a line break, which must not forge a log line,',
    make: async () => present(await leaf({ commonName: 'x\ninfo MQTT: device connected' })),
    reason: /not the device id 'device'/,
  },
  {
    name: 'invalid dates',
    make: async () =>
      present(
        patched(await leaf(), (der) => {
          const time = der.lastIndexOf('Z', der.indexOf('device')) - 12;
          der.write('991399', time);
        }),
      ),
    reason: /was refused: /,
  },
  {
    name: 'no certificate',
    make: async () => undefined,
    reason: /Device device authenticates with a certificate, but the client presented none/,
  },
];

describe('a CA-signed device is refused, and the log contains the reason, for', () => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    if (row.deviceId) await createCertificateDevice(hub, row.deviceId);
    const { returnCode, failure, log } = await attempt(await row.make(), row.deviceId);
    expect({ returnCode, failure }).toEqual({ returnCode: 5, failure: '' });
    expect(log).toMatch(row.reason);
    expect(log.split('\n').filter((line) => line.includes('refused '))).toHaveLength(1);
    expect(log.split('\n')).toHaveLength(1);
  });

  it('no valid certificate, even after all invalid ones', async () => {
    const { returnCode, log } = await attempt(present(await leaf()));
    expect(returnCode).toBe(0);
    expect(log).toContain('device device connected');
  });
});

describe('X.509 authentication', () => {
  const fingerprint = async ({ certificate }: TestCertificate): Promise<string> =>
    Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex');

  it('refuses a certificate that does not match the registered thumbprint', async () => {
    const own = await makeCertificate({ commonName: 'printed' });
    await createCertificateDevice(hub, 'printed', { primaryThumbprint: await fingerprint(own) });
    expect((await attempt(present(own), 'printed')).returnCode).toBe(0);
    const other = await makeCertificate({ commonName: 'printed' });
    const { returnCode, log } = await attempt(present(other, own), 'printed');
    expect(returnCode).toBe(5);
    expect(log).toMatch(/Thumbprint does not match configuration: Thumbprint: SHA1Hash=/);
  });

  it('refuses thumbprint certificates that are expired, not yet valid, or have invalid dates', async () => {
    const future = await makeCertificate({ commonName: 'p', from: 1 });
    const past = await makeCertificate({ commonName: 'p', from: -10, until: -1 });
    for (const [deviceId, made, reason] of [
      ['expired', past, /has expired/],
      ['early', future, /is not valid yet/],
    ] as const) {
      await createCertificateDevice(hub, deviceId, { primaryThumbprint: await fingerprint(made) });
      const { returnCode, log } = await attempt(present(made), deviceId);
      expect(returnCode).toBe(5);
      expect(log).toMatch(reason);
    }
    const broken = patched(await makeCertificate({ commonName: 'undated' }), (der) => {
      for (let at = der.indexOf('Z'); at >= 0; at = der.indexOf('Z', at + 1)) {
        if (/^\d{12}$/.test(der.toString('latin1', at - 12, at))) der.write('13', at - 10);
      }
    });
    const parsed = new x509.X509Certificate(broken.pem);
    await createCertificateDevice(hub, 'undated', {
      primaryThumbprint: Buffer.from(await parsed.getThumbprint('SHA-256')).toString('hex'),
    });
    const { returnCode, log } = await attempt(present(broken), 'undated');
    expect(returnCode).toBe(5);
    expect(log).toMatch(/certificate of device undated/);
  });

  it('refuses a valid certificate for a device with a key and logs what is missing', async () => {
    await createDevice(hub.endpoints, 'keyed');
    const { returnCode, log } = await attempt(present(await leaf({ commonName: 'keyed' })), 'keyed');
    expect(returnCode).toBe(5);
    expect(log).toMatch(/authenticates with sas, but the client sent no shared access signature/);
  });

  it('refuses a disabled and an unknown device', async () => {
    await createCertificateDevice(hub, 'off');
    await registryOf(hub.endpoints).update({
      deviceId: 'off',
      status: 'disabled',
      authentication: { type: 'certificateAuthority' },
    });
    expect(await attempt(present(await leaf({ commonName: 'off' })), 'off')).toMatchObject({
      returnCode: 5,
      log: expect.stringMatching(/Device off is disabled/) as unknown,
    });
    expect(await attempt(present(await leaf({ commonName: 'nobody' })), 'nobody')).toMatchObject({
      returnCode: 5,
      log: expect.stringMatching(/Device nobody is not registered/) as unknown,
    });
  });
});

describe('a CA certificate that is no longer valid', () => {
  it('refuses its devices after it expired', async () => {
    let ahead = 0;
    const later = await startTestHub({ now: () => Date.now() + ahead });
    try {
      const brief = await authority({ commonName: 'Brief', until: 5 });
      await uploadAuthority(later, 'brief', brief.pem);
      await createCertificateDevice(later, 'device');
      const presentation = present(await leaf({ issuer: brief }));
      expect((await attempt(presentation, 'device', later)).returnCode).toBe(0);
      ahead = 10 * day;
      const { returnCode, log } = await attempt(presentation, 'device', later);
      expect(returnCode).toBe(5);
      expect(log).toMatch(/'CN=Brief' expired on/);
    } finally {
      await later.close();
    }
  });

  it.each<[string, (gone: TestCertificate) => Promise<unknown>, RegExp]>([
    ['is deleted', async () => deleteAuthority(hub, 'gone'), /chain ends at 'CN=device'/],
    [
      'is uploaded again, and so not verified',
      async (gone) => uploadAuthority(hub, 'gone', gone.pem, false),
      /but is not verified/,
    ],
    [
      'is replaced by another verified one with the same name',
      async () => uploadAuthority(hub, 'gone', (await authority({ commonName: 'Gone' })).pem),
      /not signed with the key of 'CN=Gone'/,
    ],
  ])('closes open connections and refuses new ones: %s', async (_, change, reason) => {
    const gone = await authority({ commonName: 'Gone' });
    await uploadAuthority(hub, 'gone', gone.pem);
    const presentation = present(await leaf({ issuer: gone }));
    const open = await attemptConnect(hub, 'device', presentation);
    expect(open.returnCode).toBe(0);
    await change(gone);
    // Not through its keep-alive, which is longer than the test timeout.
    await open.closed;
    const { returnCode, log } = await attempt(presentation);
    expect(returnCode).toBe(5);
    expect(log).toMatch(reason);
    await deleteAuthority(hub, 'gone');
  });
});

describe('an unusual but valid certificate is accepted', () => {
  it.each<[string, () => Promise<Presentation>]>([
    [
      'intermediates in reversed order',
      async () => {
        const low = await authority({ commonName: 'Low', issuer: middle });
        return present(await leaf({ issuer: low }), middle, low);
      },
    ],
    ['the root appended', async () => present(await leaf({ issuer: middle }), middle, root)],
    [
      'an unrelated certificate in between',
      async () => present(await leaf({ issuer: middle }), stranger, middle),
    ],
    [
      'a certificate that is sent twice',
      async () => {
        const low = await authority({ commonName: 'Low', issuer: middle });
        const own = await leaf({ issuer: low });
        return present(own, own, low, low, middle);
      },
    ],
    [
      'a name within the constraints of an intermediate',
      async () => {
        const device = generalName.directory(nameDer(['CN', 'DEVICE']));
        const names = new x509.Extension(extensions.nameConstraints({ permitted: [device] }));
        const named = await authority({ commonName: 'Named', issuer: root, extensions: [names] });
        return present(await leaf({ issuer: named }), named);
      },
    ],
    ['an RSA key', async () => present(await leaf({ keyKind: 'RSA-2048' }))],
    ['an EC P-384 key and SHA-384', async () => present(await leaf({ keyKind: 'P-384', hash: 'SHA-384' }))],
    [
      'clientAuth and digitalSignature',
      async () =>
        present(
          await leaf({
            purposes: [x509.ExtendedKeyUsage.clientAuth],
            usages: x509.KeyUsageFlags.digitalSignature,
          }),
        ),
    ],
    ['no basic constraints', async () => present(await leaf({ withoutBasicConstraints: true }))],
    [
      'an unknown extension that is not critical',
      async () => present(await leaf({ extensions: [extension('1.2.3.4.5', false)] })),
    ],
    [
      'a common name in UTF-16',
      async () =>
        present(
          await leaf({
            subject: [{ CN: [{ bmpString: 'device' }] }] as unknown as x509.JsonName,
          }),
        ),
    ],
    [
      'an intermediate with the right to sign certificates',
      async () => {
        const signing = await authority({
          commonName: 'Signing',
          issuer: root,
          usages: keyCertSign,
          pathLength: 0,
        });
        return present(await leaf({ issuer: signing }), signing);
      },
    ],
    [
      'an alternative path around an expired intermediate with the same key',
      async () => {
        const old = await authority({ commonName: 'Renewed', issuer: root, from: -9, until: -1 });
        const renewed = await authority({ commonName: 'Renewed', issuer: root, keys: old.keys });
        return present(await leaf({ issuer: old }), old, renewed);
      },
    ],
  ])('%s', async (_, make) => {
    const { returnCode, failure, log } = await attempt(await make());
    expect({ returnCode, failure }, log).toEqual({ returnCode: 0, failure: '' });
  });

  it('an intermediate as the CA certificate on the hub, without its root', async () => {
    const anchor = await authority({ commonName: 'Anchor', issuer: stranger });
    await uploadAuthority(hub, 'anchor', anchor.pem);
    expect((await attempt(present(await leaf({ issuer: anchor })))).returnCode).toBe(0);
  });

  it('devices of two CAs with the same name and different keys', async () => {
    await uploadAuthority(hub, 'bound', bound.pem);
    await uploadAuthority(hub, 'bound2', bound2.pem);
    expect((await attempt(present(await leaf({ issuer: bound })))).returnCode).toBe(0);
    expect((await attempt(present(await leaf({ issuer: bound2 })))).returnCode).toBe(0);
  });

  it('device IDs with every special character of distinguished names', async () => {
    for (const deviceId of ['a=b,c+d#1', '#1', "q'(x)!*", '$a%b@c?']) {
      await createCertificateDevice(hub, deviceId);
      const { returnCode, log } = await attempt(present(await leaf({ commonName: deviceId })), deviceId);
      expect({ deviceId, returnCode }, log).toEqual({ deviceId, returnCode: 0 });
    }
  });
});
