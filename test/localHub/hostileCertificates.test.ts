import 'reflect-metadata';
import { KeyUsageFlags, Extension } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, nameOf, patched, type TestCertificate, type TestRequest } from '../support/x509';
import {
  attemptLogin,
  createCertificateDevice,
  deleteAuthority,
  uploadAuthority,
  type Presentation,
} from './support/certificates';
import { createDevice, registryOf, startTestHub, type TestHub } from './support/hub';

const { keyCertSign, cRLSign, keyEncipherment, digitalSignature } = KeyUsageFlags;
const clientAuth = '1.3.6.1.5.5.7.3.2';
const serverAuth = '1.3.6.1.5.5.7.3.1';

let hub: TestHub;
let root: TestCertificate;
let flat: TestCertificate;
let unverified: TestCertificate;

type Leaf = Pick<TestCertificate, 'pem' | 'keyPem'>;
const authority = (commonName: string, change: Partial<TestRequest> = {}) =>
  makeCertificate({ commonName, isAuthority: true, usages: keyCertSign | cRLSign, until: 300, ...change });
const device = (change: Partial<TestRequest> = {}) =>
  makeCertificate({ commonName: 'victim', issuer: root, ...change });
const present = (leaf: Leaf, ...others: readonly { readonly pem: string }[]): Presentation => ({
  certificates: [leaf.pem, ...others.map(({ pem }) => pem)],
  keyPem: leaf.keyPem,
});
/** An intermediate of the root, and a leaf under it. */
async function below(change: Partial<TestRequest>, leaf: Partial<TestRequest> = {}): Promise<Presentation> {
  const middle = await authority('Middle', { issuer: root, ...change });
  return present(await device({ issuer: middle, ...leaf }), middle);
}

interface Row {
  readonly name: string;
  readonly make: () => Promise<Presentation | undefined>;
  /** Of the line in the hub's log. */
  readonly reason: RegExp;
  readonly deviceId?: string;
}

const rows: readonly Row[] = [
  { name: 'no certificate', make: () => Promise.resolve(undefined), reason: /the client presented none/ },
  {
    name: 'an authority that is not verified',
    make: async () => present(await device({ issuer: unverified })),
    reason: /on the hub as 'Unverified', but it is not verified/,
  },
  {
    name: 'an authority that the hub does not know',
    make: async () => present(await device({ issuer: await authority('Stranger') })),
    reason: /no issuer of it was presented, and none is on the hub/,
  },
  {
    name: 'an unknown authority that is sent along',
    make: async () => {
      const stranger = await authority('Stranger');
      return present(await device({ issuer: stranger }), stranger);
    },
    reason: /the chain ends at 'CN=Stranger'/,
  },
  {
    name: 'expired',
    make: async () => present(await device({ from: -9, until: -1 })),
    reason: /'CN=victim' expired on/,
  },
  {
    name: 'not valid yet',
    make: async () => present(await device({ from: 1 })),
    reason: /'CN=victim' is not valid before/,
  },
  {
    name: 'an expired intermediate',
    make: () => below({ from: -9, until: -1 }),
    reason: /'CN=Middle' expired on/,
  },
  {
    name: 'an intermediate of the future',
    make: () => below({ from: 1 }),
    reason: /'CN=Middle' is not valid before/,
  },
  {
    name: "another device's name",
    make: async () => present(await device({ commonName: 'other' })),
    reason: /common name of 'CN=other' is 'other', not the device id 'victim'/,
  },
  {
    name: 'a name in other capitals',
    make: async () => present(await device({ commonName: 'Victim' })),
    reason: /is 'Victim', not the device id/,
  },
  {
    name: 'two names',
    make: async () => present(await device({ subject: nameOf('victim', 'other') })),
    reason: /more than one common name/,
  },
  {
    name: 'no common name',
    make: async () => present(await device({ subject: [{ O: ['victim'] }] })),
    reason: /common name of .* is '', not/,
  },
  {
    name: 'a name that goes on behind a zero byte',
    make: async () => present(await device({ commonName: 'victim\0.evil' })),
    reason: /is 'victim\0\.evil', not the device id/,
  },
  {
    name: 'a name with a space behind it',
    make: async () => present(await device({ commonName: 'victim ' })),
    reason: /is 'victim ', not the device id/,
  },
  {
    name: 'the right issuer name, signed with another key',
    make: async () => present(await device({ signer: await authority('Root') })),
    reason: /'CN=victim' is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'an impostor of the root that is sent along',
    make: async () => {
      const impostor = await authority('Root');
      return present(await device({ issuer: impostor }), impostor);
    },
    reason: /is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'a signature with one bit changed',
    make: async () =>
      present(
        patched(await device(), (der) => {
          der[der.length - 3] = (der[der.length - 3] ?? 0) ^ 1;
        }),
      ),
    reason: /is not signed with the key of 'CN=Root'/,
  },
  {
    name: 'an issuer with CA:FALSE',
    make: () => below({ isAuthority: false }),
    reason: /'CN=Middle' is no certificate authority \(CA:FALSE\)/,
  },
  {
    name: 'an issuer without basic constraints',
    make: () => below({ withoutBasicConstraints: true }),
    reason: /'CN=Middle' has no basic constraints/,
  },
  {
    name: 'an issuer whose key may not sign certificates',
    make: () => below({ usages: digitalSignature }),
    reason: /key usage of 'CN=Middle' does not allow to sign certificates/,
  },
  {
    name: "another device's certificate as issuer",
    make: async () => {
      const thief = await device({ commonName: 'thief' });
      return present(await device({ issuer: thief }), thief);
    },
    reason: /'CN=thief' is no certificate authority/,
  },
  {
    name: 'an intermediate under a root that allows none',
    make: async () => {
      const middle = await authority('Under Flat', { issuer: flat });
      return present(await device({ issuer: middle }), middle);
    },
    reason: /path length constraint of 'CN=Flat' allows 0 intermediates below it, not 1/,
  },
  {
    name: 'two intermediates where one allows none below',
    make: async () => {
      const upper = await authority('Upper', { issuer: root, pathLength: 0 });
      const lower = await authority('Lower', { issuer: upper });
      return present(await device({ issuer: lower }), lower, upper);
    },
    reason: /path length constraint of 'CN=Upper' allows 0/,
  },
  {
    name: 'a missing intermediate',
    make: async () => {
      const { certificates, keyPem } = await below({});
      return { certificates: certificates.slice(0, 1), keyPem };
    },
    reason: /the chain ends at 'CN=victim'/,
  },
  {
    name: 'an intermediate of another chain',
    make: async () => {
      const middle = await authority('Middle', { issuer: root });
      return present(await device({ issuer: middle }), await authority('Elsewhere', { issuer: root }));
    },
    reason: /the chain ends at 'CN=victim'/,
  },
  {
    name: 'the certificate of the authority itself',
    make: async () => {
      const own = await authority('anchor');
      await uploadAuthority(hub, 'own', own.pem);
      return present(own);
    },
    deviceId: 'anchor',
    reason: /'CN=anchor' is a certificate authority, not a device's certificate/,
  },
  {
    name: 'a device that says it is an authority',
    make: async () => present(await device({ isAuthority: true })),
    reason: /is a certificate authority, not a device's/,
  },
  {
    name: 'made for servers',
    make: async () => present(await device({ purposes: [serverAuth] })),
    reason: /extended key usage of 'CN=victim' does not include clientAuth/,
  },
  {
    name: 'a key that may only encipher',
    make: async () => present(await device({ usages: keyEncipherment, keyKind: 'RSA-2048' })),
    reason: /key usage of 'CN=victim' does not allow digital signatures/,
  },
  {
    name: 'an unknown critical extension',
    make: async () =>
      present(await device({ extensions: [new Extension('1.2.3.4.5', true, new Uint8Array([5, 0]))] })),
    reason: /unknown critical extension 1\.2\.3\.4\.5/,
  },
  {
    name: 'name constraints on an intermediate',
    make: () => below({ extensions: [new Extension('2.5.29.30', true, new Uint8Array([0x30, 0x00]))] }),
    reason: /'CN=Middle' has an unknown critical extension 2\.5\.29\.30/,
  },
  {
    name: 'a signature with SHA-1',
    make: async () => present(await device({ hash: 'SHA-1' })),
    reason: /is signed with SHA-1, which is too weak/,
  },
  {
    name: 'an RSA key of 1024 bits',
    make: async () => present(await device({ keyKind: 'RSA-1024' })),
    reason: /RSA key of 'CN=victim' has only 1024 bits/,
  },
  {
    name: 'its own signature alone',
    make: async () => {
      const own = await makeCertificate({ commonName: 'victim' });
      return present(own);
    },
    reason: /the chain ends at 'CN=victim'/,
  },
  {
    name: 'two intermediates that issued one another',
    make: async () => {
      const one = await authority('One');
      const two = await authority('Two', { issuer: one });
      const loop = await authority('One', { issuer: two, keys: one.keys });
      return present(await device({ issuer: two }), two, loop);
    },
    reason: /the chain ends at 'CN=(One|Two|victim)'/,
  },
  {
    name: 'more certificates than anybody needs',
    make: async () => {
      const many = await Promise.all(Array.from({ length: 12 }, (_, n) => authority(`Extra ${n}`)));
      return present(await device(), ...many);
    },
    reason: /13 certificates were presented, more than 10/,
  },
  {
    name: 'another certificate than the registered thumbprint',
    deviceId: 'pinned',
    make: async () => present(await device({ commonName: 'pinned' })),
    reason:
      /Thumbprint does not match configuration: Thumbprint: SHA1Hash=[0-9A-F]{40}, SHA2Hash=[0-9A-F]{64}/,
  },
  {
    name: 'a good certificate for a device with keys',
    deviceId: 'with-keys',
    make: async () => present(await device({ commonName: 'with-keys' })),
    reason: /authenticates with sas, and no shared access signature came/,
  },
  {
    name: 'a good certificate for a disabled device',
    deviceId: 'disabled',
    make: async () => present(await device({ commonName: 'disabled' })),
    reason: /Device disabled is disabled/,
  },
  {
    name: 'a good certificate for a device that is not registered',
    deviceId: 'nobody',
    make: async () => present(await device({ commonName: 'nobody' })),
    reason: /Device nobody is not registered/,
  },
];

beforeAll(async () => {
  hub = await startTestHub();
  root = await authority('Root');
  flat = await authority('Flat', { pathLength: 0 });
  unverified = await authority('Unverified');
  await uploadAuthority(hub, 'Root', root.pem);
  await uploadAuthority(hub, 'Flat', flat.pem);
  await uploadAuthority(hub, 'Unverified', unverified.pem, false);
  for (const deviceId of ['victim', 'anchor', 'disabled']) await createCertificateDevice(hub, deviceId);
  await createCertificateDevice(hub, 'pinned', { primaryThumbprint: 'A'.repeat(64) });
  await createDevice(hub.endpoints, 'with-keys');
  await registryOf(hub.endpoints).update({
    deviceId: 'disabled',
    status: 'disabled',
    authentication: { type: 'certificateAuthority' },
  } as never);
});
afterAll(() => hub.close());

describe('A hostile certificate', () => {
  it(`comes in at least 25 kinds; here are ${rows.length}`, () => {
    expect(rows.length).toBeGreaterThanOrEqual(25);
  });

  it.each(rows)(
    'with $name is refused, and the log says why',
    async ({ make, reason, deviceId = 'victim' }) => {
      const presentation = await make();
      const before = hub.logLines.length;
      const { returnCode, failure, closed } = await attemptLogin(hub, deviceId, presentation);
      expect({ returnCode, failure }).toEqual({ returnCode: 5, failure: '' });
      await closed;
      expect(hub.logLines.slice(before).join('\n')).toMatch(reason);
    },
  );

  it('that is no certificate at all is refused in the handshake or after it', async () => {
    const good = await device();
    for (const at of [20, 60, 120, 200, 250]) {
      const broken = patched(good, (der) => der.fill(0xff, at, at + 8));
      const attempt = await attemptLogin(hub, 'victim', present(broken)).catch(() => undefined);
      expect(attempt?.returnCode ?? 5).toBe(5);
    }
  });

  it('leaves a hub behind that lets good ones in', async () => {
    const wanted: [string, () => Promise<Presentation>][] = [
      ['direct', async () => present(await device())],
      [
        'with clientAuth',
        async () => present(await device({ purposes: [clientAuth], usages: digitalSignature })),
      ],
      ['RSA', async () => present(await device({ keyKind: 'RSA-2048' }))],
      ['EC P-384', async () => present(await device({ keyKind: 'P-384', hash: 'SHA-256' }))],
      ['without basic constraints', async () => present(await device({ withoutBasicConstraints: true }))],
      ['with an intermediate', () => below({})],
      [
        'two intermediates in the wrong order, the root and a stranger',
        async () => {
          const upper = await authority('Upper', { issuer: root });
          const lower = await authority('Lower', { issuer: upper });
          return present(await device({ issuer: lower }), upper, root, await authority('Stranger'), lower);
        },
      ],
    ];
    for (const [name, make] of wanted) {
      const { returnCode, close } = await attemptLogin(hub, 'victim', await make());
      expect({ name, returnCode }).toEqual({ name, returnCode: 0 });
      close();
    }
  });
});

describe('An authority of the hub', () => {
  it('may be an intermediate, or one of two with the same name', async () => {
    const far = await authority('Far root');
    const middle = await authority('Anchor', { issuer: far });
    const twin = await authority('Anchor');
    await uploadAuthority(hub, 'anchor', middle.pem);
    await uploadAuthority(hub, 'twin', twin.pem);
    for (const issuer of [middle, twin]) {
      const { returnCode, close } = await attemptLogin(hub, 'victim', present(await device({ issuer })));
      expect(returnCode).toBe(0);
      close();
    }
  });

  it('that is deleted ends the connections it let in, and lets nobody in again', async () => {
    const gone = await authority('Gone');
    await uploadAuthority(hub, 'gone', gone.pem);
    const leaf = present(await device({ issuer: gone }));
    const open = await attemptLogin(hub, 'victim', leaf);
    expect(open.returnCode).toBe(0);
    await deleteAuthority(hub, 'gone');
    await open.closed;
    expect((await attemptLogin(hub, 'victim', leaf)).returnCode).toBe(5);
  });

  it('that is replaced, so no longer verified, ends them too', async () => {
    const replaced = await authority('Replaced');
    await uploadAuthority(hub, 'replaced', replaced.pem);
    const leaf = present(await device({ issuer: replaced }));
    const open = await attemptLogin(hub, 'victim', leaf);
    await uploadAuthority(hub, 'replaced', replaced.pem, false);
    await open.closed;
    expect((await attemptLogin(hub, 'victim', leaf)).returnCode).toBe(5);
  });

  it('that has expired meanwhile lets nobody in', async () => {
    const day = 24 * 60 * 60 * 1000;
    let now = Date.now();
    const other = await startTestHub({ now: () => now });
    try {
      const short = await authority('Short', { until: 5 });
      await uploadAuthority(other, 'short', short.pem);
      await createCertificateDevice(other, 'victim');
      const leaf = present(await device({ issuer: short, until: 20 }));
      const early = await attemptLogin(other, 'victim', leaf);
      expect(early.returnCode).toBe(0);
      early.close();
      now += 6 * day;
      expect((await attemptLogin(other, 'victim', leaf)).returnCode).toBe(5);
      expect(other.logLines.join('\n')).toMatch(/'CN=Short' expired on/);
    } finally {
      await other.close();
    }
  });
});
